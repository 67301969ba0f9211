"""The tiled forms against the convolution that XLA computes."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxfer.gan import convolutions, winograd

# Square and oblong, one tile and several, channels and maps of every ratio.
SHAPES = [(1, 2, 2, 1, 1), (3, 4, 4, 6, 5), (2, 8, 4, 5, 12), (2, 2, 6, 8, 3)]


@pytest.fixture
def float64():
  with jax.enable_x64(True):
    yield


def arrays(shape, seed=0):
  count, height, width, channels, maps = shape
  keys = jax.random.split(jax.random.key(seed), 3)
  draw = jax.random.normal
  images = draw(keys[0], (count, 2 * height, 2 * width, channels), jnp.float64)
  kernel = draw(keys[1], (4, 4, channels, maps), jnp.float64)
  small = draw(keys[2], (count, height, width, maps), jnp.float64)
  return images, kernel, small


@pytest.mark.parametrize("shape", SHAPES)
def test_the_three_forms_are_those_of_xla_in_float64(float64, shape):
  images, kernel, small = arrays(shape)
  for ours, theirs in (
    (winograd.down(images, kernel), convolutions._down(images, kernel)),
    (winograd.up(small, kernel), convolutions._up(small, kernel)),
    (
      winograd.kernel_gradient(images, small),
      convolutions._kernel_gradient(images, small),
    ),
  ):
    assert ours.shape == theirs.shape
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-12)


def test_float32_loses_little_more_than_direct_summation(float64):
  images, kernel, small = arrays((4, 8, 8, 64, 32))
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
