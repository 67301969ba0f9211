"""Has the generator collapsed? A verdict from measured signs, with reasons.

Each sign has a limit that real faces, and a generator that draws each of them
as often, stay clear of, and is raised only where its interval is beyond the
limit. Faces that are bad but differ raise none: where they lie apart from real
ones, what they leave out is no sign.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from jaxfer.measure import motion
from jaxfer.measure.number import Number
from jaxfer.measure.spaces import PIXELS
from jaxfer.metrics import birthday

COLLAPSED, CLEAR = "collapsed", "no sign of collapse"
UNKNOWN = "not known"

# A sign is raised at half of what real faces have.
_HALF = 0.5


@dataclasses.dataclass(frozen=True)
class Sign:
  """One sign of collapse."""

  name: str  # of the number that it is read from
  raised: bool | None  # whether it says so; None where that is not known
  value: float | None  # what was measured; None likewise
  limit: float | None  # beyond which it is raised
  words: str  # what it says, a clause


@dataclasses.dataclass(frozen=True)
class Verdict:
  """Whether a generator has collapsed."""

  verdict: str  # `collapsed`, `no sign of collapse`, or `not known`
  reasons: tuple[str, ...]  # clauses; of a collapse those of the signs raised
  signs: tuple[Sign, ...]  # all of them


def judge(numbers: Mapping[str, Number], variation: Number) -> Verdict:
  """Reads the signs from all numbers by name, and `Labels.total_variation`.

  Collapsed where any sign is raised, not known where none can be read.
  """
  signs = (
    _support(numbers[f"{PIXELS}/support"]),
    _sameness(numbers["ms_ssim_fake_pairs"]),
    _dropped(numbers[f"{PIXELS}/coverage"], numbers[f"{PIXELS}/precision"]),
    _labels(variation, numbers[f"{PIXELS}/precision"]),
  )
  if motion.NAME in numbers:
    signs += (_standing(numbers[motion.NAME]),)
  raised = tuple(sign.words for sign in signs if sign.raised)
  known = tuple(sign.words for sign in signs if sign.raised is not None)
  if raised:
    return Verdict(COLLAPSED, raised, signs)
  if known:
    return Verdict(CLEAR, known, signs)
  return Verdict(UNKNOWN, tuple(sign.words for sign in signs), signs)


def _support(number: Number) -> Sign:
  """Fakes repeat each other more than faces do."""
  name, ends = "support", number.ci95
  # Real faces that never repeat are at least as many as that makes likely.
  real = number.floor
  if real is None and number.floor_ci95 is not None:
    real = number.floor_ci95[0]
  if ends is None or real is None:
    return Sign(name, None, number.value, None, number.reason)
  # Were each of N faces drawn as often, N draws of them would tell N apart.
  limit = _HALF * min(number.n_real, real)
  raised = ends[1] is not None and ends[1] < limit
  if number.value is None:
    seen = float(f"{birthday.reach(number.n_fake):.2g}")
    words = (
      f"no two of {number.n_fake} generated faces are all but one face"
      f" (drawn from fewer than about {seen:,.0f}, they would more likely than"
      " not hold two that are)"
    )
  else:
    words = (
      f"{number.n_fake} generated faces repeat each other as if there were"
      f" about {number.value:,.0f} to draw from, and the limit is {limit:,.0f}"
    )
  return Sign(name, raised, number.value, limit, words)


def _sameness(number: Number) -> Sign:
  """Fakes differ less from each other than faces do."""
  name = "ms_ssim_fake_pairs"
  if number.value is None or number.ci95 is None or number.floor is None:
    return Sign(name, None, number.value, None, number.reason)
  limit = 1 - _HALF * (1 - number.floor)
  low = number.ci95[0]
  share = (1 - number.value) / max(1 - number.floor, 1e-9)
  return Sign(
    name,
    low is not None and low > limit,
    number.value,
    limit,
    f"generated faces differ from each other {share:.0%} as much as real ones"
    f" do (1 − MS-SSIM), and the limit is {_HALF:.0%}",
  )


def _dropped(coverage: Number, precision: Number) -> Sign:
  """Fakes lie among faces, and leave most faces out."""
  name = "coverage"
  if coverage.value is None or coverage.ci95 is None or coverage.floor is None:
    return Sign(name, None, coverage.value, None, coverage.reason)
  limit = _HALF * coverage.floor
  if apart := _apart(precision):
    words = f"{apart}, so that what they leave out says nothing of modes"
    return Sign(name, None, coverage.value, limit, words)
  high = coverage.ci95[1]
  return Sign(
    name,
    high is not None and high < limit,
    coverage.value,
    limit,
    f"generated faces cover {coverage.value:.0%} of real ones, real ones"
    f" {coverage.floor:.0%} of each other, and the limit is {limit:.0%}",
  )


def _labels(number: Number, precision: Number) -> Sign:
  """The machine sees other labels in fakes than in faces."""
  name = "total_variation"
  if number.value is None or number.ci95 is None:
    return Sign(name, None, number.value, None, number.reason)
  words = (
    f"the run's own machine would have to name {number.value:.0%} of generated"
    " faces otherwise to name them as it does real ones (total variation)"
  )
  if apart := _apart(precision):
    words += f", but {apart}, and what it calls them says little"
    return Sign(name, None, number.value, _HALF, words)
  low = number.ci95[0]
  return Sign(
    name,
    low is not None and low > _HALF,
    number.value,
    _HALF,
    f"{words}, and the limit is {_HALF:.0%}",
  )


def _standing(number: Number) -> Sign:
  """Clips stand still: a collapse in time."""
  name, ends, real = "change", number.ci95, number.floor
  assert number.value is not None and ends is not None and real is not None
  limit = _HALF * real
  share = number.value / max(real, 1e-9)
  words = (
    f"generated clips change {share:.0%} as much from frame to frame as real"
    f" ones do, and the limit is {_HALF:.0%}"
  )
  raised = ends[1] is not None and ends[1] < limit
  return Sign(name, raised, number.value, limit, words)


def _apart(precision: Number) -> str:
  """Says so where most generated faces lie apart from real ones."""
  value, floor = precision.value, precision.floor
  if value is None or floor is None or value >= _HALF * floor:
    return ""
  return (
    f"only {value:.0%} of generated faces lie among real ones (of real ones"
    f" {floor:.0%})"
  )
