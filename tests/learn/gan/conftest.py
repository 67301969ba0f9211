"""What every form of the strided convolution must agree with."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxfer.learn.gan import convolutions


@pytest.fixture
def float64():
  with jax.enable_x64(True):
    yield


@pytest.fixture
def drawn(float64):
  """Images, a kernel and maps of (count, height, width, channels, maps)."""

  def draw(shape, seed=0):
    count, height, width, channels, maps = shape
    keys = jax.random.split(jax.random.key(seed), 3)
    draw = jax.random.normal
    images = draw(
      keys[0], (count, 2 * height, 2 * width, channels), jnp.float64
    )
    kernel = draw(keys[1], (4, 4, channels, maps), jnp.float64)
    small = draw(keys[2], (count, height, width, maps), jnp.float64)
    return images, kernel, small

  return draw


@pytest.fixture
def agrees_with_xla(drawn):
  """Asserts that a module's forms are XLA's convolutions in float64."""

  def agrees(forms, shape, names=("down", "up", "kernel_gradient")):
    images, kernel, small = drawn(shape)
    arguments = {
      "down": (images, kernel),
      "up": (small, kernel),
      "kernel_gradient": (images, small),
    }
    for name in names:
      ours = getattr(forms, name)(*arguments[name])
      theirs = getattr(convolutions, f"_{name}")(*arguments[name])
      assert ours.shape == theirs.shape
      np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-12)

  return agrees
