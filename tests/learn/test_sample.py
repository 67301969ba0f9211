"""Paths between latents: their ends, their lengths, their evenness."""

import numpy as np
import pytest

from jaxfer.learn import sample


def test_a_path_begins_and_ends_at_its_ends():
  a, b = np.random.default_rng(0).standard_normal((2, 100)).astype(np.float32)
  path = sample.spherical(a, b, 9)
  assert path.shape == (9, 100)
  assert path.dtype == np.float32
  np.testing.assert_allclose(path[0], a, rtol=0, atol=1e-6)
  np.testing.assert_allclose(path[-1], b, rtol=0, atol=1e-6)


def test_a_quarter_circle_by_hand():
  path = sample.spherical(np.array([1.0, 0]), np.array([0, 1.0]), 3)
  half = np.sqrt(0.5)
  np.testing.assert_allclose(path, [[1, 0], [half, half], [0, 1]], atol=1e-7)


def test_lengths_go_evenly_from_one_to_the_other():
  a, b = np.array([3.0, 0, 0]), np.array([0, 0, 1.0])
  lengths = np.linalg.norm(sample.spherical(a, b, 5), axis=1)
  np.testing.assert_allclose(lengths, [3, 2.5, 2, 1.5, 1], atol=1e-6)


def test_steps_turn_by_equal_angles_and_stay_on_the_shell():
  a, b = np.random.default_rng(1).standard_normal((2, 100))
  path = sample.spherical(a, b, 7).astype(float)
  unit = path / np.linalg.norm(path, axis=1, keepdims=True)
  angles = np.arccos(np.sum(unit[1:] * unit[:-1], axis=1))
  np.testing.assert_allclose(angles, angles.mean(), rtol=1e-4)
  # A straight line would pass nearer to the origin than either end.
  assert np.linalg.norm(path, axis=1).min() > 8
  assert np.linalg.norm((a + b) / 2) < 8


@pytest.mark.parametrize("scale", [1, 2, -1])
def test_parallel_ends_give_finite_latents(scale):
  a = np.arange(1.0, 6)
  path = sample.spherical(a, scale * a, 3)
  assert np.isfinite(path).all()
  np.testing.assert_allclose(path[[0, 2]], [a, scale * a], rtol=1e-6)


def test_one_step_is_no_path():
  with pytest.raises(ValueError, match="steps=1 must be 2 or more"):
    sample.spherical(np.ones(3), np.ones(3), 1)
