"""Clutter behind a face, things before it, and bad cameras."""

import numpy as np
import pytest

from jaxfer.standin import wild
from jaxfer.standin.face import camera, clutter, occlusion

POINTS = np.array([(32, 40), (68, 40), (50, 58), (38, 72), (62, 72)], float)
HARD = wild.Wildness(
  *(20.0, 8.0, 5.0), *(0.4, 0.4, 0.4, 0.1, 0.2), eyes=((0.3, 0.4), (0.7, 0.4))
)


@pytest.fixture(scope="module")
def photo():
  rows, columns = np.indices((100, 100))
  stripes = 120 + 60 * np.sin(0.9 * columns) + 0.2 * rows
  return np.stack([stripes, 0.8 * stripes, 0.6 * stripes], -1).astype(np.uint8)


def test_backgrounds_are_pictures_and_differ():
  made = [
    clutter.draw(np.random.default_rng(seed), (40, 30), crowd=1.0)
    for seed in (0, 0, 1)
  ]
  for one in made:
    assert one.shape == (3, 30, 40)
    assert one.dtype == np.float32
    assert one.min() >= 0
    assert one.max() <= 1
  np.testing.assert_array_equal(made[0], made[1])
  assert np.abs(made[0] - made[2]).mean() > 0.02


def test_backgrounds_are_cluttered():
  spread = [
    clutter.draw(np.random.default_rng(seed), (64, 64)).std(axis=(1, 2)).mean()
    for seed in range(20)
  ]
  assert np.median(spread) > 0.04


@pytest.mark.parametrize("thing", occlusion._THINGS)
def test_each_thing_hides_some_of_a_face_and_leaves_most(
  thing, photo, monkeypatch
):
  monkeypatch.setattr(occlusion, "_THINGS", {thing: 1.0})
  hidden = []
  for seed in range(8):
    after = occlusion.draw(np.random.default_rng(seed), photo, POINTS)
    assert after.shape == photo.shape
    assert after.dtype == np.uint8
    differs = np.abs(after.astype(int) - photo).max(axis=2) > 8
    hidden.append(differs[25:90, 15:85].mean())
  assert max(hidden) > 0.02
  assert np.mean(hidden) < 0.5


def faults(**changes):
  rng = np.random.default_rng(0)
  drawn = camera.draw(rng, blurred=0.0, dark=0.0, grey=0.0)
  plain = {
    "blur": 0.0,
    "light": 1.0,
    "gamma": 1.0,
    "cast": np.ones(3),
    "grain": 0.0,
    "quality": 95,
  }
  return drawn._replace(**{**plain, **changes})


def expose(photo, **changes):
  return camera.expose(
    np.random.default_rng(0), photo, faults(**changes)
  ).astype(float)


def detail(image):
  return np.abs(np.diff(image, axis=1)).mean()


def test_a_faultless_camera_changes_next_to_nothing(photo):
  assert np.abs(expose(photo) - photo).mean() < 3


@pytest.mark.parametrize(
  "fault", [{"blur": 0.02}, {"motion": 0.07, "angle": 0.0}, {"coarse": 3.0}]
)
def test_blur_smear_and_coarseness_take_detail(photo, fault):
  assert detail(expose(photo, **fault)) < 0.6 * detail(expose(photo))


def test_low_light_is_dark_and_noisy(photo):
  dark = expose(photo, light=0.5, gamma=1.3)
  assert dark.mean() < 0.6 * photo.mean()
  flat = np.full((60, 60, 3), 90, np.uint8)
  assert expose(flat, grain=7.0).std() > expose(flat).std() + 3


def test_grey_has_no_colour_left(photo):
  grey = expose(photo, grey=True)
  assert np.ptp(grey, axis=2).max() <= 2


def test_settings_are_as_hard_as_asked():
  drawn = [wild.draw(np.random.default_rng(k), HARD) for k in range(600)]
  assert 0.33 < np.mean([s.before is not None for s in drawn]) < 0.47
  assert 0.33 < np.mean([s.faults.light < 0.8 for s in drawn]) < 0.47
  yaw = np.degrees([s.scene.yaw for s in drawn])
  assert 17 < yaw.std() < 23
  assert np.abs(yaw).max() <= 60.01
