"""Planted collapses are found, and generators that draw every face are not."""

import numpy as np
import pytest

from jaxfer.measure import distances, diversity, spaces
from jaxfer.measure import verdict as verdicts
from jaxfer.measure.number import Number, absent
from jaxfer.measure.spaces import PIXELS
from jaxfer.measure.subject import draw

_NOBODY = absent("no machine")


def measured(fakes, reals, people=None):
  drawn = draw(len(fakes), len(reals), 64, seed=0)
  small = spaces.of(PIXELS, spaces.pixels, fakes, reals, drawn)
  numbers = distances.neighbours(small, 100, seed=0)
  numbers |= diversity.likeness(
    fakes, reals, people, drawn, most=16, draws=100, seed=0
  )
  own = spaces.people_of(people, drawn.real)
  return numbers | diversity.repeats(small, own)[0]


def signs(verdict):
  return {sign.name: sign.raised for sign in verdict.signs}


@pytest.mark.parametrize("count", [1, 3, 8])
def test_a_generator_of_few_faces_has_collapsed(reals, modes, count):
  verdict = verdicts.judge(measured(modes(count), reals), _NOBODY)
  assert verdict.verdict == verdicts.COLLAPSED
  raised = signs(verdict)
  assert raised["support"] is True
  # Each covers the real faces that it is among the nearest five of, so that
  # eight of them reach half of 64; and eight differ from each other.
  assert (raised["coverage"] is True) == (count < 8)
  assert (raised["ms_ssim_fake_pairs"] is True) == (count == 1)
  support = next(s for s in verdict.signs if s.name == "support")
  assert support.value == pytest.approx(count, rel=0.4)


def test_a_generator_of_every_face_has_not(reals, modes):
  verdict = verdicts.judge(measured(modes(len(reals)), reals), _NOBODY)
  assert verdict.verdict == verdicts.CLEAR
  assert not any(sign.raised for sign in verdict.signs)
  assert len(verdict.reasons) == 3


def test_without_a_pair_it_is_said_how_many_faces_would_have_shown_one(reals):
  """64 · 63 / (2 ln 2) = 2,909, in two digits."""
  numbers = measured(reals[:64], reals[64:])
  unseen = Number(None, 64, 64, ci95=[546, None], floor_ci95=[546, None])
  numbers[f"{PIXELS}/support"] = unseen
  verdict = verdicts.judge(numbers, _NOBODY)
  support = next(s for s in verdict.signs if s.name == "support")
  assert support.raised is False
  assert "drawn from fewer than about 2,900," in support.words


def test_real_faces_in_the_place_of_generated_ones_show_no_sign(reals):
  verdict = verdicts.judge(measured(reals[:64], reals[64:]), _NOBODY)
  assert verdict.verdict == verdicts.CLEAR


def test_bad_faces_that_differ_are_not_called_collapsed(reals):
  rng = np.random.default_rng(5)
  fakes = rng.integers(0, 256, (64, 64, 64, 3)).astype(np.uint8)
  fakes //= rng.integers(1, 9, (64, 1, 1, 1)).astype(np.uint8)
  verdict = verdicts.judge(measured(fakes, reals), _NOBODY)
  assert signs(verdict)["coverage"] is None
  coverage = next(s for s in verdict.signs if s.name == "coverage")
  assert "lie among real ones" in coverage.words


def test_several_pictures_of_a_person_do_not_make_real_faces_repeat(reals):
  """A set of near-copies is no measure of what a generator may not do."""
  rng = np.random.default_rng(1)
  near = np.repeat(reals[:32], 4, axis=0)
  near = np.clip(near + rng.normal(0, 2, near.shape), 0, 255).astype(np.uint8)
  people = np.repeat(np.arange(32), 4)
  fakes = near[rng.choice(128, 64)]
  numbers = measured(fakes, near, people)
  support = numbers[f"{PIXELS}/support"]
  assert support.floor == pytest.approx(32, rel=0.5)
  assert signs(verdicts.judge(numbers, _NOBODY))["support"] is False


def variation(value, low):
  return Number(value, 64, 64, ci95=[low, 1.0])


def test_labels_that_are_missing_are_a_sign_where_faces_are_faces(reals, modes):
  numbers = measured(modes(len(reals)), reals)
  verdict = verdicts.judge(numbers, variation(0.8, 0.7))
  assert verdict.verdict == verdicts.COLLAPSED
  assert "80%" in verdict.reasons[0]
  # Beyond the limit by the value alone, which chance may explain.
  verdict = verdicts.judge(numbers, variation(0.55, 0.4))
  assert verdict.verdict == verdicts.CLEAR
  precision = Number(0.1, 64, 64, ci95=[0.0, 0.2], floor=0.9)
  numbers = {**numbers, f"{PIXELS}/precision": precision}
  verdict = verdicts.judge(numbers, variation(0.8, 0.7))
  assert signs(verdict)["total_variation"] is None


def test_what_cannot_be_measured_is_not_called_clear():
  nothing = absent("too few faces")
  names = ("support", "coverage", "precision")
  numbers = {f"{PIXELS}/{name}": nothing for name in names}
  numbers["ms_ssim_fake_pairs"] = nothing
  verdict = verdicts.judge(numbers, nothing)
  assert verdict.verdict == verdicts.UNKNOWN
  assert verdict.reasons[0] == "too few faces"
