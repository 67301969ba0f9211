"""Fréchet distance between two sets of features, from their moments.

On Inception features this is the FID. It is biased upwards, the more so the
fewer the rows: compare values at equal N only, beside the distance between
two halves of the real faces.

Three steps, each tested alone: features, batch by batch; their moments, in
float64; the distance. Features of all faces stay at hand in between, since
kernel distances, neighbours and bootstrap draws need the rows themselves: to
gather moments batch by batch as well would save nothing.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from jaxfer.metrics.manifold import check_features


@dataclasses.dataclass(frozen=True)
class Moments:
  """Mean and scatter of rows.

  Attributes:
    count: N, the number of rows.
    mean: (D,) float64.
    scatter: (D, D) float64, sum of outer products of deviations from the mean.
  """

  count: int
  mean: np.ndarray
  scatter: np.ndarray

  @classmethod
  def of(cls, features: np.ndarray) -> Moments:
    """Moments of a set of rows.

    Args:
      features: (N, D) of any real type, N at least 1.

    Returns:
      Its moments.

    Raises:
      ValueError: if it is no matrix of rows, or has nan or infinity.
    """
    rows = np.asarray(features, np.float64)
    if rows.ndim != 2 or not len(rows):
      raise ValueError(
        f"features have shape {rows.shape}, not (N, D) with N at least 1:"
        " flatten each row"
      )
    mean = rows.mean(0)
    if not np.isfinite(mean).all():
      raise ValueError(
        f"{np.sum(~np.isfinite(rows).all(1))} of {len(rows)} rows of features"
        " hold nan or infinity: mend what made them"
      )
    centred = rows - mean
    return cls(len(rows), mean, centred.T @ centred)

  @property
  def covariance(self) -> np.ndarray:
    """(D, D) unbiased, over N − 1; N must be at least 2."""
    return self.scatter / (self.count - 1)


@dataclasses.dataclass(frozen=True)
class Distance:
  """A Fréchet distance and what may be held against it.

  Attributes:
    value: squared distance, at least 0; None where it is undefined.
    reason: why it is undefined, else empty.
    caution: why it is to be read with care, else empty.
  """

  value: float | None
  reason: str = ""
  caution: str = ""


def distance(a: Moments, b: Moments) -> Distance:
  """Squared Fréchet distance between Gaussians with the given moments.

    ‖μ_a − μ_b‖² + tr(S_a + S_b − 2 (S_a^½ S_b S_a^½)^½)

  The last trace is the sum of the singular values of S_a^½ S_b^½, so that no
  square root is taken of the rounding of a zero: covariances of any rank do.

  Args:
    a: moments of one set.
    b: moments of the other, of the same D.

  Returns:
    The distance; undefined for fewer than two rows.

  Raises:
    ValueError: if they differ in D.

  Reference: Dowson & Landau, J. Multivariate Analysis 12, 1982; Heusel et
  al., arXiv:1706.08500.
  """
  _check_width(a, b)
  fewest, width = min(a.count, b.count), len(a.mean)
  if fewest < 2:
    reason = f"a covariance needs 2 rows; there are {a.count} and {b.count}"
    return Distance(None, reason)
  first, second = a.covariance, b.covariance
  cross = np.linalg.svd(_root(first) @ _root(second), compute_uv=False).sum()
  value = np.sum((a.mean - b.mean) ** 2) - 2 * cross
  value += np.trace(first) + np.trace(second)
  # Rounding alone can make the distance of a set from itself negative.
  value = max(float(value), 0.0)
  caution = _singular(fewest, width) if fewest <= width else ""
  return Distance(value, caution=caution)


def between(a: np.ndarray, b: np.ndarray) -> Distance:
  """Squared Fréchet distance between two sets of rows that are all at hand.

  With fewer rows than dimensions the last trace is taken from the rows' inner
  products instead: the singular values of S_a^½ S_b^½ that are not zero are
  those of A Bᵀ / √((N − 1)(M − 1)), A and B being the centred rows.

  Args:
    a: (N, D), of any real type.
    b: (M, D), the same.

  Returns:
    What `distance` returns of their moments; undefined for fewer than two rows.

  Raises:
    ValueError: if they differ in D, or hold nan or infinity.
  """
  check_features(a, b)
  fewest, width = min(len(a), len(b)), a.shape[1]
  if fewest < 2 or max(len(a), len(b)) > width:
    return distance(Moments.of(a), Moments.of(b))
  a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
  value = np.sum((a.mean(0) - b.mean(0)) ** 2)
  a = (a - a.mean(0)) / np.sqrt(len(a) - 1)
  b = (b - b.mean(0)) / np.sqrt(len(b) - 1)
  value += np.sum(a**2) + np.sum(b**2)
  value -= 2 * np.linalg.svd(a @ b.T, compute_uv=False).sum()
  return Distance(max(float(value), 0.0), caution=_singular(fewest, width))


def _singular(rows: int, width: int) -> str:
  return (
    f"with {rows} rows of {width} dimensions a covariance is singular and"
    " the distance far too large: compare it at this N only, or take the"
    " kernel distance"
  )


def _root(covariance: np.ndarray) -> np.ndarray:
  values, vectors = np.linalg.eigh(covariance)
  return (vectors * np.sqrt(np.clip(values, 0, None))) @ vectors.T


def _check_width(a: Moments, b: Moments) -> None:
  if a.mean.shape != b.mean.shape:
    raise ValueError(
      f"features of {len(a.mean)} and {len(b.mean)} dimensions cannot be"
      " compared: take both from one extractor"
    )
