"""Whether generated faces differ from each other, and from those learnt from.

All of it in pixels, which no network has a say in: a discriminator is trained
to tell generated faces from real ones, and so may set apart what a person
could not.
"""

from __future__ import annotations

import numpy as np

from jaxfer.measure.number import Number, absent, beside, few
from jaxfer.measure.spaces import PIXELS, Space, people_of, pixels
from jaxfer.measure.subject import Drawn
from jaxfer.metrics import birthday, collapse, readings, similarity

_BINS, _IN_BIN = 100, 10  # of the paper; fewer where a bin would hold less
_SIGNIFICANCE = 0.05
# Pairs of real faces of two people that may be as near as duplicates: data has
# errors, and the nearest pair alone would hang on them.
_SPARED = 10
_SHOWN = 6  # pairs
# Faces, or pairs of them, that a mean similarity is taken over: the paper that
# brought MS-SSIM to generated images takes 100 pairs (Odena et al.,
# arXiv:1610.09585). Fewer leave the mean to a few of them, and
# the nearest of fewer real faces is less like.
_ENOUGH = 100


def likeness(
  fakes: np.ndarray,
  reals: np.ndarray,
  people: np.ndarray | None,
  drawn: Drawn,
  most: int,
  draws: int,
  seed: int,
) -> dict[str, Number]:
  """SSIM and MS-SSIM, to the nearest real face and between fakes.

  Args:
    fakes: (M, S, S, 3) uint8 generated faces.
    reals: (N, S, S, 3) uint8 real ones.
    people: (N,) who is on each real face, or None.
    drawn: which are compared.
    most: faces of each that are compared with all of the others.
    draws: bootstrap draws.
    seed: fixes them.

  Returns:
    `ssim_nearest_real`, `ssim_fake_pairs`, `ms_ssim_nearest_real` and
    `ms_ssim_fake_pairs`; none needs a space.
  """
  rows = drawn.real[:most]
  one, other = (
    faces.mean(3, keepdims=True).astype(np.uint8)
    for faces in (fakes[drawn.fake[:most]], reals[rows])
  )
  own, pairs = people_of(people, rows), drawn.count // 2
  side, found = fakes.shape[1], {}
  for kind, scales in similarity.SCALES.items():
    names = (f"{kind}_nearest_real", f"{kind}_fake_pairs")
    if side < (least := similarity.least_side(scales)):
      small = f"faces of {side} pixels are smaller than its windows"
      found |= dict.fromkeys(names, absent(f"{small}: {least} pixels"))
      continue
    reading = readings.nearest_real(one, other, scales, draws, seed, own)
    warnings = few(len(rows), _ENOUGH, "another draw of faces moves the mean")
    found[names[0]] = beside(*reading, len(rows), len(rows), warnings)
    if not pairs:
      found[names[1]] = absent(f"{drawn.count} faces make no pair")
      continue
    reading = readings.fake_pairs(
      fakes[drawn.fake], reals[drawn.real], scales, pairs, draws, seed
    )
    warnings = few(pairs, _ENOUGH, "another draw of pairs moves the mean")
    found[names[1]] = beside(*reading, drawn.count, drawn.count, warnings)
  return found


def bins(space: Space, seed: int) -> dict[str, Number]:
  """The share of bins of real faces that hold more or fewer fakes than faces.

  By the names `pixels/different_bins`, a share, and `pixels/bin_divergence`, in
  nats.
  """
  count = len(space.real)
  number = max(min(_BINS, count // _IN_BIN), 2)
  found, floor = (
    collapse.different_bins(space.real, rows, number, _SIGNIFICANCE, seed)
    for rows in (space.fake, space.other)
  )
  warnings = ()
  if number < _BINS:
    warnings = (f"{number} bins for {count} faces; papers take {_BINS}",)
  return {
    f"{PIXELS}/different_bins": beside(
      found.different, floor.different, count, count, warnings
    ),
    f"{PIXELS}/bin_divergence": beside(
      found.divergence, floor.divergence, count, count, warnings
    ),
  }


def repeats(
  space: Space, people: np.ndarray | None
) -> tuple[dict[str, Number], np.ndarray]:
  """How many images the generator chooses among, by the birthday paradox.

  Args:
    space: pixels, N of each kind.
    people: (N,) who is on each real face, or None.

  Returns:
    `pixels/support`, the floor being that of the real faces; and (P, 2)
    positions among the compared of the nearest pairs, duplicates or not.
  """
  count, width = len(space.real), _near(space.real, people)
  found = birthday.birthday(space.fake, width, _SHOWN)
  floor = birthday.birthday(space.real, width, 1)
  warning = (
    f"two faces are called one where they are nearer than {width:.3g}, as"
    f" {_SPARED} pairs of real faces of two people are"
  )
  number = beside(found.support, floor.support, count, count, [warning])
  return {f"{PIXELS}/support": number}, found.pairs


def copies(
  fakes: np.ndarray,
  reals: np.ndarray,
  people: np.ndarray | None,
  drawn: Drawn,
  draws: int,
  seed: int,
) -> tuple[dict[str, Number], np.ndarray]:
  """How near generated faces are to those learnt from.

  The floor puts real faces in their place, whose people may be among those
  that are left to compare with.

  Arguments are as of `likeness`.

  Returns:
    `pixels/nearest_distance` and `pixels/copied`; and (drawn.count,) for each
    generated face compared, the position of the nearest of all real ones.
  """
  rest = np.setdiff1d(np.arange(len(reals)), drawn.other)
  described = pixels(reals)
  fake = pixels(fakes[drawn.fake])
  common = {"draws": draws, "seed": seed, "people": people_of(people, rest)}
  found, floor = (
    collapse.memorisation(rows, described[rest], **common)
    for rows in (fake, described[drawn.other])
  )
  sizes = len(rest), len(fake)
  numbers = {
    f"{PIXELS}/nearest_distance": beside(found.mean, floor.mean, *sizes),
    f"{PIXELS}/copied": beside(found.copied, floor.copied, *sizes),
  }
  nearest = collapse.memorisation(fake, described, draws=1, seed=seed).nearest
  return numbers, nearest


def _near(real: np.ndarray, people: np.ndarray | None) -> float:
  """The distance that few pairs of real faces of two people are within."""
  who = np.arange(len(real)) if people is None else people
  nearest = np.full(_SPARED, np.inf)
  for row in range(len(real) - 1):
    others = np.flatnonzero(who[row + 1 :] != who[row]) + row + 1
    apart = np.linalg.norm(real[others] - real[row], axis=1)
    both = np.concatenate([nearest, apart])
    nearest = np.partition(both, _SPARED - 1)[:_SPARED]
  known = nearest[np.isfinite(nearest)]
  return float(known.max()) if len(known) else 0.0
