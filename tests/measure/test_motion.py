"""Motion of clips: known changes, and a planted collapse in time."""

import numpy as np
import pytest

from jaxfer.measure import motion
from jaxfer.measure import verdict as verdicts
from jaxfer.measure.number import absent
from jaxfer.measure.spaces import PIXELS
from jaxfer.measure.subject import draw


def moving(seed, count=40, frames=6, size=8):
  """Clips that begin anywhere and drift, each at a pace of its own."""
  rng = np.random.default_rng(seed)
  first = rng.uniform(40, 120, (count, 1, size, size, 3))
  pace = rng.uniform(4, 12, (count, 1, size, size, 3))
  along = np.arange(frames).reshape(1, -1, 1, 1, 1)
  return (first + pace * along).astype(np.uint8)


def judged(fakes, reals):
  drawn = draw(len(fakes), len(reals), 64, seed=0)
  numbers = motion.measure(fakes, reals, drawn, draws=200, seed=0)
  others = (f"{PIXELS}/{name}" for name in ("support", "coverage", "precision"))
  numbers |= {name: absent("not measured") for name in others}
  numbers["ms_ssim_fake_pairs"] = absent("not measured")
  verdict = verdicts.judge(numbers, absent("no machine"))
  return verdict, numbers[motion.NAME]


def test_clips_that_stand_still_are_a_collapse():
  reals = moving(0, 80)
  still = np.repeat(moving(1)[:, :1], 6, axis=1)
  verdict, number = judged(still, reals)
  assert verdict.verdict == verdicts.COLLAPSED
  assert number.value == 0.0 and number.floor == pytest.approx(8, abs=0.5)
  assert "0% as much from frame to frame" in verdict.reasons[0]


def test_clips_that_move_as_real_ones_do_are_none():
  verdict, number = judged(moving(1), moving(0, 80))
  assert verdict.verdict == verdicts.CLEAR
  assert number.value == pytest.approx(number.floor, rel=0.1)
  assert number.ci95[0] < number.value < number.ci95[1]


def test_a_quarter_of_the_motion_is_found_too():
  """Between all and none: half is the limit."""
  slow = moving(1)
  middle = slow[:, :1].astype(float)
  slow = (middle + (slow - middle) / 4).astype(np.uint8)
  assert judged(slow, moving(0, 80))[0].verdict == verdicts.COLLAPSED
