"""Kernel distance between two sets of features: unbiased at any N.

On Inception features this is the KID. Being unbiased, it falls below zero
about as often as above where the sets do not differ.
"""

from __future__ import annotations

import numpy as np

from jaxfer.metrics.estimate import Estimate
from jaxfer.metrics.manifold import blocks, check_features

_BLOCK = 1024  # rows whose kernel with as many others is in memory at a time
_NORMAL = 1.959964  # 97.5 % of the normal distribution


def kernel_distance(real: np.ndarray, fake: np.ndarray) -> Estimate:
  """Unbiased squared MMD with the kernel (x·y / D + 1)³.

  The interval comes from each row's mean difference in kernel to the two sets
  (the statistic's Hoeffding projection): se² = 4 var(h_x)/N + 4 var(h_y)/M, and
  the normal distribution.

  Args:
    real: (N, D), of any real type.
    fake: (M, D), the same.

  Returns:
    The distance; undefined for fewer than two rows of either.

  Raises:
    ValueError: if the two do not fit, or hold nan or infinity.

  Reference: Bińkowski et al., arXiv:1801.01401; Gretton et al., JMLR 13,
  2012, lemma 6; Sutherland et al., arXiv:1611.04488, for the variance.
  """
  check_features(real, fake)
  n, m = len(real), len(fake)
  if min(n, m) < 2:
    reason = f"a kernel distance needs 2 rows; there are {n} and {m}"
    return Estimate(reason=reason)
  across, back = _kernel_sums(real, fake)
  real_within, _ = _kernel_sums(real, real)
  fake_within, _ = _kernel_sums(fake, fake)
  # A row's kernel with itself is no pair.
  real_within = (real_within - _self_kernel(real)) / (n - 1)
  fake_within = (fake_within - _self_kernel(fake)) / (m - 1)
  across, back = across / m, back / n
  value = real_within.mean() + fake_within.mean() - 2 * across.mean()
  variance = 4 * np.var(real_within - across, ddof=1) / n
  variance += 4 * np.var(fake_within - back, ddof=1) / m
  half = _NORMAL * float(np.sqrt(variance))
  return Estimate(float(value), [float(value) - half, float(value) + half])


def _kernel_sums(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
  """Sums of the kernel over b for each row of a, and over a for each of b."""
  rows, columns = np.zeros(len(a)), np.zeros(len(b))
  for i in blocks(len(a), _BLOCK):
    left = np.asarray(a[i], np.float64)
    for j in blocks(len(b), _BLOCK):
      right = np.asarray(b[j], np.float64)
      kernel = (left @ right.T / left.shape[1] + 1) ** 3
      rows[i] += kernel.sum(1)
      columns[j] += kernel.sum(0)
  return rows, columns


def _self_kernel(features: np.ndarray) -> np.ndarray:
  squares = np.einsum("nd,nd->n", features, features, dtype=np.float64)
  return (squares / features.shape[1] + 1) ** 3
