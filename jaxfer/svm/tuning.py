"""The settings of a head: which candidate does best on rows left out."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from jaxfer.metrics import auc, detection
from jaxfer.svm import search, threads
from jaxfer.svm.splits import Split
from jaxfer.svm.task import Head

Report = Callable[[int], None]


@dataclasses.dataclass(frozen=True)
class Tuned:
  """What one training set ended with."""

  value: Any  # the candidate
  # Accuracy over the tuning folds; of an action unit its AUC, stratified by
  # them, None where no fold held both rows with it and rows without.
  score: float | None
  threshold: float = 0.0  # of a unit's decision value, where F1 is largest

  def record(self, units: bool) -> dict[str, Any]:
    """What `search.json` has of it, the candidate apart."""
    if units:
      return {"auc": self.score, "threshold": self.threshold}
    return {"score": self.score}


def tune(
  head: Head,
  questions: np.ndarray,
  tested: Sequence[Split],
  values: Sequence[Any] | None,
  seed: int,
  report: Report,
) -> list[Tuned]:
  """The best candidate of each question, by all splits together.

  Args:
    head: what is fitted, on its task.
    questions: those to tune for.
    tested: who is fitted on and who judges; nothing else is looked at.
    values: the candidates, of equally good ones the first to be taken; None:
      (C, g) are searched.
    seed: fixes the search.
    report: called with each point of a search.
  """
  task = head.task
  trains = [head.fewer(one.train) for one in tested]
  spaces = [head.space(train) for train in trains]
  tests = [one.test for one in tested]
  sets = [*zip(trains, tests, spaces, strict=True)]
  groups = head.grouped(sets, max(map(len, trains)))
  truth = task.labels[np.ix_(np.concatenate(tests), questions)]
  over = threads.in_turn if task.units else threads.in_threads

  def held(values: Sequence[Any]) -> np.ndarray:
    """Scores (n, Q, V, width) out of fold; nan where there is no machine."""

    def some(group: Sequence[Any]) -> np.ndarray:
      asked, wanted, out = [], [], []
      for train, test, space in group:
        shape = len(test), len(questions), len(values), task.width
        out.append(np.full(shape, np.nan))
        known = np.flatnonzero(task.learnable(train, questions))
        if len(known):
          jobs = [(q, value) for q in questions[known] for value in values]
          asked.append((space, train, jobs))
          wanted.append((out[-1], test, known))
      for scorer, one in zip(head.fit_all(asked), wanted, strict=True):
        scores, test, known = one
        found = scorer(test)
        scores[:, known] = found.reshape(len(test), -1, *scores.shape[2:])
      return np.concatenate(out)

    return np.concatenate(over(some, groups))

  def wrong(values: Sequence[Any]) -> list[int]:
    return (held(values)[:, 0].argmax(-1) != truth).sum(0).tolist()

  if values is None:

    def objective(log_c: float, log_g: float) -> float:
      [errors] = wrong([(10**log_c, 10**log_g)])
      report(1)
      return errors / len(truth)

    found = search.best(search.minimise(objective, task.svm, seed))
    return [Tuned((10**found.log_c, 10**found.log_g), 1 - found.value)]
  if not task.units:
    errors = wrong(values)
    best = errors.index(min(errors))
    return [Tuned(values[best], 1 - errors[best] / len(truth))]
  scores = held(values)[..., 0]
  fold = np.repeat(np.arange(len(tests)), [len(test) for test in tests])
  return [
    _detector(values, scores[:, q], truth[:, q] == 1, fold)
    for q in range(len(questions))
  ]


def _detector(
  values: Sequence[Any],
  scores: np.ndarray,
  present: np.ndarray,
  fold: np.ndarray,
) -> Tuned:
  """The candidate of the largest AUC, and its threshold; else 1 or the middle.

  `scores` (n, V) are those of each candidate, nan in folds without machine.
  """
  known = np.isfinite(scores).all(1)
  scores, present, fold = scores[known], present[known], fold[known]
  areas = [
    float(auc.stratified_auc(one, present, fold)[0][0]) for one in scores.T
  ]
  if np.isnan(areas).any():
    return Tuned(1.0 if 1 in values else values[len(values) // 2], None)
  best = int(np.argmax(areas))
  threshold = detection.best_threshold(scores[:, best], present)
  return Tuned(values[best], areas[best], threshold)
