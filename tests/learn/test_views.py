"""Views of a face: what they keep, and that they are what they say."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxfer.configs import base
from jaxfer.learn import views
from jaxfer.learn.views import NUMBERS, Views

SIZE = 32
OWN = Views(**dict(base.get_config().gan.views))
STILL = Views(1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
# Both eyes and the mouth of a face as detectors cut it: x to the right and y
# downwards, from -1 to 1.
LANDMARKS = np.array([(-0.38, -0.22), (0.38, -0.22), (0.0, 0.55)])


def numbers(count, seed=0):
  return jax.random.uniform(jax.random.key(seed), (count, NUMBERS))


def images(count, seed=0):
  rng = np.random.default_rng(seed)
  return rng.uniform(-1, 1, (count, SIZE, SIZE, 3)).astype(np.float32)


def windows(own, drawn):
  return np.asarray(own.windows(iter(jnp.asarray(drawn).T)))


def test_views_stay_within_the_range_of_pixels():
  extreme = np.sign(images(64))  # black and white: nowhere to go
  for x in (images(64), extreme):
    seen = np.asarray(OWN(x, numbers(64)))
    assert seen.shape == x.shape
    assert seen.dtype == np.float32
    assert seen.min() >= -1
    assert seen.max() <= 1


def test_a_view_depends_on_its_own_face_and_numbers_alone():
  x, drawn = images(6), numbers(6)
  every = np.asarray(OWN(x, drawn))
  np.testing.assert_array_equal(every, OWN(x, drawn))
  some = np.asarray(OWN(x[2:4], drawn[2:4]))
  np.testing.assert_allclose(some, every[2:4], atol=1e-5)
  other = np.asarray(OWN(x, numbers(6, seed=1)))
  assert (np.abs(other - every).max((1, 2, 3)) > 0.1).all()


def test_without_a_change_a_view_is_the_face_or_its_mirror_image():
  # What windows may always do is shift by a tenth of half a picture; its number
  # 0.5 is none.
  x, drawn = images(2), np.array(numbers(2))
  drawn[:, 4:6] = 0.5
  maps = windows(STILL, drawn)
  flips = np.sign(maps[:, 0, 0])
  assert maps[:, :, 2] == pytest.approx(0, abs=1e-6)
  seen = np.asarray(STILL(x, jnp.asarray(drawn)))
  for face, view, flip in zip(x, seen, flips, strict=True):
    wanted = face if flip > 0 else face[:, ::-1]
    np.testing.assert_allclose(view, wanted, atol=1e-4)


def test_half_of_the_views_are_mirrored():
  flips = np.linalg.det(windows(OWN, numbers(2000))[:, :, :2]) < 0
  assert 0.45 < flips.mean() < 0.55


def test_a_map_says_where_in_the_picture_a_view_looks():
  """To the right and down, half the size, and a quarter turn."""
  y, x = np.mgrid[0:SIZE, 0:SIZE]
  at = (np.stack([x, y], -1) + 0.5) * 2 / SIZE - 1  # each pixel holds its place
  face = at[None].astype(np.float32)
  for linear, moved in (
    ([[1, 0], [0, 1]], (0.25, -0.125)),
    ([[0.5, 0], [0, 0.5]], (0.1, 0.2)),
    ([[0, -1], [1, 0]], (0.0, 0.0)),
  ):
    whole = np.concatenate([linear, np.reshape(moved, (2, 1))], 1)
    seen = np.asarray(views.resample(face, whole[None].astype(np.float32)))[0]
    edge = 1 - 1 / SIZE  # beyond the last pixel's centre it is continued
    wanted = np.clip(at @ np.transpose(linear) + moved, -edge, edge)
    np.testing.assert_allclose(seen, wanted, atol=1e-5)


def test_eyes_and_mouth_stay_in_every_view():
  maps = windows(OWN, numbers(20_000)).astype(np.float64)
  linear, moved = maps[:, :, :2], maps[:, None, :, 2]
  back = np.linalg.inv(linear).transpose(0, 2, 1)
  seen = (LANDMARKS[None] - moved) @ back
  assert np.abs(seen).max() < 1
  # And are not where they were: windows differ.
  assert seen.std(0).min() > 0.1


def test_windows_are_as_different_as_the_settings_say():
  linear = windows(OWN, numbers(20_000))[:, :, :2].astype(np.float64)
  side = np.sqrt(np.abs(np.linalg.det(linear)))
  assert side.min() == pytest.approx(OWN.zoom, abs=0.01)
  assert side.max() == pytest.approx(1, abs=0.01)
  across, down = (np.linalg.norm(linear[:, :, i], axis=1) for i in (0, 1))
  most = np.exp(OWN.stretch)
  assert (across / down).max() == pytest.approx(most, abs=0.01)
  assert (across / down).min() == pytest.approx(1 / most, abs=0.01)
  turn = np.arctan2(-linear[:, 0, 1], linear[:, 1, 1])
  assert np.abs(turn).max() == pytest.approx(OWN.turn, abs=0.03)


def test_grey_blur_and_cover_do_what_they_say():
  x, drawn = images(400), numbers(400)
  grey = np.asarray(dataclasses.replace(STILL, grey=0.5)(x, drawn))
  without = np.ptp(grey, axis=3).max((1, 2)) < 1e-5
  assert 0.4 < without.mean() < 0.6
  plain = np.asarray(STILL(x, drawn))
  blurred = np.asarray(dataclasses.replace(STILL, blur=2.0)(x, drawn))
  rough = lambda v: np.abs(np.diff(v, axis=2)).mean((1, 2, 3))  # noqa: E731
  assert (rough(blurred) <= rough(plain) + 1e-6).all()
  assert np.median(rough(blurred) / rough(plain)) < 0.5
  covered = np.asarray(dataclasses.replace(STILL, cut=0.5)(x, drawn)) == 0
  shares = covered.all(3).mean((1, 2))
  assert 0.4 < (shares == 0).mean() < 0.6
  assert 0.15 < shares.max() <= 0.26


def test_a_gradient_passes_through_a_view():
  """It says how each pixel of a generated face is seen; by differences."""
  with jax.enable_x64(True):
    x = jnp.asarray(images(1), jnp.float64) / 4
    drawn = jnp.asarray(numbers(1), jnp.float64)
    weights = jnp.asarray(images(1, seed=1), jnp.float64)
    value = lambda v: (OWN(v, drawn) * weights).sum()  # noqa: E731
    grad = np.asarray(jax.grad(value)(x))
    step = jnp.asarray(images(1, seed=2), jnp.float64)
    by_hand = (value(x + 1e-6 * step) - value(x - 1e-6 * step)) / 2e-6
    assert float((grad * step).sum()) == pytest.approx(float(by_hand), rel=1e-5)
