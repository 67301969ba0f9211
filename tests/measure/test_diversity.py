"""Bins, copies, and similarity in its two readings."""

import numpy as np
import pytest

from jaxfer.measure import diversity, spaces
from jaxfer.measure.spaces import PIXELS
from jaxfer.measure.subject import draw

_READINGS = ("nearest_real", "fake_pairs")


def drawn_of(fakes, reals):
  return draw(len(fakes), len(reals), 64, seed=0)


def test_a_copying_generator_is_found_out(reals, modes):
  fakes = modes(len(reals))
  drawn = drawn_of(fakes, reals)
  numbers, nearest = diversity.copies(
    fakes, reals, None, drawn, draws=50, seed=0
  )
  copied = numbers[f"{PIXELS}/copied"]
  assert copied.ci95[0] > copied.floor_ci95[1]
  # All real faces are searched, those of the floor too: noise alone is left.
  errors = np.abs(
    fakes[drawn.fake].astype(int) - reals[nearest].astype(int)
  ).mean((1, 2, 3))
  assert errors.max() < 8


def test_bins_tell_dropped_faces_and_the_floor_does_not(reals, modes):
  def share(fakes):
    space = spaces.of(
      PIXELS, spaces.pixels, fakes, reals, drawn_of(fakes, reals)
    )
    return diversity.bins(space, seed=0)[f"{PIXELS}/different_bins"]

  few, every = share(modes(2)), share(modes(len(reals)))
  assert few.value > every.value
  assert few.floor == every.floor < 0.5
  assert any("papers take 100" in w for w in few.warnings)


def test_similarity_has_two_readings(reals, modes):
  def readings(fakes):
    return diversity.likeness(
      fakes, reals, None, drawn_of(fakes, reals), 16, draws=50, seed=0
    )

  one, every = readings(modes(1)), readings(modes(len(reals)))
  name = "ms_ssim_fake_pairs"
  assert one[name].ci95[0] > every[name].ci95[1]
  assert every[name].ci95[0] < every[name].floor < every[name].ci95[1]
  assert one["ssim_nearest_real"].n_fake == 16
  assert one[name].n_fake == 64
  readings_of = {f"{k}_{r}" for k in ("ssim", "ms_ssim") for r in _READINGS}
  assert one.keys() == every.keys() == readings_of
  for name in readings_of:
    assert one[name].floor == every[name].floor
    assert one[name].ci95[0] < one[name].value < one[name].ci95[1]


def test_few_faces_and_few_pairs_are_warned_of(reals):
  small = np.tile(reals[:, :44, :44], (4, 1, 1, 1))

  def warned(count, most):
    drawn = draw(count, 2 * count, count, seed=0)
    found = diversity.likeness(small, small, None, drawn, most, 2, 0)
    return {name: number.warnings for name, number in found.items()}

  few = "99 are fewer than 100: another draw of {} moves the mean"
  for name, warnings in warned(199, 99).items():
    what = "pairs" if name.endswith("fake_pairs") else "faces"
    assert warnings == (few.format(what),)
  assert not any(warned(200, 100).values())


@pytest.mark.parametrize(("size", "absent"), [(32, 2), (8, 4)])
def test_faces_smaller_than_the_windows_have_no_similarity(reals, size, absent):
  small = reals[:, :size, :size]
  found = diversity.likeness(
    small[:64], small[64:], None, drawn_of(small[:64], small[64:]), 8, 20, 0
  )
  missing = [number for number in found.values() if number.value is None]
  assert len(missing) == absent
  assert all("pixels" in number.reason for number in missing)
