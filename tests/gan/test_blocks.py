"""The forms over blocks of pixels against the convolution XLA computes."""

import pytest

from jaxfer.gan import blocks


# Images of one, three and four channels, square and oblong, odd sides too.
@pytest.mark.parametrize(
  "shape", [(1, 2, 2, 1, 1), (3, 3, 5, 3, 7), (2, 8, 4, 4, 20)]
)
def test_the_three_forms_are_those_of_xla_in_float64(agrees_with_xla, shape):
  agrees_with_xla(blocks, shape)
