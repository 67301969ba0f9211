"""Fréchet distance between two sets of features, from their moments.

On Inception features this is the FID. It is biased upwards, the more so the
fewer the rows: compare values at equal N only, beside the distance between
two halves of the real faces.
"""

from __future__ import annotations

import numpy as np

from jaxfer.metrics.estimate import Estimate
from jaxfer.metrics.manifold import check_features


def between(a: np.ndarray, b: np.ndarray) -> Estimate:
  """Squared Fréchet distance between Gaussians with the moments of two sets.

    ‖μ_a − μ_b‖² + tr(S_a + S_b − 2 (S_a^½ S_b S_a^½)^½)

  The last trace is the sum of the singular values of S_a^½ S_b^½, so that no
  square root is taken of the rounding of a zero: covariances of any rank do.
  With fewer rows than dimensions, those that are not zero are taken from the
  rows' inner products: of A Bᵀ / √((N − 1)(M − 1)), A and B centred.

  Args:
    a: (N, D), of any real type.
    b: (M, D), the same.

  Returns:
    The squared distance, at least 0, without an interval; undefined for fewer
    than two rows.

  Raises:
    ValueError: if they differ in D, or hold nan or infinity.

  Reference: Dowson & Landau, J. Multivariate Analysis 12, 1982; Heusel et
  al., arXiv:1706.08500.
  """
  check_features(a, b)
  fewest, width = min(len(a), len(b)), a.shape[1]
  if fewest < 2:
    reason = f"a covariance needs 2 rows; there are {len(a)} and {len(b)}"
    return Estimate(reason=reason)
  a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
  value = np.sum((a.mean(0) - b.mean(0)) ** 2)
  a, b = a - a.mean(0), b - b.mean(0)
  if max(len(a), len(b)) > width:
    first, second = (rows.T @ rows / (len(rows) - 1) for rows in (a, b))
    value -= 2 * _nuclear(_root(first) @ _root(second))
    value += np.trace(first) + np.trace(second)
  else:
    a, b = a / np.sqrt(len(a) - 1), b / np.sqrt(len(b) - 1)
    value += np.sum(a**2) + np.sum(b**2)
    value -= 2 * _nuclear(a @ b.T)
  # Rounding alone can make the distance of a set from itself negative.
  value = max(float(value), 0.0)
  caution = (
    f"with {fewest} rows of {width} dimensions a covariance is singular and"
    " the distance far too large: compare it at this N only, or take the"
    " kernel distance"
  )
  return Estimate(value, caution=caution if fewest <= width else "")


def _root(covariance: np.ndarray) -> np.ndarray:
  values, vectors = np.linalg.eigh(covariance)
  return (vectors * np.sqrt(np.clip(values, 0, None))) @ vectors.T


def _nuclear(matrix: np.ndarray) -> float:
  return np.linalg.svd(matrix, compute_uv=False).sum()
