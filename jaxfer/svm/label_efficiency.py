"""How well emotions are told after few labels.

A good representation should need few: the reason to learn one from faces
without labels. The settings of a head are fixed, `Head.few`, and are ours, not
the paper's: there are too few labels to tune with. What it takes from training
rows without their labels, it takes from all of them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from jaxfer.svm import splits, threads
from jaxfer.svm.splits import Split
from jaxfer.svm.task import Head, Task
from jaxfer.svm.tuning import Report


@dataclasses.dataclass(frozen=True)
class Outcome:
  """What machines with few labels got right."""

  sizes: tuple[int | None, ...]  # (S,) labels per class; None for all
  # (S, draws, N) whether each row's class was named; False for a row that no
  # split tests. All labels are one draw, repeated.
  correct: np.ndarray
  fold: np.ndarray  # (N,) test fold of each row; -1 where no split tests it


def feasible(
  task: Task, tested: list[Split], sizes: Sequence[int | None]
) -> tuple[int | None, ...]:
  """The sizes that some class has more training rows than, in some split.

  None, for all labels, always stays.
  """
  labels = task.labels[:, 0]
  most = max(np.bincount(labels[split.train]).max() for split in tested)
  return tuple(size for size in sizes if size is None or size < most)


def drawn_order(task: Task, split: Split, draw: int) -> list[np.ndarray]:
  """The order in which a draw takes the training rows of each of K classes.

  A random order of rows, in which a person's second row comes after the first
  of everybody else, the third after every second, and so on. Without person
  ids it is a random order. It depends on labels, people, split, seed and the
  number of the draw alone: representations are compared on the same rows, and
  fewer labels are always among more.
  """
  rng = np.random.default_rng((task.seed, split.fold, draw))
  labels, orders = task.labels[split.train, 0], []
  for k in range(task.width):
    rows = rng.permutation(split.train[labels == k])
    if task.people is not None:
      rows = rows[np.argsort(splits.turns(task.people[rows]), kind="stable")]
    orders.append(rows)
  return orders


def run(
  head: Head,
  tested: list[Split],
  progress: Callable[[int], Report],
  *,
  sizes: Sequence[int | None],
  draws: int,
) -> Outcome:
  """Fits machines on few training rows and tests them on all test rows.

  Args:
    head: what is fitted, on its task, which asks one question.
    tested: the splits.
    progress: takes the number of machines; what it gives is called with each
      that is fitted.
    sizes: labels per class; None for all, which are drawn once.
    draws: of each other size.
  """
  task = head.task
  kept = feasible(task, tested, sizes)
  jobs = [[] for _ in kept]
  for split in tested:
    space = head.space(split.train)
    orders = [drawn_order(task, split, draw) for draw in range(draws)]
    for s, size in enumerate(kept):
      for draw in range(1 if size is None else draws):
        train = np.concatenate([rows[:size] for rows in orders[draw]])
        jobs[s].append((s, draw, np.sort(train), split.test, space))

  report = progress(sum(map(len, jobs)))
  correct = np.zeros((len(kept), draws, len(task.labels)), bool)

  def test(group: Sequence[Any]) -> None:
    given = [(space, train, [(0, head.few)]) for *_, train, _, space in group]
    scorers = head.fit_all(given)
    for (s, draw, _, test, _), scorer in zip(group, scorers, strict=True):
      alike = slice(None) if kept[s] is None else slice(draw, draw + 1)
      named = scorer(test)[:, 0].argmax(1)
      correct[s, alike][:, test] = named == task.labels[test, 0]
    report(len(group))

  threads.in_threads(
    test,
    [
      group
      for own in jobs
      for group in head.grouped(own, max(len(one[2]) for one in own))
    ],
  )
  fold = np.full(len(task.labels), -1)
  for split in tested:
    fold[split.test] = split.fold
  return Outcome(kept, correct, fold)
