"""Bins, copies, and similarity in its two readings."""

import numpy as np
import pytest

from jaxfer.measure import diversity, spaces
from jaxfer.measure.draw import draw
from jaxfer.measure.spaces import PIXELS


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


def test_few_faces_and_few_pairs_are_warned_of(reals):
  small = np.tile(reals[:, :44, :44], (4, 1, 1, 1))

  def warned(count, most):
    drawn = draw(count, 2 * count, count, seed=0)
    found = diversity.likeness(small, small, None, drawn, most, 2, 0)
    return [found[name].warnings for name in sorted(found)]

  pairs, faces = warned(199, 99)
  assert pairs == (
    "99 are fewer than 100: another draw of pairs moves the mean",
  )
  assert faces == (
    "99 are fewer than 100: another draw of faces moves the mean",
  )
  assert warned(200, 100) == [(), ()]


@pytest.mark.parametrize(("size", "absent"), [(32, 1), (8, 2)])
def test_faces_smaller_than_the_windows_have_no_similarity(reals, size, absent):
  small = reals[:, :size, :size]
  found = diversity.likeness(
    small[:64], small[64:], None, drawn_of(small[:64], small[64:]), 8, 20, 0
  )
  missing = [number for number in found.values() if number.value is None]
  assert len(missing) == absent
  assert all("pixels" in number.reason for number in missing)
