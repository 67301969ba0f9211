"""Distances of more rows than a matrix of all pairs would hold.

Feature vectors stay in their files and are read in blocks. Distances are
computed as they are asked for; those to chosen rows, the landmarks, are kept.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence

import numpy as np

from jaxfer.errors import UserError
from jaxfer.svm import threads

_BLOCK = 1024  # rows in memory at a time, of each thread


class Vectors:
  """Rows of feature vectors, one part below the other, read when indexed.

  Attributes:
    shape: (N, D) of all rows together.
    dtype: float32.
  """

  dtype = np.dtype(np.float32)

  def __init__(
    self, parts: Sequence[tuple[np.ndarray, np.ndarray]], unit: bool = False
  ):
    """Nothing is read yet.

    Args:
      parts: (M, D) float32 arrays, in memory or mapped files, and the rows
        wanted of each.
      unit: whether rows are scaled to length 1.
    """
    files = [file for file, _ in parts]
    self._files, self._unit = files, unit
    self._file = np.repeat(np.arange(len(parts)), [len(r) for _, r in parts])
    self._row = np.concatenate([rows for _, rows in parts])
    self.shape = len(self._row), files[0].shape[1]

  @classmethod
  def of(cls, features: np.ndarray) -> Vectors:
    """All rows of one array."""
    return cls([(features, np.arange(len(features)))])

  def __len__(self) -> int:
    return len(self._row)

  def __getitem__(self, rows: np.ndarray) -> np.ndarray:
    """(n, D) float32 at some positions."""
    found = np.empty((len(rows), self.shape[1]), np.float32)
    for k, file in enumerate(self._files):
      own = np.flatnonzero(self._file[rows] == k)
      found[own] = file[self._row[rows[own]]]
    return scaled(found) if self._unit else found


def refuse_unusable(squares: np.ndarray) -> None:
  """Refuses vectors from which solvers might never return.

  Raises:
    UserError: by the sums of their squares (N,), if a feature is not finite, or
      too large for float32.
  """
  bad = np.flatnonzero(~np.isfinite(squares))
  if len(bad):
    raise UserError(
      f"{len(bad)} of {len(squares)} feature vectors hold numbers that are not"
      f" finite or too large, the first in row {bad[0]}: extract them again"
      " from a network whose losses are finite"
    )


def scaled(vectors: np.ndarray) -> np.ndarray:
  """Vectors (N, D) float32, divided by their lengths."""
  lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
  return vectors / np.maximum(lengths, np.finfo(np.float32).tiny)


class Streamed:
  """Squared Euclidean distances between rows, in place of an (N, N) matrix.

  Rows are centred, as in `kernels.squared_distances`.
  """

  def __init__(self, vectors: Vectors):
    """Reads all rows once.

    Raises:
      UserError: if a feature is not finite, or too large for float32.
    """
    self._vectors = vectors
    total, squares = np.zeros(vectors.shape[1]), np.empty(len(vectors))
    for rows in _blocks(np.arange(len(vectors))):
      block = vectors[rows]
      squares[rows] = np.einsum("ij,ij->i", block, block)
      total += block.sum(0, dtype=np.float64)
    refuse_unusable(squares)
    self._centre = (total / max(len(vectors), 1)).astype(np.float32)
    self._place = np.full(len(vectors), -1)
    self._kept = np.empty((len(vectors), 0), np.float32)
    self._lock = threading.Lock()

  def __len__(self) -> int:
    return len(self._vectors)

  def keep(self, columns: np.ndarray) -> None:
    """Keeps the distances of all rows to some, (N, len(columns)) float32."""
    with self._lock:
      new = np.setdiff1d(columns, np.flatnonzero(self._place >= 0))
      if len(new):
        found = self._computed(np.arange(len(self)), new)
        places = np.arange(len(new)) + self._kept.shape[1]
        self._kept = np.concatenate([self._kept, found], axis=1)
        self._place[new] = places  # last, for `block` reads without the lock

  def block(self, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """The distances from some rows to others, (m, n) float32."""
    places = self._place[columns]
    if (places >= 0).all():
      return self._kept.take(rows, axis=0).take(places, axis=1)
    return self._computed(rows, columns)

  def _computed(self, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    others = self._centred(columns)
    squares = np.einsum("ij,ij->i", others, others)
    found = np.empty((len(rows), len(columns)), np.float32)

    def fill(part: np.ndarray) -> None:
      own = self._centred(rows[part])
      products = own @ others.T
      products *= -2
      products += np.einsum("ij,ij->i", own, own)[:, None]
      products += squares
      # A row is at no distance from itself, whatever rounding says.
      products[rows[part][:, None] == columns] = 0
      found[part] = np.maximum(products, 0, out=products)

    threads.in_threads(fill, _blocks(np.arange(len(rows))))
    return found

  def _centred(self, rows: np.ndarray) -> np.ndarray:
    return self._vectors[rows] - self._centre


def _blocks(rows: np.ndarray) -> list[np.ndarray]:
  return np.split(rows, range(_BLOCK, len(rows), _BLOCK))
