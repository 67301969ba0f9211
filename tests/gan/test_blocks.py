"""The forms over blocks of pixels against the convolution XLA computes."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxfer.gan import blocks, convolutions


# Images of one, three and four channels, square and oblong, odd sides too.
@pytest.mark.parametrize(
  "shape", [(1, 2, 2, 1, 1), (3, 3, 5, 3, 7), (2, 8, 4, 4, 20)]
)
def test_the_three_forms_are_those_of_xla_in_float64(shape):
  count, height, width, channels, maps = shape
  with jax.enable_x64(True):
    keys = jax.random.split(jax.random.key(0), 3)

    def draw(key, *sizes):
      return jax.random.normal(keys[key], sizes, jnp.float64)

    images = draw(0, count, 2 * height, 2 * width, channels)
    kernel = draw(1, 4, 4, channels, maps)
    small = draw(2, count, height, width, maps)
    for ours, theirs in (
      (blocks.down(images, kernel), convolutions._down(images, kernel)),
      (blocks.up(small, kernel), convolutions._up(small, kernel)),
      (
        blocks.kernel_gradient(images, small),
        convolutions._kernel_gradient(images, small),
      ),
    ):
      assert ours.shape == theirs.shape
      np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-12)
