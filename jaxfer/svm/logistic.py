"""Multinomial logistic regression on features known by their distances.

The features have more dimensions than there are rows. Coordinates with the
same distances between rows, of at most as many dimensions as rows, give the
same decision values: the loss sees inner products only, the L2 penalty does
not change when features are rotated, and a shift goes into the free intercept.
An isometry learns nothing, so all rows may share one.
"""

from __future__ import annotations

import functools

import numpy as np
from scipy.linalg import get_lapack_funcs
from scipy.special import log_softmax
from sklearn.linear_model import LogisticRegression

from jaxfer.svm.grid import Score
from jaxfer.svm.probe import Task

CANDIDATES = (1e-3, 1e-2, 1e-1, 1e0, 1e1, 1e2, 1e3)
"""Values of C, the inverse strength of the penalty."""

_ROUNDING = 1e-6  # of the largest squared norm: distances are float32
_TOLERANCE = 1e-6  # largest entry of the mean loss's gradient
_ITERATIONS = 10_000  # hundreds are usual


def machine(distances: np.ndarray) -> Score[float]:
  """Logistic regression as `grid` calls it, with C as the candidate.

  Args:
    distances: (N, N) squared distances between features; those of the task
      that is scored.

  Returns:
    (task, train, test, C) -> (m, K) log-probabilities: 0 for a class that is
    alone in training, minus infinity for one without training rows. Features
    are centred on the training rows and divided by the root of their mean
    squared norm, so that C means the same for all. Two classes are fitted as
    one binary problem.
  """
  return functools.partial(_score, coordinates(distances))


def coordinates(distances: np.ndarray) -> np.ndarray:
  """Vectors with given distances.

  Classical scaling with a pivoted Cholesky factor in place of eigenvectors,
  which is as exact and many times faster.

  Args:
    distances: (N, N) squared Euclidean distances, float32.

  Returns:
    (N, R) float64, R at most N; their distances are those given to about
    1e-6 of the largest squared norm.

  Reference: Torgerson, Psychometrika 17, 1952; Higham, Accuracy and Stability
  of Numerical Algorithms, 2nd edition, section 10.3.
  """
  gram = distances.astype(np.float64)
  mean = gram.mean(0)
  gram -= mean + mean[:, None] - mean.mean()
  gram *= -0.5
  [cholesky] = get_lapack_funcs(["pstrf"], [gram])
  factor, order, rank, _ = cholesky(
    gram, tol=_ROUNDING * gram.diagonal().max(), lower=1
  )
  # Rows that are all the same keep one coordinate, which is 0.
  rank = max(int(rank), 1)
  placed = np.empty((len(gram), rank))
  placed[order - 1] = np.tril(factor[:, :rank])
  return placed


def _score(
  placed: np.ndarray, task: Task, train: np.ndarray, test: np.ndarray, C: float
) -> np.ndarray:
  labels = task.labels[train]
  present = np.unique(labels)
  scores = np.full((len(test), task.classes), -np.inf)
  if len(present) == 1:
    scores[:, present] = 0
    return scores
  seen = placed[train]
  centre = seen.mean(0)
  seen -= centre
  norm = np.sqrt((seen**2).sum(1).mean()) or 1.0
  model = LogisticRegression(C=C, tol=_TOLERANCE, max_iter=_ITERATIONS)
  model.fit(seen / norm, labels)
  values = model.decision_function((placed[test] - centre) / norm)
  if values.ndim == 1:
    values = np.stack([np.zeros_like(values), values], 1)
  scores[:, present] = log_softmax(values, axis=1)
  return scores
