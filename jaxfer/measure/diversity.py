"""Whether generated faces differ from each other, and from those learnt from.

All of it in pixels, which no network has a say in: a discriminator is trained
to tell generated faces from real ones, and so may set apart what a person
could not.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from jaxfer.measure.draw import Drawn
from jaxfer.measure.number import Number, absent, few
from jaxfer.measure.spaces import PIXELS, Space, people_of, pixels
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


@dataclasses.dataclass(frozen=True)
class Repeats:
  """Generated faces that are all but one face.

  Attributes:
    numbers: by name.
    pairs: (P, 2) positions among the compared of the nearest pairs.
  """

  numbers: dict[str, Number]
  pairs: np.ndarray


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
    found[names[0]] = _number(reading, len(rows), len(rows), "faces")
    if not pairs:
      found[names[1]] = absent(f"{drawn.count} faces make no pair")
      continue
    reading = readings.fake_pairs(
      fakes[drawn.fake], reals[drawn.real], scales, pairs, draws, seed
    )
    found[names[1]] = _number(reading, drawn.count, pairs, "pairs")
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
  warnings = [found.caution] if found.caution else []
  if number < _BINS:
    warnings.append(f"{number} bins for {count} faces; papers take {_BINS}")

  def share(bins: collapse.DifferentBins) -> float | None:
    return None if bins.count is None else bins.count / number

  common = {"warnings": tuple(warnings), "reason": found.reason}
  return {
    f"{PIXELS}/different_bins": Number(
      share(found), count, count, floor=share(floor), **common
    ),
    f"{PIXELS}/bin_divergence": Number(
      found.divergence, count, count, floor=floor.divergence, **common
    ),
  }


def repeats(space: Space, people: np.ndarray | None) -> Repeats:
  """How many images the generator chooses among, by the birthday paradox.

  Args:
    space: pixels, N of each kind.
    people: (N,) who is on each real face, or None.

  Returns:
    `pixels/support`, the floor being that of the real faces; and the nearest
    pairs, duplicates or not.
  """
  count, width = len(space.real), _near(space.real, people)
  found = birthday.birthday(space.fake, width, _SHOWN)
  floor = birthday.birthday(space.real, width, 1)
  number = Number(
    found.support,
    count,
    count,
    ci95=found.ci95 and list(found.ci95),
    floor=floor.support,
    floor_ci95=floor.ci95 and list(floor.ci95),
    warnings=(
      f"two faces are called one where they are nearer than {width:.3g}, as"
      f" {_SPARED} pairs of real faces of two people are",
    ),
    reason=found.reason,
  )
  return Repeats({f"{PIXELS}/support": number}, found.pairs)


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
  numbers = {
    f"{PIXELS}/{name}": Number(
      getattr(found, field),
      n_real=len(rest),
      n_fake=len(fake),
      ci95=getattr(found, f"{field}_ci95"),
      floor=getattr(floor, field),
      floor_ci95=getattr(floor, f"{field}_ci95"),
      reason=found.reason,
    )
    for name, field in (("nearest_distance", "mean"), ("copied", "copied"))
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


def _number(
  reading: readings.Reading, faces: int, terms: int, of: str
) -> Number:
  """A mean over so many terms, which are faces or pairs."""
  return Number(
    reading.value,
    faces,
    faces,
    ci95=reading.ci95,
    floor=reading.floor,
    floor_ci95=reading.floor_ci95,
    warnings=few(terms, _ENOUGH, f"another draw of {of} moves the mean"),
    reason=reading.reason if reading.value is None else "",
  )
