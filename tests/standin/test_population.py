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
  assert one.child == again.child
  for mine, same in zip(one.who, again.who, strict=True):
    np.testing.assert_array_equal(mine, same)


def test_shares_are_kept():
  people = [population.meet(0, k, female=0.7, child=0.2) for k in range(400)]
  assert 0.63 < np.mean([p.female for p in people]) < 0.77
  assert 0.14 < np.mean([p.child for p in people]) < 0.26


def test_a_negative_seed_is_refused():
  with pytest.raises(ValueError, match="seed=-1 is negative"):
    population.own_seed("kdef", -1)
