"""Strangers: shares of a population, other people in every set."""

import numpy as np
import pytest

from jaxfer.standin import population


def test_two_sets_share_nobody():
  seeds = {
    population.own_seed(name, seed)
    for name in ("kdef", "ck", "celeba")
    for seed in range(4)
  }
  assert len(seeds) == 12
  one, other = (
    population.meet(population.own_seed(name, 0), 0).who
    for name in ("kdef", "ck")
  )
  assert one.texture != other.texture


def test_a_person_is_met_again():
  one, again = (population.meet(9, 4, child=0.5) for _ in range(2))
  assert one.female == again.female
  for mine, same in zip(one.who, again.who, strict=True):
    np.testing.assert_array_equal(mine, same)


def test_shares_are_kept():
  people = [population.meet(0, k, female=0.7, child=0.2) for k in range(400)]
  assert 0.63 < np.mean([p.female for p in people]) < 0.77
  assert 0.14 < np.mean([p.who.age == 0 for p in people]) < 0.26


def test_published_totals_are_split_as_published():
  # RAF-DB's training part: 12,271 faces by label.
  weights = (1290, 281, 717, 4772, 1982, 705, 2524)
  assert population.apportion(12_271, weights) == list(weights)


@pytest.mark.parametrize("total", [0, 1, 3, 6, 7, 20, 1000])
def test_the_sum_is_the_total_and_nobody_goes_empty_needlessly(total):
  counts = population.apportion(total, (1, 100, 3, 40, 1, 7))
  assert sum(counts) == total
  assert min(counts) >= (1 if total >= 6 else 0)


def test_largest_remainders_win():
  # Exact shares 1.5, 0.9, 0.6: two ones are left, for 0.9 and 0.6.
  assert population.apportion(3, (5, 3, 2)) == [1, 1, 1]
