"""Bootstrap draws and percentile intervals."""

import numpy as np
import pytest

from jaxfer.metrics import bootstrap


def test_every_draw_holds_as_many_units_as_there_are():
  weights = bootstrap.draw_weights(17, 500, 0)
  assert weights.shape == (500, 17)
  assert (weights.sum(1) == 17).all()
  # Drawing with replacement leaves out (1 - 1/n)^n of the units.
  assert (weights == 0).mean() == pytest.approx((16 / 17) ** 17, abs=0.01)


def test_the_seed_fixes_the_draws():
  draws = [bootstrap.draw_weights(9, 20, seed) for seed in (3, 3, 4)]
  np.testing.assert_array_equal(draws[0], draws[1])
  assert (draws[0] != draws[2]).any()


def test_an_interval_holds_95_percent():
  assert bootstrap.interval(np.arange(1001.0)) == [25, 975]
  values = np.array([np.nan, 1.0, np.nan])
  assert bootstrap.interval(values) == [1, 1]
  assert bootstrap.interval(np.full(3, np.nan)) is None


def test_intervals_cover_a_known_binomial():
  """Of 300 samples of 150 answers that are right with p = 0.8, some 95 %."""
  rng = np.random.default_rng(0)
  weights = bootstrap.draw_weights(150, 1000, 1) / 150
  covered = 0
  for _ in range(300):
    right = rng.random(150) < 0.8
    low, high = bootstrap.interval(weights @ right)
    covered += low <= 0.8 <= high
  # Three standard deviations of a share of 300, and the percentile method's
  # own small shortfall.
  assert 0.90 <= covered / 300 <= 0.99


def test_drawing_people_widens_the_interval():
  """Answers that go together within people are worth less than they count."""
  rng = np.random.default_rng(0)
  right = np.repeat(rng.random(40) < 0.7, 25).astype(float)  # 40 people
  widths = {}
  for name, units in (
    ("people", np.repeat(np.arange(40), 25)),
    ("faces", np.arange(1000)),
  ):
    weights = bootstrap.draw_weights(units.max() + 1, 1000, 0)[:, units]
    low, high = bootstrap.interval((weights * right).sum(1) / weights.sum(1))
    widths[name] = high - low
  # All rows of a person alike: sqrt(25) times as wide.
  assert widths["people"] / widths["faces"] == pytest.approx(5, rel=0.15)


def test_a_recentred_interval_keeps_its_width_and_moves_to_the_value():
  values = np.array([5.0, 6.0, 7.0, np.nan])
  plain, moved = bootstrap.interval(values), bootstrap.recentred(2, values)
  np.testing.assert_allclose(np.diff(moved), np.diff(plain))
  assert np.mean(moved) == pytest.approx(2)
  assert bootstrap.recentred(2, np.array([np.nan])) is None


def test_draws_biased_by_repeated_rows_are_set_right():
  """Of n different rows a draw holds about 63 % (1 − 1/e)."""
  rng = np.random.default_rng(0)
  draws = np.array(
    [len(set(rng.integers(0, 100, 100))) for _ in range(200)], float
  )
  assert bootstrap.interval(draws)[1] < 75
  low, high = bootstrap.recentred(100, draws)
  assert low < 100 < high
