"""The forms over blocks of pixels against the convolution XLA computes."""

import pytest

from jaxfer.learn.gan import blocks, windows

# Images of one, three and four channels, square and oblong, odd sides too.
SHAPES = [(1, 2, 2, 1, 1), (3, 3, 5, 3, 7), (2, 8, 4, 4, 20)]


@pytest.mark.parametrize("shape", SHAPES)
def test_convolutions_over_blocks_are_those_of_xla(agrees_with_xla, shape):
  agrees_with_xla(blocks, shape, ("down", "kernel_gradient"))


@pytest.mark.parametrize("shape", SHAPES)
def test_products_over_windows_are_those_of_xla(agrees_with_xla, shape):
  agrees_with_xla(windows, shape)
