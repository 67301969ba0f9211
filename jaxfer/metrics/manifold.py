"""Precision, recall, density, coverage: do fakes lie where faces do?

A ball around each row, out to its k-th nearest neighbour of its own set,
stands for the set's manifold. Precision and density ask how fakes fall into
the balls of real faces; recall and coverage, which real faces are reached.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from jaxfer.metrics import bootstrap
from jaxfer.metrics.estimate import Estimate

_BLOCK = 256  # rows whose distances to all others are in memory at a time
_ROUNDING = 1e-13  # squared distances below this share of the norms are zero


class PrecisionRecall(NamedTuple):
  """Improved precision and recall.

  Attributes:
    precision: share of fakes within a ball of a real row.
    recall: share of real rows within a ball of a fake.
  """

  precision: Estimate
  recall: Estimate


class DensityCoverage(NamedTuple):
  """Density and coverage.

  Attributes:
    density: balls of real rows that a fake lies within, over k; 1 is expected
      where both sets come from one distribution.
    coverage: share of real rows with a fake in their ball.
    ceiling: the coverage expected where both come from one distribution.
  """

  density: Estimate
  coverage: Estimate
  ceiling: float | None


def precision_recall(
  real: np.ndarray,
  fake: np.ndarray,
  k: int,
  draws: int,
  seed: int,
) -> PrecisionRecall:
  """Precision and recall with closed balls: a row on the rim is inside.

  Args:
    real: (N, D), of any real type.
    fake: (N, D), the same.
    k: the neighbour that sets a ball's radius; papers take 3.
    draws: bootstrap draws.
    seed: fixes them.

  Returns:
    Both shares; undefined where a row has no k-th neighbour. Their intervals
    come of drawing the rows that each is a mean of, while the balls stay,
    which makes them too narrow.

  Raises:
    ValueError: if the sets differ in number or D, or hold nan or infinity.

  Reference: Kynkäänniemi et al., arXiv:1904.06991, section 2.
  """
  if reason := _check(real, fake, k):
    undefined = Estimate(reason=reason)
    return PrecisionRecall(undefined, undefined)
  # Once, not for each block.
  real, fake = np.asarray(real, np.float64), np.asarray(fake, np.float64)
  real_radii, fake_radii = _radii(real, k), _radii(fake, k)
  precise = np.zeros(len(fake), bool)
  recalled = np.zeros(len(real), bool)
  for rows in blocks(len(real), _BLOCK):
    apart = squared_distances(real[rows], fake)
    precise |= (apart <= real_radii[rows, None]).any(0)
    recalled[rows] = (apart <= fake_radii[None]).any(1)
  weights = bootstrap.draw_weights(len(real), draws, seed)
  return PrecisionRecall(_share(precise, weights), _share(recalled, weights))


def density_coverage(
  real: np.ndarray,
  fake: np.ndarray,
  k: int,
  draws: int,
  seed: int,
) -> DensityCoverage:
  """Density and coverage with open balls: a row on the rim is outside.

  Arguments, errors and what is undefined are those of `precision_recall`;
  papers take 5 for k.

  Returns:
    Both, and the ceiling of coverage.

  Reference: Naeem et al., arXiv:2002.09797.
  """
  if reason := _check(real, fake, k):
    undefined = Estimate(reason=reason)
    return DensityCoverage(undefined, undefined, None)
  real, fake = np.asarray(real, np.float64), np.asarray(fake, np.float64)
  radii = _radii(real, k)
  balls = np.zeros(len(fake))
  covered = np.zeros(len(real), bool)
  for rows in blocks(len(real), _BLOCK):
    inside = squared_distances(real[rows], fake) < radii[rows, None]
    balls += inside.sum(0)
    covered[rows] = inside.any(1)
  weights = bootstrap.draw_weights(len(real), draws, seed)
  return DensityCoverage(
    _share(balls / k, weights),
    _share(covered, weights),
    expected_coverage(len(real), len(fake), k),
  )


def expected_coverage(real: int, fake: int, k: int) -> float:
  """Coverage expected where both sets come from one distribution.

    1 − ∏_{i=1..k} (N − i) / (M + N − i)

  of N real rows, above k, and M fakes. It nears 1 as M outgrows N: coverage at
  unequal numbers says little.

  Reference: Naeem et al., arXiv:2002.09797.
  """
  i = np.arange(1, k + 1)
  return float(1 - np.prod((real - i) / (fake + real - i)))


def squared_distances(a: np.ndarray, b: np.ndarray) -> np.ndarray:
  """Squared Euclidean distances, by one matrix product.

  Args:
    a: (N, D), of any real type.
    b: (M, D), the same.

  Returns:
    (N, M) float64, not negative. What rounding cannot tell from zero is zero,
    so that copies are at distance 0.
  """
  a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
  squares = (np.einsum("nd,nd->n", x, x) for x in (a, b))
  norms = np.add.outer(*squares)
  apart = norms - 2 * (a @ b.T)
  return np.where(apart > _ROUNDING * norms, apart, 0)


def blocks(rows: int, block: int) -> list[slice]:
  """Slices of at most `block` that cover `rows`, in order."""
  return [slice(i, min(i + block, rows)) for i in range(0, rows, block)]


def check_features(a: np.ndarray, b: np.ndarray) -> None:
  """Raises unless two sets of features can be compared.

  Args:
    a: (N, D).
    b: (M, D).

  Raises:
    ValueError: naming both shapes, or how many rows are not finite.
  """
  if a.ndim != 2 or b.ndim != 2 or a.shape[1] != b.shape[1]:
    raise ValueError(
      f"features have shapes {a.shape} and {b.shape}, not (N, D) and (M, D):"
      " flatten the rows, and take both from one extractor"
    )
  for features in (a, b):
    bad = int(np.sum(~np.isfinite(features).all(1)))
    if bad:
      raise ValueError(
        f"{bad} of {len(features)} rows of features hold nan or infinity:"
        " mend what made them"
      )


def _check(real: np.ndarray, fake: np.ndarray, k: int) -> str:
  check_features(real, fake)
  if len(real) != len(fake):
    least = min(len(real), len(fake))
    raise ValueError(
      f"{len(real)} real and {len(fake)} fake rows: these shares depend on"
      f" both numbers, so draw {least} of each"
    )
  if k < 1:
    raise ValueError(f"k={k} must be at least 1")
  if len(real) <= k:
    return f"{len(real)} rows have no neighbour number {k}: take more rows"
  return ""


def _radii(features: np.ndarray, k: int) -> np.ndarray:
  """Squared distance of each row to its k-th neighbour, itself left out."""
  radii = np.empty(len(features))
  for rows in blocks(len(features), _BLOCK):
    apart = squared_distances(features[rows], features)
    within = np.arange(rows.stop - rows.start)
    apart[within, within + rows.start] = np.inf
    radii[rows] = np.partition(apart, k - 1, axis=1)[:, k - 1]
  return radii


def _share(values: np.ndarray, weights: np.ndarray) -> Estimate:
  drawn = weights @ values / len(values)
  return Estimate(float(values.mean()), bootstrap.interval(drawn))
