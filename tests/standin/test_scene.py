"""Sittings differ; a camera adds its angle."""

import math

import numpy as np

from jaxfer.standin.face import scene


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
  side = scene.seen_from(front, math.radians(45))
  np.testing.assert_allclose(side.yaw - front.yaw, math.pi / 4, rtol=1e-6)
  assert side._replace(yaw=front.yaw) == front
