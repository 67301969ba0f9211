"""What similarity says of fakes: beside real faces, and of each other."""

import functools

import numpy as np
import pytest

from jaxfer.metrics.readings import fake_pairs, nearest_real
from jaxfer.metrics.similarity import SCALES, of_pairs

ssim = functools.partial(of_pairs, scales=SCALES["ssim"])
ms_ssim = functools.partial(of_pairs, scales=SCALES["ms_ssim"])

ONE, THREE = SCALES["ssim"], SCALES["ms_ssim"]


@pytest.mark.parametrize(("scales", "compare"), [(ONE, ssim), (THREE, ms_ssim)])
def test_nearest_real_by_definition(blobs, scales, compare):
  rng = np.random.default_rng(6)
  fakes, reals = blobs(rng, 6, 44, 1), blobs(rng, 6, 44, 1)

  def table(a, b):
    return np.array([[compare(x[None], y[None])[0] for y in b] for x in a])

  found = nearest_real(fakes, reals, scales, 100, 0)
  assert found.fakes.value == pytest.approx(
    table(fakes, reals).max(1).mean(), abs=1e-5
  )
  others = table(reals, reals) - 9 * np.eye(6)
  assert found.floor.value == pytest.approx(others.max(1).mean(), abs=1e-5)
  assert found.fakes.ci95[0] <= found.fakes.value <= found.fakes.ci95[1]
  assert found.floor.ci95[0] <= found.floor.value <= found.floor.ci95[1]
  assert found.floor.reason == ""


def test_copies_of_real_faces_are_nearer_than_the_floor(blobs):
  rng = np.random.default_rng(7)
  reals = blobs(rng, 12, 16, 1)
  found = nearest_real(reals, reals, ONE, 50, 0)
  assert found.fakes.value == pytest.approx(1, abs=1e-6)
  assert found.floor.value < 0.95
  fresh = nearest_real(blobs(rng, 12, 16, 1), reals, ONE, 200, 0)
  assert fresh.fakes.ci95[0] < fresh.floor.value < fresh.fakes.ci95[1]


def test_pictures_of_one_person_do_not_make_the_floor(blobs):
  """Three gazes of one sitting are all but one picture."""
  rng = np.random.default_rng(8)
  reals = np.repeat(blobs(rng, 6, 16, 1), 3, axis=0)
  people = np.repeat(np.arange(6), 3)
  blind = nearest_real(reals[::3], reals, ONE, 50, 0)
  found = nearest_real(reals[::3], reals, ONE, 50, 0, people)
  assert blind.floor.value == pytest.approx(1, abs=1e-6)
  assert found.floor.value < 0.95
  once = nearest_real(reals[::3], reals[::3], ONE, 50, 0)
  assert found.floor.value == pytest.approx(once.floor.value, abs=1e-6)
  one = nearest_real(reals[::3], reals, ONE, 50, 0, 0 * people)
  assert one.fakes.value == found.fakes.value
  assert one.floor.value is one.floor.ci95 is None
  assert one.floor.reason == "real faces are all of one person"


@pytest.mark.parametrize("scales", [ONE, THREE])
def test_collapsed_fakes_are_more_alike_than_faces(blobs, scales):
  rng = np.random.default_rng(9)
  reals = blobs(rng, 80)
  good = fake_pairs(blobs(rng, 80), reals, scales, 40, 500, 0)
  some = fake_pairs(blobs(rng, 80, modes=3), reals, scales, 40, 500, 0)
  one = fake_pairs(blobs(rng, 80, modes=1), reals, scales, 40, 500, 0)
  assert good.fakes.ci95[0] < good.floor.value < good.fakes.ci95[1]
  assert good.fakes.value < some.fakes.value < one.fakes.value
  assert some.fakes.ci95[0] > some.floor.ci95[1]
  assert one.fakes.value > 0.9


def test_pairs_are_disjoint_seeded_and_the_same_for_both(blobs):
  images = blobs(np.random.default_rng(10), 20, 44, 1)
  found = fake_pairs(images, images, THREE, 10, 50, 3)
  assert found.fakes.value == found.floor.value
  assert found.fakes.ci95 == found.floor.ci95
  assert fake_pairs(images, images, THREE, 10, 50, 3) == found
  assert (
    fake_pairs(images, images, THREE, 10, 50, 4).fakes.value
    != found.fakes.value
  )
  # One odd image among equal ones is in exactly one of all pairs.
  odd = np.repeat(images[:1], 20, axis=0)
  odd[7] = 255 - odd[7]
  pair = ms_ssim(odd[8:18], np.repeat(odd[7:8], 10, axis=0))[0]
  found = fake_pairs(odd, images, THREE, 10, 50, 0)
  assert found.fakes.value == pytest.approx((9 + pair) / 10, abs=1e-6)


def test_too_few_images_are_said(blobs):
  images = blobs(np.random.default_rng(11), 9, 44, 1)
  found = fake_pairs(images, images[:8], THREE, 5, 50, 0)
  assert (
    found.fakes.value
    is found.fakes.ci95
    is found.floor.value
    is found.floor.ci95
    is None
  )
  assert found.fakes.reason == (
    "5 pairs need twice as many images; there are 9 fakes and 8 real faces"
  )
  found = nearest_real(images[:0], images, ONE, 50, 0)
  assert (found.fakes.value, found.fakes.reason) == (
    None,
    "0 fakes and 9 real faces",
  )


def test_what_makes_no_reading_is_refused():
  a = np.zeros((4, 44, 44, 1), np.uint8)
  with pytest.raises(ValueError, match="pairs=0"):
    fake_pairs(a, a, THREE, 0, 50, 0)
  with pytest.raises(ValueError, match="3 people for 4 real faces"):
    nearest_real(a, a, ONE, 50, 0, np.arange(3))
  # Of faces of 40 pixels there is SSIM, and no three scales.
  small = a[:, :40, :40]
  assert nearest_real(small, small, ONE, 50, 0).fakes.value == 1
  for read in (nearest_real, fake_pairs):
    with pytest.raises(ValueError, match="at least 44"):
      read(small, small, THREE, 1, 1, 0)
