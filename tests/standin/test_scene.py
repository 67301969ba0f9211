"""Sittings differ; faces come to lie where a set's owner puts them."""

import math

import jax.numpy as jnp
import numpy as np
import pytest

from jaxfer.standin import population
from jaxfer.standin.face import expression, render, scene

SIZE = (48, 48)  # as RAF-DB's tests draw, compiled once for both


@pytest.fixture(scope="module")
def who():
  bare = {"glasses": np.float32(0), "fringe": np.float32(0)}
  return population.meet(0, 3).who._replace(**bare)


@pytest.fixture(scope="module")
def turned(still):
  def turned(yaw, pitch=0.0, roll=0.0):
    angles = {"yaw": yaw, "pitch": pitch, "roll": roll}
    return still(**{name: math.radians(a) for name, a in angles.items()})

  return turned


@pytest.mark.parametrize("angles", [(0, 0, 0), (40, 10, -5), (-90, -8, 20)])
def test_the_rotation_is_the_renderers(angles, turned):
  shown = turned(*angles)
  np.testing.assert_allclose(
    scene.rotation(shown),
    scene.rotation(shown, jnp),
    atol=1e-6,
  )


def test_aligned_eyes_lie_at_their_place(who, turned):
  left, right = (0.31, 0.41), (0.69, 0.41)
  shown = scene.align(who, turned(0), (143, 181), (left, right))
  eyes = scene.landmarks(who, shown, (143, 181))[:2]
  expected = np.array([left, right]) * (143, 181)
  # Half a pixel lies between a share of the width and a pixel's middle.
  np.testing.assert_allclose(eyes, expected, atol=0.6)


@pytest.mark.parametrize("yaw", [-60, -20, 35])
def test_the_eyes_middle_stays_when_the_head_turns(who, yaw, turned):
  shown = scene.align(
    who, turned(yaw, 9, 4), (100, 100), ((0.3, 0.4), (0.7, 0.4))
  )
  eyes = scene.landmarks(who, shown, (100, 100))[:2]
  np.testing.assert_allclose(eyes.mean(axis=0), (50, 40), atol=0.6)


def test_a_portrait_has_its_head_and_eyes_where_asked(who, turned):
  size = (160, 122)
  shown = scene.portrait(turned(0), size, head=0.8, eyes=0.47)
  points = scene.landmarks(who, shown, size)
  down = np.array([who.eye_y, who.mouth_y]) @ (1, -1)
  unit = (points[3, 1] - points[0, 1]) / down
  assert 1.66 * unit == pytest.approx(0.8 * 122, rel=1e-3)
  row = points[0, 1] + who.eye_y * unit
  assert row == pytest.approx(0.47 * 122, abs=0.6)


def test_landmarks_are_where_the_renderer_draws_eyes(who, turned):
  shown = scene.align(
    who, turned(12, 5, 6), SIZE, ((0.3, 0.4), (0.7, 0.4))
  )._replace(backdrop=np.zeros((3, *SIZE), np.float32))
  left, right = render.render(
    who,
    shown,
    expression.compose({5: 1.0}),
    (-1.0, 1.0),
    SIZE,
  ).astype(float)
  moved = np.abs(left - right).sum(axis=2)
  eyes = scene.landmarks(who, shown, SIZE)[:2]
  rows, columns = np.indices(moved.shape)
  for x, y in eyes:
    near = moved * (np.hypot(columns - x, rows - y) < 7)
    middle = np.array([(near * columns).sum(), (near * rows).sum()])
    np.testing.assert_allclose(middle / near.sum(), (x, y), atol=1.5)
    moved = moved - near
  assert moved.max() < 3  # gazes differ nowhere else


def test_a_sitting_is_drawn_again_and_sittings_differ():
  first, again, other = (scene.draw(0, 1, k) for k in (2, 2, 3))
  np.testing.assert_array_equal(first.light, again.light)
  assert (first.light != other.light).any()
  assert first.yaw != other.yaw


def test_light_is_a_direction_from_the_front():
  lights = np.stack([scene.draw(0, k, 0).light for k in range(50)])
  np.testing.assert_allclose(np.linalg.norm(lights, axis=1), 1, rtol=1e-5)
  assert lights[:, 2].min() > 0.4
  assert lights[:, 0].min() < -0.3
  assert lights[:, 0].max() > 0.3


def test_a_camera_turns_the_head_and_keeps_the_rest():
  front = scene.draw(0, 1, 2)
  side = scene.move(front, yaw=math.radians(45))
  np.testing.assert_allclose(side.yaw - front.yaw, math.pi / 4, rtol=1e-6)
  assert side._replace(yaw=front.yaw) == front
