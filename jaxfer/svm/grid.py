"""One candidate of a short list, chosen as the two protocols choose.

The searches of `probe`, for machines whose one setting has a few values worth
trying. Shared: the candidate with the fewest errors over the very splits that
are tested. Nested: in each split, the fewest errors over person-disjoint folds
of its training rows.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np

from jaxfer.svm import splits, threads
from jaxfer.svm.probe import Outcome, Pair, Report, Task
from jaxfer.svm.splits import Split

T = TypeVar("T")

Score = Callable[[Task, np.ndarray, np.ndarray, T], np.ndarray]
"""(task, train, test, candidate) -> class scores (len(test), K).

Called from several threads at once; of the task's labels it reads only those
of `train`.
"""


@dataclasses.dataclass(frozen=True)
class Chosen:
  """The candidate that one training set ended with.

  Attributes:
    value: the candidate.
    score: its accuracy over the tuning folds.
  """

  value: Any
  score: float


def run_shared(
  task: Task,
  tested: list[Split],
  candidates: Sequence[T],
  score: Score[T],
  report: Report,
) -> Outcome:
  """Chosen and tested on the same splits.

  Args:
    task: the problem.
    tested: the splits; together they test the rows chosen on.
    candidates: one or more values; of equal ones the first is taken.
    score: the machine.
    report: called with each candidate tried; `len(candidates)` in all.

  Returns:
    Scores out of fold; `tuned` holds a `Chosen` for each split.
  """
  pairs = [(split.train, split.test) for split in tested]
  [chosen] = _choose(task, [pairs], candidates, score, report)
  return _test(task, tested, [chosen] * len(tested), score)


def run_nested(
  task: Task,
  tested: list[Split],
  candidates: Sequence[T],
  score: Score[T],
  report: Report,
) -> Outcome:
  """Chosen inside each training set.

  Args:
    task: the problem.
    tested: the splits.
    candidates: one or more values; of equal ones the first is taken.
    score: the machine.
    report: called with each candidate tried; `len(candidates)` a split.

  Returns:
    Scores out of fold; `tuned` holds a `Chosen` for each split.

  Raises:
    ValueError: if a split has a person on both sides.
  """
  if task.people is not None:
    splits.refuse_shared_people(tested, task.people)
  # Splitting silences warnings, which is not for threads to do.
  groups = [_tuning_pairs(task, split) for split in tested]
  chosen = _choose(task, groups, candidates, score, report)
  return _test(task, tested, chosen, score)


def _tuning_pairs(task: Task, split: Split) -> list[Pair]:
  fold = splits.inner_folds(
    task.labels,
    task.people,
    split.train,
    task.svm.inner_folds,
    task.seed + 1 + split.fold,
  )
  return [
    (split.train[fold != k], split.train[fold == k])
    for k in range(fold.max() + 1)
  ]


def _choose(
  task: Task,
  groups: list[list[Pair]],
  candidates: Sequence[T],
  score: Score[T],
  report: Report,
) -> list[Chosen]:
  """For each group of pairs, the candidate with the fewest errors on it."""

  def errors(one: tuple[list[Pair], T]) -> int:
    pairs, candidate = one
    wrong = 0
    for train, test in pairs:
      predicted = score(task, train, test, candidate).argmax(1)
      wrong += int((predicted != task.labels[test]).sum())
    report(1)
    return wrong

  every = [(pairs, candidate) for pairs in groups for candidate in candidates]
  wrong = np.array(threads.in_threads(errors, every)).reshape(len(groups), -1)
  chosen = []
  for pairs, counts in zip(groups, wrong, strict=True):
    best = int(counts.argmin())  # the first of equal ones
    rows = sum(len(test) for _, test in pairs)
    chosen.append(Chosen(candidates[best], 1 - int(counts[best]) / rows))
  return chosen


def _test(
  task: Task, tested: list[Split], chosen: list[Any], score: Score[Any]
) -> Outcome:
  """Each split's test rows, scored by a machine that has its training rows."""
  found = threads.in_threads(
    lambda one: score(task, one[0].train, one[0].test, one[1].value),
    zip(tested, chosen, strict=True),
  )
  scores = np.full((len(task.labels), task.classes), np.nan)
  fold = np.full(len(task.labels), -1)
  for split, values in zip(tested, found, strict=True):
    scores[split.test], fold[split.test] = values, split.fold
  return Outcome(scores, fold, tuple(chosen))
