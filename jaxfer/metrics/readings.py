"""What structural similarity says of generated faces, in two readings.

SSIM compares two images. A generator's faces have no counterpart, so there is
no such thing as its SSIM: what is measured here has names of its own.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from jaxfer.metrics import bootstrap, similarity
from jaxfer.metrics.estimate import Estimate


class Reading(NamedTuple):
  """A mean similarity, with an interval by drawing what it is a mean of."""

  fakes: Estimate  # of fakes
  floor: Estimate  # the same quantity of real faces among themselves


def nearest_real(
  fakes: np.ndarray,
  reals: np.ndarray,
  scales: int,
  draws: int,
  seed: int,
  people: np.ndarray | None = None,
) -> Reading:
  """Mean over fakes of the greatest similarity with any real face.

  High is not good: a generator that copies its training set scores 1. The
  floor is the mean over real faces of the greatest similarity with any other;
  with `people`, with anybody else, since two pictures of a person may be all
  but one picture. Grey images (C = 1) take a third of the time.

  Args:
    fakes: (M, H, W, C) uint8.
    reals: (N, H, W, C) uint8.
    scales: of SSIM or MS-SSIM, a value of `similarity.SCALES`.
    draws: bootstrap draws: of fakes, and of people for the floor.
    seed: fixes them.
    people: (N,) who is on each real face, or None for all different.

  Returns:
    Both means.

  Raises:
    ValueError: if they are not uint8 images of one shape, or too small.
  """
  similarity.check(fakes, reals, scales)
  who = np.arange(len(reals)) if people is None else np.asarray(people)
  if len(who) != len(reals):
    raise ValueError(
      f"{len(who)} people for {len(reals)} real faces: name one for each"
    )
  if not len(fakes) or not len(reals):
    reason = f"{len(fakes)} fakes and {len(reals)} real faces"
    return Reading(Estimate(reason=reason), Estimate(reason=reason))
  best = _nearest(fakes, reals, scales)
  found = _mean(best, np.arange(len(best)), draws, seed)
  names, who = np.unique(who, return_inverse=True)
  if len(names) < 2:
    return Reading(found, Estimate(reason="real faces are all of one person"))
  best = _nearest(reals, reals, scales, who)
  return Reading(found, _mean(best, who, draws, seed))


def fake_pairs(
  fakes: np.ndarray,
  reals: np.ndarray,
  scales: int,
  pairs: int,
  draws: int,
  seed: int,
) -> Reading:
  """Mean similarity over random pairs of fakes: a generator's sameness.

  Above the floor, which is as many random pairs of real faces, fakes are more
  alike than faces are. No image is in two pairs: they are independent.

  Args:
    fakes: (M, H, W, C) uint8.
    reals: (N, H, W, C) uint8.
    scales: as in `nearest_real`.
    pairs: how many of each, at least 1.
    draws: bootstrap draws, of pairs.
    seed: fixes the pairs and the draws.

  Returns:
    Both means; undefined where there are fewer than 2 · pairs of either.

  Raises:
    ValueError: if they are not uint8 images of one shape, or too small.

  Reference: Odena, Olah & Shlens, arXiv:1610.09585, section 4.2.
  """
  similarity.check(fakes, reals, scales)
  if pairs < 1:
    raise ValueError(f"pairs={pairs} must be at least 1")
  if min(len(fakes), len(reals)) < 2 * pairs:
    found = f"{len(fakes)} fakes and {len(reals)} real faces"
    reason = f"{pairs} pairs need twice as many images; there are {found}"
    return Reading(Estimate(reason=reason), Estimate(reason=reason))
  found = []
  for images in (fakes, reals):
    order = np.random.default_rng(seed).permutation(len(images))
    one, other = images[order[:pairs]], images[order[pairs : 2 * pairs]]
    values = similarity.of_pairs(one, other, scales)
    found.append(_mean(values, np.arange(pairs), draws, seed))
  return Reading(*found)


def _mean(
  values: np.ndarray, units: np.ndarray, draws: int, seed: int
) -> Estimate:
  weights = bootstrap.draw_weights(int(units.max()) + 1, draws, seed)
  sums = weights @ np.bincount(units, values)
  drawn = sums / (weights @ np.bincount(units))
  return Estimate(float(values.mean()), bootstrap.interval(drawn))


def _nearest(
  images: np.ndarray,
  others: np.ndarray,
  scales: int,
  who: np.ndarray | None = None,
) -> np.ndarray:
  """Greatest similarity of each with others; with `who`, of another person."""
  found = similarity.of_all(images, others, scales).astype(np.float64)
  if who is not None:
    found[who[:, None] == who[None]] = -np.inf
  return found.max(1)
