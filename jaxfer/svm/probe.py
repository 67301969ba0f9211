"""How well a representation tells emotions: the protocols, run.

`paper`: ten random stratified folds, one search whose objective is the error
over those very folds. `subject`: ten person-disjoint folds; in each a fresh
search on person-disjoint folds of its training rows, which is all it sees.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from jaxfer.data import folds as foldlib
from jaxfer.svm import kernels, multiclass, search
from jaxfer.svm.machines import Solver


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
    scores: (N, K) class scores of each row by the machine that did not see it.
    fold: (N,) test fold of each row.
    tuned: what each fold's machine was trained with.
  """

  scores: np.ndarray
  fold: np.ndarray
  tuned: tuple[Tuned, ...]


@dataclasses.dataclass(frozen=True)
class Task:
  """A recognition problem over one matrix of distances.

  Attributes:
    distances: (N, N) squared distances between feature vectors.
    labels: (N,) classes.
    classes: their number K.
    svm: the config's `svm` section.
    seed: fixes inner folds and searches.
    solve: the backend.
  """

  distances: np.ndarray
  labels: np.ndarray
  classes: int
  svm: Any
  seed: int
  solve: Solver


Report = Callable[[int], None]


def steps(svm: Any, folds: int, protocol: str) -> int:
  """Number of search evaluations that a protocol reports as progress."""
  return svm.evaluations * (folds if protocol == "subject" else 1)


def run_paper(task: Task, fold: np.ndarray, report: Report) -> Outcome:
  """The paper's protocol: tuned and tested on the same random folds.

  Args:
    task: the problem.
    fold: (N,) random test folds.
    report: called with each further evaluation.
  """
  rows = np.arange(len(task.labels))
  trials = _search(task, rows, fold, report, task.seed, _in_threads)
  return _test(task, fold, [search.best(trials)] * (fold.max() + 1))


def run_subject(
  task: Task, people: np.ndarray, fold: np.ndarray, report: Report
) -> Outcome:
  """Person-disjoint testing, tuned inside each training set.

  Args:
    task: the problem.
    people: (N,) person of each row.
    fold: (N,) person-disjoint test folds.
    report: called with each further evaluation.

  Raises:
    ValueError: if a fold divides a person.
  """
  for person in np.unique(people):
    found = np.unique(fold[people == person]).tolist()
    if len(found) > 1:
      raise ValueError(
        f"person {person} stands in the test folds {found}, and may stand in"
        " one only: assign them with person_folds"
      )

  def plan(k: int) -> tuple[np.ndarray, np.ndarray, int]:
    rows, seed = np.flatnonzero(fold != k), task.seed + 1 + k
    return rows, _inner_folds(task, rows, people, seed), seed

  def tune(planned: tuple[np.ndarray, np.ndarray, int]) -> search.Trial:
    rows, inner_fold, seed = planned
    return search.best(_search(task, rows, inner_fold, report, seed, _in_turn))

  # Splitting silences warnings, which is not for threads to do.
  plans = _in_turn(plan, range(fold.max() + 1))
  return _test(task, fold, _in_threads(tune, plans))


def tune_person_disjoint(
  task: Task,
  rows: np.ndarray,
  people: np.ndarray | None,
  report: Report,
  seed: int,
) -> search.Trial:
  """Searches on inner folds of some rows: by person where ids are known.

  Args:
    task: the problem.
    rows: positions of the training rows; nothing else is looked at.
    people: (N,) person of each row, or None.
    report: called with each further evaluation.
    seed: fixes inner folds and search.
  """
  fold = _inner_folds(task, rows, people, seed)
  return search.best(_search(task, rows, fold, report, seed, _in_turn))


def _inner_folds(
  task: Task, rows: np.ndarray, people: np.ndarray | None, seed: int
) -> np.ndarray:
  labels = task.labels[rows]
  inner = task.svm.inner_folds
  if np.bincount(labels).max() < 2:  # a row a class: each its own fold
    return np.arange(len(rows))
  if people is not None and len(np.unique(people[rows])) > 1:
    return foldlib.person_folds(labels, people[rows], inner, seed)
  return foldlib.random_folds(labels, inner, seed)


def fit_final(
  task: Task, trial: search.Trial
) -> tuple[multiclass.OneVsOne, Tuned]:
  """A machine trained on all rows, for use on new faces."""
  rows = np.arange(len(task.labels))
  tuned = _tuned(task, trial, rows)
  return _fit(task, tuned, rows), tuned


def _search(
  task: Task,
  rows: np.ndarray,
  fold: np.ndarray,
  report: Report,
  seed: int,
  over: Callable[[Callable[[Any], Any], Iterable[Any]], list[Any]],
) -> list[search.Trial]:
  """Trials whose objective is the error over folds of `rows`."""
  splits = []
  for k in range(fold.max() + 1):
    train, test = rows[fold != k], rows[fold == k]
    splits.append((train, test, kernels.median_distance(task.distances, train)))

  def errors(split, log_c: float, log_g: float) -> int:
    train, test, median = split
    tuned = Tuned(10**log_c, 10**log_g / median, 0.0)
    predicted = _scores(task, _fit(task, tuned, train), tuned, test).argmax(1)
    return int((predicted != task.labels[test]).sum())

  def objective(log_c: float, log_g: float) -> float:
    wrong = over(lambda split: errors(split, log_c, log_g), splits)
    report(1)
    return sum(wrong) / len(rows)

  return search.minimise(
    objective,
    low=task.svm.log10_low,
    high=task.svm.log10_high,
    evaluations=task.svm.evaluations,
    starts=task.svm.starts,
    seed=seed,
  )


def _test(task: Task, fold: np.ndarray, trials: list[search.Trial]) -> Outcome:
  """Each fold's rows, scored by a machine trained on the other folds."""
  scores = np.empty((len(task.labels), task.classes))
  tuned = []
  for k, trial in enumerate(trials):
    train, test = np.flatnonzero(fold != k), np.flatnonzero(fold == k)
    tuned.append(_tuned(task, trial, train))
    machine = _fit(task, tuned[k], train)
    scores[test] = _scores(task, machine, tuned[k], test)
  return Outcome(scores, fold, tuple(tuned))


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


def _in_turn(work: Callable[[Any], Any], items: Iterable[Any]) -> list[Any]:
  return [work(item) for item in items]


def _in_threads(work: Callable[[Any], Any], items: Iterable[Any]) -> list[Any]:
  # The solvers release the GIL; results keep the order of the items.
  with ThreadPoolExecutor(os.cpu_count()) as pool:
    return list(pool.map(work, items))
