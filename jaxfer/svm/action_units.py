"""Action units from features: a linear machine for each.

What a training set decides (C, the threshold, the kernel's centre and scale) it
decides alone: C and threshold on inner folds of its rows, by person where ids
are known.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from sklearn.metrics import roc_auc_score

from jaxfer.metrics import auc, detection
from jaxfer.svm import kernels, threads
from jaxfer.svm import splits as splitlib
from jaxfer.svm.machines import Solver
from jaxfer.svm.splits import Split
from jaxfer.svm.weights import Weights

Report = Callable[[int], None]


@dataclasses.dataclass(frozen=True)
class Task:
  """A problem of A action units over one matrix of distances.

  Attributes:
    distances: (N, N) squared distances between feature vectors, float32.
    labels: (N, A) int8: 1 present, 0 absent, -1 not coded.
    people: (N,) person of each row, or None; for inner folds only.
    values: the values of C to choose from.
    inner_folds: number of tuning folds inside a training set.
    seed: fixes the inner folds.
    solve: the backend.
  """

  distances: np.ndarray
  labels: np.ndarray
  people: np.ndarray | None
  values: tuple[float, ...]
  inner_folds: int
  seed: int
  solve: Solver


@dataclasses.dataclass(frozen=True)
class Tuned:
  """What one machine was trained with.

  Attributes:
    C: box constraint.
    auc: its AUC over the inner folds, stratified by them; None where no inner
      fold held both rows with the action unit and rows without.
    threshold: of the decision value, where F1 over the inner folds is largest.
  """

  C: float
  auc: float | None
  threshold: float


@dataclasses.dataclass(frozen=True)
class Outcome:
  """Out-of-fold results over S splits.

  Attributes:
    scores: (N, A) float64 decision values, positive for present, by the machine
      that did not see the row; nan where there was none.
    thresholds: (N, A) float64, of the machine that scored the row.
    fold: (N,) test fold of each row, -1 where it was never tested.
    tuned: by split and action unit; None where the training rows were all with
      the action unit, or all without, and there is no machine.
    train_auc: (S, A) float64 AUC of each machine on its own training rows.
  """

  scores: np.ndarray
  thresholds: np.ndarray
  fold: np.ndarray
  tuned: tuple[tuple[Tuned | None, ...], ...]
  train_auc: np.ndarray


def steps(task: Task, splits: Sequence[Split]) -> int:
  """Number of action units, split by split, reported as progress."""
  return len(splits) * task.labels.shape[1]


def run(task: Task, splits: Sequence[Split], report: Report) -> Outcome:
  """Trains each split's machines and tests them.

  Args:
    task: the problem.
    splits: who is trained on and who is tested.
    report: called with the number of action units done, after each split.
  """
  shape = task.labels.shape
  scores, thresholds = np.full(shape, np.nan), np.full(shape, np.nan)
  fold = np.full(shape[0], -1)
  train_auc = np.full((len(splits), shape[1]), np.nan)
  tuned: list[tuple[Tuned | None, ...]] = []
  for s, split in enumerate(splits):
    fold[split.test] = split.fold
    chosen: list[Tuned | None] = [None] * shape[1]
    for rows, aus in _problems(task, split.train):
      found = _tune(task, rows, aus, task.seed + 1 + split.fold)
      both = np.concatenate([rows, split.test])
      kernel, _ = kernels.linear(task.distances, rows, both)
      jobs = [(au, t.C) for au, t in zip(aus, found, strict=True)]
      coefficients, biases = _fit(task, kernel[: len(rows)], rows, jobs)
      decided = kernel @ coefficients + biases
      at = np.ix_(split.test, aus)
      scores[at] = decided[len(rows) :]
      thresholds[at] = [t.threshold for t in found]
      for j, au in enumerate(aus):
        chosen[au] = found[j]
        present = task.labels[rows, au] == 1
        train_auc[s, au] = roc_auc_score(present, decided[: len(rows), j])
    tuned.append(tuple(chosen))
    report(shape[1])
  return Outcome(scores, thresholds, fold, tuple(tuned), train_auc)


def fit_final(task: Task, features: np.ndarray, report: Report) -> Weights:
  """Machines trained on all coded rows, for use on new faces.

  C and threshold are chosen on inner folds of all rows. With dual coefficients
  c, scale s and centre m of the training rows' kernel, a decision value is

    sum_i c_i (x - m)·(x_i - m) / s + b = w·x + (b - w·m)

  where w = sum_i c_i x_i / s, for the coefficients sum to zero.

  Args:
    task: the problem.
    features: (N, D) what its distances were computed from.
    report: called with the number of action units, when done.
  """
  aus = task.labels.shape[1]
  weights = np.full((aus, features.shape[1]), np.nan, features.dtype)
  biases, thresholds, C = np.full((3, aus), np.nan)
  for rows, chosen in _problems(task, np.arange(len(features))):
    found = _tune(task, rows, chosen, task.seed)
    kernel, scale = kernels.linear(task.distances, rows, rows)
    jobs = [(au, t.C) for au, t in zip(chosen, found, strict=True)]
    coefficients, offsets = _fit(task, kernel, rows, jobs)
    del kernel  # as large as what comes next
    own = features[rows]
    weights[chosen] = coefficients.T @ own / scale
    biases[chosen] = offsets - weights[chosen] @ own.mean(0, dtype=np.float64)
    thresholds[chosen] = [t.threshold for t in found]
    C[chosen] = [t.C for t in found]
  report(aus)
  return Weights(weights, biases, thresholds, C)


def _problems(
  task: Task, rows: np.ndarray
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
  """Action units that can be learnt, by the rows that they are coded on.

  Those of the same rows go together, so that their machines share kernels.
  """
  coded = task.labels[rows] >= 0
  patterns, which = np.unique(coded, axis=1, return_inverse=True)
  for p, pattern in enumerate(patterns.T):
    own, aus = rows[pattern], np.flatnonzero(which.ravel() == p)
    aus = aus[_has_both(task, own, aus)]
    if len(aus):
      yield own, aus


def _has_both(task: Task, rows: np.ndarray, aus: np.ndarray) -> np.ndarray:
  """Which of the action units are present in some rows, absent in others."""
  labels = task.labels[np.ix_(rows, aus)]
  return (labels == 1).any(0) & (labels == 0).any(0)


def _tune(
  task: Task, rows: np.ndarray, aus: np.ndarray, seed: int
) -> list[Tuned]:
  """C and threshold of each action unit; looks at nothing but `rows`."""
  # Folds that share the combinations of action units evenly serve them all.
  _, strata = np.unique(task.labels[:, aus], axis=0, return_inverse=True)
  inner = splitlib.inner_folds(
    strata.ravel(), task.people, rows, task.inner_folds, seed
  )
  values = sorted(task.values)
  held = np.full((len(rows), len(aus), len(values)), np.nan)
  for k in range(inner.max() + 1):
    train, test = rows[inner != k], rows[inner == k]
    known = np.flatnonzero(_has_both(task, train, aus))
    if not len(known):
      continue
    kernel, _ = kernels.linear(
      task.distances, train, np.concatenate([train, test])
    )
    jobs = [(au, C) for au in aus[known] for C in values]
    coefficients, biases = _fit(task, kernel[: len(train)], train, jobs)
    decided = kernel[len(train) :] @ coefficients + biases
    at = np.ix_(np.flatnonzero(inner == k), known)
    held[at] = decided.reshape(len(test), len(known), -1)
  present = task.labels[np.ix_(rows, aus)] == 1
  return [
    _choose(values, held[:, j], present[:, j], inner) for j in range(len(aus))
  ]


def _choose(
  values: list[float],
  held: np.ndarray,
  present: np.ndarray,
  inner: np.ndarray,
) -> Tuned:
  """The C of the largest inner AUC, the smallest of equals, and its threshold.

  `held` (n, V) are out-of-fold scores for each C, nan in folds without machine.
  """
  scored = np.isfinite(held).all(1)
  held, present, inner = held[scored], present[scored], inner[scored]

  def area(scores: np.ndarray) -> float:
    counts = [
      auc.count_pairs(scores[own], present[own], np.zeros(own.sum(), int))
      for own in (inner == k for k in np.unique(inner))
    ]
    return float(auc.stratified_auc([c for c in counts if c is not None])[0])

  areas = [area(scores) for scores in held.T]
  if np.isnan(areas).any():
    return Tuned(1.0 if 1 in values else values[len(values) // 2], None, 0.0)
  best = int(np.argmax(areas))
  threshold = detection.best_threshold(held[:, best], present)
  return Tuned(values[best], areas[best], threshold)


def _fit(
  task: Task,
  kernel: np.ndarray,
  rows: np.ndarray,
  jobs: list[tuple[int, float]],
) -> tuple[np.ndarray, np.ndarray]:
  """Coefficients (n, J), biases (J,) of each action unit and C, on a kernel."""

  def fit(job: tuple[int, float]) -> tuple[np.ndarray, np.ndarray]:
    au, C = job
    coefficients, biases = task.solve(kernel, task.labels[rows, au], C)
    # Decision values are positive for the smaller label: absent.
    return -coefficients[:, 0], -biases[0]

  coefficients, biases = zip(*threads.in_threads(fit, jobs), strict=True)
  return np.stack(coefficients, axis=1), np.array(biases)
