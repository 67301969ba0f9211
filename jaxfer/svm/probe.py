"""How well a representation tells emotions: machines tuned, fitted, tested.

Two ways to choose hyper-parameters. Shared: one search whose objective is the
error over the very splits that are tested, as the paper's text reads. Nested:
in each split a fresh search on person-disjoint folds of its training rows,
which is all that it sees.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from jaxfer.svm import kernels, multiclass, search, splits, threads
from jaxfer.svm.machines import Solver
from jaxfer.svm.splits import Split


@dataclasses.dataclass(frozen=True)
class Tuned:
  """Hyper-parameters that one training set ended with.

  Attributes:
    C: box constraint.
    gamma: kernel width, 1 / squared feature distance.
    score: accuracy over the tuning folds at that point.
  """

  C: float
  gamma: float
  score: float


@dataclasses.dataclass(frozen=True)
class Outcome:
  """Out-of-fold results of one protocol.

  Attributes:
    scores: (N, K) class scores of each row by the machine that did not see it;
      nan for a row that no split tests.
    fold: (N,) test fold of each row; -1 for a row that no split tests.
    tuned: what each split's machine was trained with: a `Tuned`, or of another
      machine than the SVM a `grid.Chosen`.
  """

  scores: np.ndarray
  fold: np.ndarray
  tuned: tuple[Any, ...]


@dataclasses.dataclass(frozen=True)
class Task:
  """A recognition problem over one matrix of distances.

  Attributes:
    distances: (N, N) squared distances between feature vectors.
    labels: (N,) classes.
    classes: their number K.
    people: (N,) person of each row, or None; for tuning folds.
    svm: the config's `svm` section.
    seed: fixes inner folds and searches.
    solve: the backend.
  """

  distances: np.ndarray
  labels: np.ndarray
  classes: int
  people: np.ndarray | None
  svm: Any
  seed: int
  solve: Solver


Report = Callable[[int], None]

Pair = tuple[np.ndarray, np.ndarray]
"""Positions of the rows fitted on, and of those tested on."""


def run_shared(task: Task, tested: list[Split], report: Report) -> Outcome:
  """The paper's way: tuned and tested on the same splits.

  Args:
    task: the problem.
    tested: the splits; together they test the rows tuned on.
    report: called with each further evaluation; `svm.evaluations` in all.
  """
  pairs = [(split.train, split.test) for split in tested]
  trials = _search(task, pairs, report, task.seed, threads.in_threads)
  return _test(task, tested, [search.best(trials)] * len(tested))


def run_nested(task: Task, tested: list[Split], report: Report) -> Outcome:
  """Tuned inside each training set.

  Args:
    task: the problem.
    tested: the splits.
    report: called with each further evaluation; `svm.evaluations` a split.
  """

  def plan(split: Split) -> tuple[list[Pair], int]:
    seed = task.seed + 1 + split.fold
    return _tuning_pairs(task, split.train, seed), seed

  # One split alone leaves the cores to its tuning folds.
  inside = threads.in_turn if len(tested) > 1 else threads.in_threads

  def choose(planned: tuple[list[Pair], int]) -> search.Trial:
    pairs, seed = planned
    return search.best(_search(task, pairs, report, seed, inside))

  # Splitting silences warnings, which is not for threads to do.
  plans = threads.in_turn(plan, tested)
  return _test(task, tested, threads.in_threads(choose, plans))


def tune(
  task: Task, rows: np.ndarray, report: Report, seed: int
) -> search.Trial:
  """Searches on inner folds of some rows: by person where ids are known.

  Args:
    task: the problem.
    rows: positions of the training rows; nothing else is looked at.
    report: called with each further evaluation.
    seed: fixes inner folds and search.
  """
  pairs = _tuning_pairs(task, rows, seed)
  return search.best(_search(task, pairs, report, seed, threads.in_turn))


def _tuning_pairs(task: Task, rows: np.ndarray, seed: int) -> list[Pair]:
  fold = splits.inner_folds(
    task.labels, task.people, rows, task.svm.inner_folds, seed
  )
  return [(rows[fold != k], rows[fold == k]) for k in range(fold.max() + 1)]


def fit_final(
  task: Task, trial: search.Trial
) -> tuple[multiclass.OneVsOne, Tuned]:
  """A machine trained on all rows, for use on new faces."""
  rows = np.arange(len(task.labels))
  tuned = _tuned(task, trial, rows)
  return _fit(task, tuned, rows), tuned


def _search(
  task: Task,
  pairs: list[Pair],
  report: Report,
  seed: int,
  over: Callable[[Callable[[Any], Any], Iterable[Any]], list[Any]],
) -> list[search.Trial]:
  """Trials whose objective is the error over pairs of training and test."""
  widths = [
    kernels.median_distance(task.distances, train) for train, _ in pairs
  ]
  tested = sum(len(test) for _, test in pairs)

  def errors(one, log_c: float, log_g: float) -> int:
    (train, test), median = one
    tuned = Tuned(10**log_c, 10**log_g / median, 0.0)
    predicted = _scores(task, _fit(task, tuned, train), tuned, test).argmax(1)
    return int((predicted != task.labels[test]).sum())

  def objective(log_c: float, log_g: float) -> float:
    every = zip(pairs, widths, strict=True)
    wrong = over(lambda one: errors(one, log_c, log_g), every)
    report(1)
    return sum(wrong) / tested

  return search.minimise(
    objective,
    low=task.svm.log10_low,
    high=task.svm.log10_high,
    evaluations=task.svm.evaluations,
    starts=task.svm.starts,
    seed=seed,
  )


def _test(
  task: Task, tested: list[Split], trials: list[search.Trial]
) -> Outcome:
  """Each split's test rows, scored by a machine that has its training rows."""
  scores = np.full((len(task.labels), task.classes), np.nan)
  fold = np.full(len(task.labels), -1)
  used = []
  for split, trial in zip(tested, trials, strict=True):
    tuned = _tuned(task, trial, split.train)
    machine = _fit(task, tuned, split.train)
    scores[split.test] = _scores(task, machine, tuned, split.test)
    fold[split.test] = split.fold
    used.append(tuned)
  return Outcome(scores, fold, tuple(used))


def _tuned(task: Task, trial: search.Trial, train: np.ndarray) -> Tuned:
  median = kernels.median_distance(task.distances, train)
  return Tuned(10**trial.log_c, 10**trial.log_g / median, 1 - trial.value)


def _fit(task: Task, tuned: Tuned, train: np.ndarray) -> multiclass.OneVsOne:
  squared = kernels.block(task.distances, train, train)
  return multiclass.fit(
    kernels.rbf(squared, tuned.gamma),
    train,
    task.labels[train],
    classes=task.classes,
    C=tuned.C,
    solve=task.solve,
  )


def _scores(
  task: Task, machine: multiclass.OneVsOne, tuned: Tuned, test: np.ndarray
) -> np.ndarray:
  squared = kernels.block(task.distances, test, machine.rows)
  return machine.scores(kernels.rbf(squared, tuned.gamma))
