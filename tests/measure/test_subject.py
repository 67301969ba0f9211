"""As many generated faces as real ones, and the floor's are others."""

import numpy as np
import pytest

from jaxfer.measure.subject import draw


@pytest.mark.parametrize(
  ("fakes", "reals", "most", "count"),
  [(100, 500, 64, 64), (30, 500, 64, 30), (100, 41, 64, 20), (9, 3, 64, 1)],
)
def test_as_many_of_each_as_all_allow(fakes, reals, most, count):
  drawn = draw(fakes, reals, most, seed=0)
  assert drawn.count == count
  assert len(drawn.fake) == len(drawn.real) == len(drawn.other) == count
  assert len(np.unique(drawn.fake)) == count and drawn.fake.max() < fakes
  both = np.concatenate([drawn.real, drawn.other])
  assert len(np.unique(both)) == 2 * count and both.max() < reals


def test_the_seed_decides_and_a_larger_set_is_not_read_from_its_start():
  one, same, other = (draw(99, 999, 20, seed) for seed in (0, 0, 1))
  np.testing.assert_array_equal(one.real, same.real)
  assert set(one.real) != set(other.real)
  assert one.real.max() > 500
