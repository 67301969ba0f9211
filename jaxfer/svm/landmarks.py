"""Kernels of many rows, known by their values at a few landmarks.

With L the landmarks, a kernel is replaced by k(x, L) k(L, L)⁻¹ k(L, y), the
Nyström approximation, which is an inner product of as many coordinates as
landmarks. They are turned until they are uncorrelated over the training rows.

Reference: Williams & Seeger, NIPS 2000.
"""

from __future__ import annotations

import dataclasses

import numpy as np
from scipy import linalg

from jaxfer.svm import kernels, splits
from jaxfer.svm.streamed import Streamed

_LEAST = 1e-6  # of the largest eigenvalue: below is rounding
_ZERO = 1e-12


def choose(
  rows: np.ndarray,
  strata: np.ndarray,
  people: np.ndarray | None,
  count: int,
  order: np.ndarray,
) -> np.ndarray:
  """Landmarks among training rows, spread evenly over classes and people.

  Each class in turn gives a row, of a person who has given fewest. The order is
  random but the same for all training sets, so that their landmarks are largely
  the same rows.

  Args:
    rows: (n,) positions of the training rows.
    strata: (n,) class of each, or whatever takes turns.
    people: (n,) person of each, or None.
    count: how many are wanted; of fewer rows all are taken.
    order: (N,) place of every row in a random order.

  Returns:
    Their positions, ascending.
  """
  taken = np.argsort(order[rows])
  if people is not None:
    who = np.unique(people, return_inverse=True)[1]
    turns = splits.turns(strata[taken] * (who.max() + 1) + who[taken])
    taken = taken[np.argsort(turns, kind="stable")]
  turns = splits.turns(strata[taken])
  taken = taken[np.argsort(turns, kind="stable")]
  return np.sort(rows[taken[:count]])


@dataclasses.dataclass(frozen=True)
class Basis:
  """Coordinates in which a kernel is an inner product, nearly.

  A row's coordinates are (k(row, L) - mean) @ turn.
  """

  distances: Streamed
  landmarks: np.ndarray  # (m,) positions of L
  # Of a Gaussian kernel; None: linear, as `kernels.linear` scales it.
  gamma: float | None
  mean: np.ndarray  # (m,) float64 mean kernel of the training rows
  turn: np.ndarray  # (m, R) float64
  # (R,) variances of the training rows' coordinates, descending.
  spread: np.ndarray

  def kernel(self, rows: np.ndarray) -> np.ndarray:
    """k(rows, L), (n, m) float64 of float32 precision."""
    kernel = _kernel(self.distances, rows, self.landmarks, self.gamma)
    return kernel.astype(np.float64)

  def place(self, rows: np.ndarray) -> np.ndarray:
    """Coordinates (n, R) float32 of rows."""
    kernel = _kernel(self.distances, rows, self.landmarks, self.gamma)
    kernel -= self.mean.astype(np.float32)
    return kernel @ self.turn.astype(np.float32)

  def expand(self, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients (m, P) and biases (P,) over the kernel of the landmarks.

    `weights` (P, R + 1) are those of coordinates, and last the bias.
    """
    coefficients = self.turn @ weights[:, :-1].T
    return coefficients, weights[:, -1] - self.mean @ coefficients


def basis(
  distances: Streamed,
  rows: np.ndarray,
  landmarks: np.ndarray,
  gamma: float | None,
) -> Basis:
  """The basis of a kernel on training rows, of which landmarks are some."""
  inner = _kernel(distances, landmarks, landmarks, gamma)
  values, root = _components(inner.astype(np.float64))
  root /= np.sqrt(values)
  centred = _kernel(distances, rows, landmarks, gamma)
  mean = centred.mean(0, dtype=np.float64)
  centred -= mean.astype(np.float32)
  placed = centred @ root.astype(np.float32)
  moment = (placed.T @ placed).astype(np.float64) / len(rows)
  spread, turn = _components(moment)
  turn = root @ turn
  return Basis(distances, landmarks, gamma, mean, turn, spread)


def _components(symmetric: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
  """Eigenvalues above rounding, descending, and eigenvectors in columns.

  One at least, for rows that are all the same too.
  """
  values, vectors = linalg.eigh(symmetric, check_finite=False)
  least = max(_LEAST * values[-1], _ZERO)
  kept = np.flatnonzero(values > least)[::-1]
  kept = kept if len(kept) else np.array([len(values) - 1])
  return np.maximum(values[kept], _ZERO), vectors[:, kept]


def _kernel(
  distances: Streamed,
  rows: np.ndarray,
  landmarks: np.ndarray,
  gamma: float | None,
) -> np.ndarray:
  if gamma is None:
    found, _ = kernels.linear(distances, landmarks, rows)
    return found.astype(np.float32)
  squared = distances.block(rows, landmarks)
  return np.exp(np.float32(-gamma) * squared)
