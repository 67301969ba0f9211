"""The moving mean."""

import numpy as np

from jaxfer.report.figures.curves import moving_mean


def test_a_constant_stays_itself():
  np.testing.assert_allclose(moving_mean(np.full(500, 3.0)), 3.0, atol=1e-12)


def test_a_line_stays_itself_away_from_the_ends():
  line = np.arange(800.0)
  np.testing.assert_allclose(moving_mean(line)[10:-10], line[10:-10])


def test_noise_shrinks_by_the_root_of_the_window():
  noise = np.random.default_rng(0).normal(size=8000)
  # A window of 201 values: sd 1/sqrt(201) = 0.071.
  assert 0.05 < moving_mean(noise).std() < 0.09


def test_short_curves_pass_unchanged():
  curve = np.array([1.0, 5.0, 2.0])
  np.testing.assert_array_equal(moving_mean(curve), curve)
