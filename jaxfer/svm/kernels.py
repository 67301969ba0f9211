"""Kernels from one matrix of distances.

The squared distances between all rows are computed once; every kernel width,
fold and class pair then takes its slice.
"""

from __future__ import annotations

import os

import jax
import jax.numpy as jnp
import numpy as np

from jaxfer.errors import UserError
from jaxfer.svm import streamed
from jaxfer.svm.streamed import Streamed, Vectors

Distances = np.ndarray | Streamed
"""Squared distances between all rows, (N, N) float32; or computed as needed."""

_BLOCK = 2048  # rows per call
_LOOKED_AT = 1 << 26  # distances in memory at a time where the nearest count


@jax.jit
def _distances(a: jax.Array, b: jax.Array) -> jax.Array:
  products = jnp.matmul(a, b.T, precision="highest")
  squares_a = jnp.sum(a * a, axis=1)[:, None]
  squares_b = jnp.sum(b * b, axis=1)[None, :]
  return jnp.maximum(squares_a + squares_b - 2 * products, 0)


def squared_distances(features: np.ndarray) -> np.ndarray:
  """Squared Euclidean distances (N, N) float32 between rows (N, D) float32.

  Symmetric, zero on the diagonal. Rows are centred first, which changes no
  distance and keeps the float32 subtraction of large squares exact enough.

  Raises:
    ValueError: if a feature is not finite, or too large for float32, from which
      solvers might never return; or if the matrix is larger than the memory.
  """
  count = len(features)
  _refuse_too_many(count)
  streamed.refuse_unusable(np.einsum("ij,ij->i", features, features))
  centred = features - features.mean(axis=0, dtype=np.float64)
  centred = centred.astype(np.float32)
  out = np.empty((count, count), np.float32)
  for start in range(0, count, _BLOCK):
    rows = centred[start : start + _BLOCK]
    # Only the upper triangle is computed; the rest is its mirror.
    found = np.asarray(_distances(rows, centred[start:]))
    out[start : start + _BLOCK, start:] = found
    out[start:, start : start + _BLOCK] = found.T
  np.fill_diagonal(out, 0)
  return out


def distances(vectors: Vectors, solver: str) -> Distances:
  """Squared distances between all vectors, for one of `heads.SOLVERS`."""
  if solver == "exact":
    return squared_distances(vectors[np.arange(len(vectors))])
  return Streamed(vectors)


def _refuse_too_many(count: int) -> None:
  needed = 4 * count**2
  memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
  if needed > memory:
    raise UserError(
      f"the distances between {count} feature vectors take {needed} bytes"
      f" ({needed / 2**30:.1f} GiB), and this machine has {memory}"
      f" ({memory / 2**30:.1f} GiB): probe fewer faces, or use a larger machine"
    )


def squared_distances_between(a: np.ndarray, b: np.ndarray) -> np.ndarray:
  """Squared Euclidean distances (M, N) between rows (M, D) and (N, D) float32.

  Raises:
    ValueError: if the rows differ in length.
  """
  if a.shape[1] != b.shape[1]:
    raise ValueError(
      f"feature vectors have {a.shape[1]} numbers, the machine's {b.shape[1]}:"
      " extract them with the network and layer that the machine was made with"
    )
  centre = b.mean(axis=0, dtype=np.float64)
  centred = ((rows - centre).astype(np.float32) for rows in (a, b))
  return np.asarray(_distances(*centred))


def block(
  distances: Distances, rows: np.ndarray, columns: np.ndarray
) -> np.ndarray:
  """The distances from some rows to others, (len(rows), len(columns))."""
  if isinstance(distances, Streamed):
    return distances.block(rows, columns)
  # Whole rows first is twice as fast as picking single numbers.
  return distances.take(rows, axis=0).take(columns, axis=1)


def nearest(
  distances: Distances, rows: np.ndarray, columns: np.ndarray, count: int
) -> np.ndarray:
  """Of each of `rows` (m,) the nearest of `columns` (n,), the nearest first.

  These are places (m, count) in `columns`, of which there are at least `count`;
  of equally near ones the earlier is first.
  """
  found = np.empty((len(rows), count), int)
  step = max(1, _LOOKED_AT // max(1, len(columns)))
  for start in range(0, len(rows), step):
    part = slice(start, start + step)
    squared = block(distances, rows[part], columns)
    places = np.arange(len(squared))
    for r in range(count):
      found[part, r] = squared.argmin(1)
      squared[places, found[part, r]] = np.inf
  return found


def median_distance(distances: Distances, rows: np.ndarray) -> float:
  """Median squared distance between distinct rows of a training set.

  It is positive: 1 where the median is 0.
  """
  chosen = block(distances, rows, rows)
  pairs = chosen[np.triu_indices(len(rows), 1)]
  median = float(np.median(pairs)) if len(pairs) else 0.0
  return median or 1.0


def rbf(squared: np.ndarray, gamma: float) -> np.ndarray:
  """The Gaussian kernel exp(-gamma d²) of squared distances, float32.

  float64 of the same shape, as the solvers want it; exact to float32, in which
  the exponential is three times as fast. `gamma` is 1 / distance².
  """
  return np.exp(np.float32(-gamma) * squared).astype(np.float64)


def linear(
  distances: Distances, train: np.ndarray, rows: np.ndarray
) -> tuple[np.ndarray, float]:
  """The linear kernel of features centred and scaled by the training rows.

  Double centring gives the inner products of centred features from squared
  distances d:

    k(x, t) = (mean_u d(x, u) + mean_u d(u, t) - mean_uv d(u, v) - d(x, t)) / 2

  with u and v over the training rows. The centre is of no consequence to a
  machine that has a bias: its coefficients sum to zero. Dividing by the mean
  squared length of the centred training rows, mean_uv d(u, v) / 2, makes C mean
  the same for features of any size.

  Args:
    distances: squared, between all rows.
    train: (n,) positions of the training rows, one or more.
    rows: (m,) positions of the rows to compare with them; no others are
      looked at.

  Returns:
    The kernel, (m, n) float64, and the scale it was divided by; 1 where the
    training rows are all alike, and the kernel zero.

  Reference: Torgerson, Psychometrika 17, 1952, for the double centring.
  """
  means = np.empty(len(train))
  for start in range(0, len(train), _BLOCK):
    chosen = slice(start, start + _BLOCK)
    squared = block(distances, train[chosen], train)
    means[chosen] = squared.mean(axis=1, dtype=np.float64)
  mean = means.mean()
  scale = float(mean) / 2 or 1.0
  kernel = np.empty((len(rows), len(train)))
  for start in range(0, len(rows), _BLOCK):
    chosen = slice(start, start + _BLOCK)
    squared = block(distances, rows[chosen], train)
    own = squared.mean(axis=1, dtype=np.float64, keepdims=True)
    kernel[chosen] = (own + means - mean - squared) / (2 * scale)
  return kernel, scale
