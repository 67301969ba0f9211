"""Bins, memorisation: closed forms, planted modes and copies."""

import numpy as np
import pytest
from scipy import stats

from jaxfer.metrics.collapse import different_bins, memorisation


def _modes(rng, rows, shares, width=5):
  """Tight clusters far apart, drawn with the given shares."""
  centres = np.random.default_rng(99).normal(size=(len(shares), width)) * 30
  drawn = rng.choice(len(shares), rows, p=np.array(shares) / np.sum(shares))
  return centres[drawn] + rng.normal(size=(rows, width))


def _bins(real, fake, bins, significance=0.05):
  return different_bins(real, fake, bins, significance, 0)


def _count(found):
  """How many bins differ."""
  return round(found.different.value * len(found.real))


def test_bins_by_hand():
  """Two bins of 60 and 40 rows; fakes 48 and 52: p = .54 pooled, z = 1.702.

  Two-sided, p = 0.0887; with the variance of real rows alone, 0.0833.
  """
  spread = np.linspace(0, 1, 60)[:, None]
  real = np.concatenate([spread, spread[:40] + 100])
  fake = np.concatenate([spread[:48], spread[:52] + 100])
  found = _bins(real, fake, 2, 0.088)
  assert _count(found) == 0
  assert sorted(found.real) == [0.4, 0.6]
  assert _count(_bins(real, fake, 2, 0.0895)) == 2
  p, q = np.array([0.6, 0.4]), np.array([0.48, 0.52])
  m = (p + q) / 2
  expected = (stats.entropy(p, m) + stats.entropy(q, m)) / 2
  assert found.divergence.value == pytest.approx(expected, rel=1e-12)


def test_a_set_does_not_differ_from_itself():
  real = np.random.default_rng(0).normal(size=(400, 4))
  found = _bins(real, np.random.default_rng(1).permutation(real), 10)
  assert (_count(found), found.divergence.value) == (0, 0)
  np.testing.assert_array_equal(found.real, found.fake)


def test_planted_missing_modes_are_counted():
  rng = np.random.default_rng(2)
  real = _modes(rng, 1000, np.ones(8))
  whole = _bins(real, _modes(rng, 1000, np.ones(8)), 8)
  assert _count(whole) <= 2
  # Three modes are gone; their mass makes the other five differ too.
  gone = _bins(real, _modes(rng, 1000, [1] * 5 + [0] * 3), 8)
  assert _count(gone) == 8
  assert np.sum(gone.fake == 0) == 3
  # Only two modes have traded their mass.
  traded = _bins(real, _modes(rng, 1000, [1] * 6 + [0.2, 1.8]), 8)
  assert 2 <= _count(traded) <= 4
  one = _bins(real, _modes(rng, 1000, [1] + [0] * 7), 8)
  assert (
    whole.divergence.value < traded.divergence.value < gone.divergence.value
  )
  assert gone.divergence.value < one.divergence.value < np.log(2)


def test_held_out_faces_differ_by_chance_alone():
  rng = np.random.default_rng(3)
  centres = _modes(rng, 4000, np.ones(20))
  found = [
    _bins(centres, _modes(rng, 1000, np.ones(20)), 20, 0.1) for _ in range(40)
  ]
  # Bins compete for mass, so their tests are not independent: a loose bound.
  assert np.mean([_count(f) for f in found]) == pytest.approx(0.1 * 20, abs=0.7)


def test_bins_are_blind_to_order_and_shift():
  rng = np.random.default_rng(4)
  real, fake = (
    _modes(rng, 300, np.ones(6)),
    _modes(rng, 300, [2, 1, 1, 1, 1, 0]),
  )
  there = _bins(real, fake, 6)
  moved = _bins(real + 7, fake[::-1] + 7, 6)
  assert _count(moved) == _count(there)
  assert moved.divergence.value == pytest.approx(
    there.divergence.value, rel=1e-9
  )
  assert _bins(real, fake, 6).divergence.value == there.divergence.value


