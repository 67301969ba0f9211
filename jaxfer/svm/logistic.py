"""Multinomial logistic regression on features known by their distances.

The features have more dimensions than there are rows. Coordinates with the
same distances between rows, of at most as many dimensions as rows, give the
same decision values: the loss sees inner products only, the L2 penalty does
not change when features are rotated, and a shift goes into the free intercept.
An isometry learns nothing, so all rows may share one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.linalg import get_lapack_funcs
from scipy.special import log_softmax
from sklearn.linear_model import LogisticRegression

from jaxfer.svm import primal
from jaxfer.svm.projected import OnLandmarks, Space
from jaxfer.svm.task import Head, Scorer, Task

CANDIDATES = (1e-3, 1e-2, 1e-1, 1e0, 1e1, 1e2, 1e3)
"""Values of C, the inverse strength of the penalty."""

_ROUNDING = 1e-6  # of the largest squared norm: distances are float32
_TOLERANCE = 1e-6  # largest entry of the mean loss's gradient
_ITERATIONS = 10_000  # hundreds are usual


class Logistic(Head):
  """Logistic regression on vectors that have the task's distances.

  Features are centred on the training rows and divided by the root of their
  mean squared norm, so that C, the candidate, means the same for all.
  """

  title = "logistic"
  words = "multinomial logistic regression on vectors of length 1"
  few = 1.0

  def __init__(self, task: Task):
    super().__init__(task)
    assert isinstance(task.distances, np.ndarray)
    self._placed = coordinates(task.distances)

  @staticmethod
  def candidates(
    svm: Any, *, units: bool, papers: bool, rows: int
  ) -> Sequence[float]:
    """Those of `CANDIDATES`."""
    del svm, units, papers, rows
    return CANDIDATES

  def space(self, rows: np.ndarray) -> tuple[np.ndarray, float]:
    """Centre and scale of training rows."""
    seen = self._placed[rows]
    centre = seen.mean(0)
    seen -= centre
    return centre, np.sqrt((seen**2).sum(1).mean()) or 1.0

  def _fit(
    self, space: Any, rows: np.ndarray, labels: np.ndarray, value: float
  ) -> Scorer:
    """Scores are log-probabilities: 0 for a class that is alone in training."""
    present, places = np.unique(labels, return_inverse=True)
    decide = self._decide(space, rows, places, len(present), value)

    def score(tested: np.ndarray) -> np.ndarray:
      scores = np.full((len(tested), self._classes), -np.inf)
      scores[:, present] = log_softmax(decide(tested), axis=1)
      return scores

    return score

  def _decide(
    self,
    space: Any,
    rows: np.ndarray,
    places: np.ndarray,
    present: int,
    value: float,
  ) -> Scorer:
    """Decision values of the classes present, numbered from 0 in `places`.

    Two classes are fitted as one binary problem.
    """
    centre, norm = space
    if present < 2:
      return lambda tested: np.zeros((len(tested), present))
    model = LogisticRegression(C=value, tol=_TOLERANCE, max_iter=_ITERATIONS)
    model.fit((self._placed[rows] - centre) / norm, places)

    def values(tested: np.ndarray) -> np.ndarray:
      found = model.decision_function((self._placed[tested] - centre) / norm)
      if present == 2:
        found = np.stack([np.zeros_like(found), found], 1)
      return found

    return values


class ProjectedLogistic(OnLandmarks, Logistic):
  """The same on the coordinates that landmarks give, for many rows."""

  words = f"{Logistic.words}, known by landmarks"

  def __init__(self, task: Task):
    Head.__init__(self, task)

  def _decide(
    self,
    space: Space,
    rows: np.ndarray,
    places: np.ndarray,
    present: int,
    value: float,
  ) -> Scorer:
    """Both sides of a binary problem have weights, which halves the penalty."""
    basis = space.basis(None)
    norm = np.sqrt(basis.spread.sum()) or 1.0
    weights = primal.softmax(
      basis.place(rows) / np.float32(norm),
      places,
      present,
      value * (2 if present == 2 else 1),
    )
    return lambda tested: (
      basis.place(tested) / norm @ weights[:, :-1].T + weights[:, -1]
    )


def coordinates(distances: np.ndarray) -> np.ndarray:
  """Vectors (N, R) float64, R at most N, with given distances (N, N) float32.

  Classical scaling with a pivoted Cholesky factor in place of eigenvectors,
  which is as exact and many times faster. Their squared Euclidean distances
  are those given to about 1e-6 of the largest squared norm.

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
