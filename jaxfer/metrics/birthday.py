"""Does a generator repeat itself? The birthday paradox tells how often."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
from scipy import stats

from jaxfer.metrics.estimate import Estimate
from jaxfer.metrics.manifold import blocks, check_features, squared_distances

_BLOCK = 256  # rows whose distances to all others are in memory at a time


@dataclasses.dataclass(frozen=True)
class Birthday:
  """Duplicates among rows, and the support size that they imply."""

  pairs: np.ndarray  # (P, 2) the nearest pairs of rows, nearest first
  distances: np.ndarray  # (P,) float64, their distances
  duplicates: int  # pairs of all at most `threshold` apart
  # Number of images that the generator chooses among, were it to choose
  # evenly (else 1 / Σp²); unknown without duplicates, and with it the upper
  # end of its interval.
  support: Estimate


def birthday(features: np.ndarray, threshold: float, shown: int) -> Birthday:
  """Finds near pairs, and estimates how many images there are to choose from.

  Of s rows drawn from n images, s(s − 1) / 2n pairs are expected to coincide;
  the interval is the exact Poisson one. What counts as a duplicate is for eyes
  to say: look at the pairs. The least distance between pictures of two people,
  among as many real faces, is a threshold to start from.

  Args:
    features: (s, D), of any real type.
    threshold: distance up to which two rows are duplicates.
    shown: P, pairs to return, or all where there are fewer.

  Returns:
    Pairs, duplicates and support.

  Raises:
    ValueError: if features are no finite matrix, the threshold is negative,
      or no pair is to be shown.

  Reference: Arora & Zhang, arXiv:1706.08224.
  """
  check_features(features, features)
  if threshold < 0 or shown < 1:
    raise ValueError(
      f"threshold={threshold} and shown={shown} must be at least 0 and 1"
    )
  features = np.asarray(features, np.float64)
  pairs = np.empty((0, 2), int)
  distances = np.empty(0)
  duplicates = 0
  columns = np.arange(len(features))
  for rows in blocks(len(features), _BLOCK):
    apart = np.sqrt(squared_distances(features[rows], features))
    # Each pair once, and no row with itself.
    apart[columns[None] <= columns[rows, None]] = np.inf
    duplicates += int(np.sum(apart <= threshold))
    order = np.argpartition(apart, min(shown, apart.size) - 1, axis=None)
    i, j = np.unravel_index(order[:shown], apart.shape)
    pairs = np.concatenate([pairs, np.stack([i + rows.start, j], 1)])
    distances = np.concatenate([distances, apart[i, j]])
    keep = np.argsort(distances, kind="stable")[:shown]
    keep = keep[np.isfinite(distances[keep])]
    pairs, distances = pairs[keep], distances[keep]
  possible = len(features) * (len(features) - 1) / 2
  if not possible:
    reason = f"{len(features)} rows make no pair"
    return Birthday(pairs, distances, 0, Estimate(reason=reason))
  least = float(possible / stats.chi2.ppf(0.975, 2 * duplicates + 2) * 2)
  if not duplicates:
    reason = (
      f"no two of {len(features)} rows are duplicates: the support is likely"
      f" above {least:.0f}"
    )
    support = Estimate(None, [least, None], reason)
    return Birthday(pairs, distances, 0, support)
  most = float(possible / stats.chi2.ppf(0.025, 2 * duplicates) * 2)
  support = Estimate(possible / duplicates, [least, most])
  return Birthday(pairs, distances, duplicates, support)


def reach(rows: int) -> float:
  """The support below which a pair of equal rows is more likely than not.

  Of s rows drawn evenly from n images none coincide in about exp(−s(s − 1)/2n)
  of draws, which is half at n = s(s − 1) / (2 ln 2). Without a pair, a larger
  support and none at all look alike.
  """
  return rows * (rows - 1) / (2 * math.log(2))
