"""Whole numbers in given proportions."""

import pytest

from jaxfer.standin import shares


def test_published_totals_are_split_as_published():
  # RAF-DB's training part: 12,271 faces by label.
  weights = (1290, 281, 717, 4772, 1982, 705, 2524)
  assert shares.apportion(12_271, weights) == list(weights)


@pytest.mark.parametrize("total", [0, 1, 3, 6, 7, 20, 1000])
def test_the_sum_is_the_total_and_nobody_goes_empty_needlessly(total):
  counts = shares.apportion(total, (1, 100, 3, 40, 1, 7))
  assert sum(counts) == total
  assert min(counts) >= (1 if total >= 6 else 0)


def test_largest_remainders_win():
  # Exact shares 1.5, 0.9, 0.6: two ones are left, for 0.9 and 0.6.
  assert shares.apportion(3, (5, 3, 2)) == [1, 1, 1]
