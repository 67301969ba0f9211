"""The tiled forms against the convolution that XLA computes."""

import jax.numpy as jnp
import numpy as np
import pytest

from jaxfer.gan import convolutions, winograd

# Square and oblong, one tile and several, channels and maps of every ratio.
SHAPES = [(1, 2, 2, 1, 1), (3, 4, 4, 6, 5), (2, 8, 4, 5, 12), (2, 2, 6, 8, 3)]


@pytest.mark.parametrize("shape", SHAPES)
def test_the_three_forms_are_those_of_xla_in_float64(agrees_with_xla, shape):
  agrees_with_xla(winograd, shape)


def test_float32_loses_little_more_than_direct_summation(drawn):
  images, kernel, small = drawn((4, 8, 8, 64, 32))
  exact = convolutions._down(images, kernel)
  single = [x.astype(jnp.float32) for x in (images, kernel, small)]
  scale = float(jnp.abs(exact).max())

  def error(form):
    return float(jnp.abs(form(single[0], single[1]) - exact).max()) / scale

  assert error(winograd.down) < 4 * error(convolutions._down) < 1e-5


def test_where_sides_are_odd_or_channels_few_the_plain_form_runs(monkeypatch):
  def fail(*_):
    raise AssertionError("tiled form")

  monkeypatch.setattr(winograd, "down", fail)
  draw = np.random.default_rng(0).normal
  for side, channels in ((6, 8), (8, 3)):
    images = draw(size=(1, side, side, channels)).astype(np.float32)
    kernel = draw(size=(4, 4, channels, 2)).astype(np.float32)
    out = convolutions.down(images, kernel)
    assert out.shape == (1, side // 2, side // 2, 2)
  images, kernel = np.zeros((1, 8, 8, 5)), np.zeros((4, 4, 5, 2))
  with pytest.raises(AssertionError, match="tiled"):
    convolutions.down(images, kernel)
