"""The tiled forms against the convolution that XLA computes."""

import jax.numpy as jnp
import numpy as np
import pytest

from jaxfer.learn.gan import convolutions, winograd

# Square and oblong, one tile and several, channels and maps of every ratio.
SHAPES = [(1, 4, 4, 1, 1), (3, 8, 8, 6, 5), (2, 8, 4, 5, 12), (2, 4, 12, 8, 3)]


@pytest.mark.parametrize("tile", [2, 4])
@pytest.mark.parametrize("shape", SHAPES)
def test_the_three_forms_are_those_of_xla_in_float64(
  agrees_with_xla, monkeypatch, shape, tile
):
  monkeypatch.setattr(winograd, "_MANY", 0 if tile == 4 else 2**31)
  winograd._form.cache_clear()
  assert winograd._form(jnp.dtype("float64"), 1).tile == tile
  agrees_with_xla(winograd, shape)
  winograd._form.cache_clear()


def test_all_layers_of_a_dcgan_take_tiles_of_one_size():
  for width, tile in ((8, 2), (16, 2), (32, 4), (64, 4)):
    for i in (1, 2, 3):
      places, channels = (32 >> i) ** 2, width * 2 ** (i - 1)
      products = places * channels * 2 * channels
      assert winograd._form(jnp.dtype("float32"), products).tile == tile


@pytest.mark.parametrize("name", ["down", "up", "kernel_gradient"])
@pytest.mark.parametrize(
  # Two bits of float32, as the module says, and one of bfloat16's eight.
  ("dtype", "times", "limit"),
  [("float32", 5, 1e-5), ("bfloat16", 2, 0.01)],
)
def test_few_digits_are_lost_to_direct_summation(
  drawn, name, dtype, times, limit
):
  images, kernel, small = drawn((2, 8, 8, 128, 64))
  pair = {
    "down": (images, kernel),
    "up": (small, kernel),
    "kernel_gradient": (images, small),
  }[name]
  plain, tiled = (
    getattr(convolutions.XLA, name),
    getattr(winograd, name),
  )
  exact = plain(*pair)

  def error(form):
    out = form(*(x.astype(dtype) for x in pair))
    assert out.dtype == dtype
    off = out.astype(exact.dtype) - exact
    return float(jnp.linalg.norm(off) / jnp.linalg.norm(exact))

  assert error(tiled) < times * error(plain) < limit


def test_where_sides_are_odd_or_channels_few_other_forms_run(monkeypatch):
  def fail(*_):
    raise AssertionError("tiled form")

  tiled = convolutions.WINOGRAD._replace(down=fail)
  monkeypatch.setattr(convolutions, "WINOGRAD", tiled)
  draw = np.random.default_rng(0).normal
  for side, channels in ((6, 8), (8, 3)):
    images = draw(size=(1, side, side, channels)).astype(np.float32)
    kernel = draw(size=(4, 4, channels, 2)).astype(np.float32)
    out = convolutions.down(images, kernel)
    assert out.shape == (1, side // 2, side // 2, 2)
  images, kernel = np.zeros((1, 8, 8, 5)), np.zeros((4, 4, 5, 2))
  with pytest.raises(AssertionError, match="tiled"):
    convolutions.down(images, kernel)