def test_bins_too_many_for_the_rows_are_said():
  rng = np.random.default_rng(5)
  real, fake = rng.normal(size=(2, 40, 3))
  found = _bins(real, fake, 50)
  assert found.different.value is found.divergence.value is None
  assert (
    found.different.reason == "40 real and 40 fake rows cannot fill 50 bins"
  )
  found = _bins(np.repeat(real[:3], 20, axis=0), fake, 5)
  assert found.different.reason == "real rows fill 3 of 5 bins"
  assert "take fewer bins" in _bins(real, fake, 20).different.caution
  assert (
    _bins(*(_modes(rng, 400, [1, 1]) for _ in range(2)), 2).different.caution
    == ""
  )
  with pytest.raises(ValueError, match="bins=1"):
    _bins(real, fake, 1)
  with pytest.raises(ValueError, match=r"\(40, 3\) and \(40, 2\)"):
    _bins(real, fake[:, :2], 5)


def test_memorisation_by_hand():
  """Training rows at 0, 4, 5; the nearest neighbour of 0 is 4 away.

  3.9 is 0.1 from 4, whose neighbour is 1 away: copied. 9 is 4 from 5: not.
  −3 is 3 from 0: nearer than 4, so copied.
  """
  train = np.array([0.0, 4, 5])[:, None]
  found = memorisation(np.array([3.9, 9, -3])[:, None], train, 200, 0)
  np.testing.assert_array_equal(found.nearest, [1, 2, 0])
  np.testing.assert_allclose(found.distances, [0.1, 4, 3], rtol=1e-12)
  assert found.mean.value == pytest.approx(7.1 / 3)
  assert found.copied.value == pytest.approx(2 / 3)
  assert found.mean.ci95[0] < found.mean.value < found.mean.ci95[1]


@pytest.mark.parametrize("block", [1, 9, 500])
def test_nearest_training_rows_by_brute_force(block, monkeypatch):
  rng = np.random.default_rng(9)
  rows, train = rng.normal(size=(30, 4)), rng.normal(size=(50, 4))
  apart = np.linalg.norm(rows[:, None] - train[None], axis=2)
  own = np.linalg.norm(train[:, None] - train[None], axis=2)
  own += np.diag(np.full(50, np.inf))
  monkeypatch.setattr("jaxfer.metrics.collapse._BLOCK", block)
  found = memorisation(rows, train, 50, 0)
  np.testing.assert_array_equal(found.nearest, apart.argmin(1))
  np.testing.assert_allclose(found.distances, apart.min(1), rtol=1e-9)
  expected = np.mean(apart.min(1) < own.min(1)[apart.argmin(1)])
  assert found.copied.value == expected


def test_copies_are_found_and_fresh_rows_are_not():
  rng = np.random.default_rng(10)
  train = rng.normal(size=(300, 20))
  copies = train[:100] + rng.normal(size=(100, 20)) * 0.05
  fresh = rng.normal(size=(100, 20))
  found, floor = (memorisation(x, train, 300, 0) for x in (copies, fresh))
  np.testing.assert_array_equal(found.nearest, np.arange(100))
  assert found.copied.value == 1
  # Of fresh rows, those that are their neighbour's nearest too: under half.
  assert 0.1 < floor.copied.value < 0.5
  assert found.mean.ci95[1] < floor.mean.ci95[0]
  exact = memorisation(train[:9], train, 50, 0)
  assert (exact.mean.value, exact.copied.value) == (0, 1)


def test_pictures_of_one_person_do_not_hide_a_copy():
  """Three gazes of one sitting are nearer to each other than a copy is."""
  rng = np.random.default_rng(11)
  train = np.repeat(rng.normal(size=(40, 20)), 3, axis=0)
  train += rng.normal(size=train.shape) * 0.01
  people = np.repeat(np.arange(40), 3)
  copies = train[::3] + rng.normal(size=(40, 20)) * 0.1
  assert memorisation(copies, train, 50, 0).copied.value == 0
  assert memorisation(copies, train, 50, 0, people).copied.value == 1


def test_memorisation_that_cannot_be_told_is_said():
  x = np.random.default_rng(12).normal(size=(6, 2))
  found = memorisation(x, x, 50, 0, np.zeros(6))
  assert found.mean.value is found.copied.value is found.mean.ci95 is None
  assert found.mean.reason == (
    "6 rows and 1 people to compare with: there must be 1 and 2"
  )
  assert memorisation(x[:0], x, 50, 0).mean.value is None
  with pytest.raises(ValueError, match="5 people for 6 training rows"):
    memorisation(x, x, 50, 0, np.zeros(5))
