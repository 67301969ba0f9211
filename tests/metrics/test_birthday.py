"""Birthdays: closed forms, brute force, planted supports."""

import numpy as np
import pytest

from jaxfer.metrics.birthday import birthday, reach


def test_birthday_by_hand():
  """Places 0, 1, 5, 5.5, 20: the nearest pairs are 0.5, 1 and 4 apart."""
  rows = np.array([0, 20, 5.5, 1, 5])[:, None]
  found = birthday(rows, 1.0, 3)
  np.testing.assert_allclose(found.distances, [0.5, 1, 4], rtol=1e-12)
  np.testing.assert_array_equal(found.pairs, [[2, 4], [0, 3], [3, 4]])
  assert found.duplicates == 2
  assert found.support.value == 10 / 2  # ten pairs, two of which coincide
  # Exact Poisson bounds of a count of 2: 0.2422 and 7.2247.
  np.testing.assert_allclose(
    found.support.ci95, [10 / 7.2247, 10 / 0.2422], rtol=1e-3
  )
  assert len(birthday(rows, 1.0, 99).pairs) == 10


@pytest.mark.parametrize("block", [1, 7, 200, 1000])
def test_birthday_by_brute_force_at_any_block(block, monkeypatch):
  rows = np.random.default_rng(6).normal(size=(60, 3))
  i, j = np.triu_indices(60, 1)
  apart = np.linalg.norm(rows[i] - rows[j], axis=1)
  order = np.argsort(apart)[:12]
  monkeypatch.setattr("jaxfer.metrics.birthday._BLOCK", block)
  found = birthday(rows, 0.5, 12)
  np.testing.assert_array_equal(found.pairs, np.stack([i, j], 1)[order])
  np.testing.assert_allclose(found.distances, apart[order], rtol=1e-7)
  assert found.duplicates == np.sum(apart <= 0.5)


@pytest.mark.parametrize("support", [10, 300])
def test_a_planted_support_is_found(support):
  """Draws from `support` images: s²/2n coincidences; over 20 samples."""
  rng = np.random.default_rng(7)
  images = rng.normal(size=(support, 12)) * 10
  found = [
    birthday(images[rng.integers(0, support, 200)], 1e-3, 5) for _ in range(20)
  ]
  assert np.mean([1 / f.support.value for f in found]) == pytest.approx(
    1 / support, rel=0.1
  )
  held = [f.support.ci95[0] < support < f.support.ci95[1] for f in found]
  assert sum(held) >= 16
  assert (found[0].distances == 0).all()


def test_without_duplicates_the_support_is_bounded_below():
  """No coincidence of 4,950 pairs: 4,950 / 3.689 and up."""
  rows = np.random.default_rng(8).normal(size=(100, 20))
  found = birthday(rows, 1e-6, 4)
  assert (found.duplicates, found.support.value) == (0, None)
  assert found.support.ci95 == [pytest.approx(4950 / 3.6889, rel=1e-4), None]
  assert found.support.reason == (
    "no two of 100 rows are duplicates: the support is likely above 1342"
  )
  assert len(found.pairs) == 4


def test_the_reach_is_the_birthday_problems():
  """Of 23 people two share one of 365 days in 0.507 of cases."""
  assert reach(23) == pytest.approx(365, rel=1e-3)


@pytest.mark.parametrize("rows", [12, 60])
def test_at_its_reach_half_of_all_draws_show_a_pair(rows):
  rng = np.random.default_rng(9)
  drawn = np.sort(rng.integers(0, round(reach(rows)), (4000, rows)))
  share = np.mean((np.diff(drawn) == 0).any(1))
  # Three standard errors of a half, and the rounding of the exponential.
  assert share == pytest.approx(0.5, abs=0.024 + 1 / (6 * rows))


def test_one_row_makes_no_pair():
  found = birthday(np.ones((1, 3)), 1.0, 5)
  assert (len(found.pairs), found.support.value) == (0, None)
  assert found.support.reason == "1 rows make no pair"
  with pytest.raises(ValueError, match=r"threshold=-1.*shown=2"):
    birthday(np.ones((3, 2)), -1.0, 2)
