"""What every form of the strided convolution must agree with."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxfer.learn.gan import convolutions


@pytest.fixture
def drawn(float64):
  """Images, a kernel and maps of (count, *sides of maps, channels, maps)."""

  def draw(shape, seed=0):
    count, *sides, channels, maps = shape
    taps, doubled = [4 for _ in sides], [2 * side for side in sides]
    return [
      jax.random.normal(key, shape, jnp.float64)
      for key, shape in zip(
        jax.random.split(jax.random.key(seed), 3),
        (
          (count, *doubled, channels),
          (*taps, channels, maps),
          (count, *sides, maps),
        ),
        strict=True,
      )
    ]

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
      theirs = getattr(convolutions.XLA, name)(*arguments[name])
      assert ours.shape == theirs.shape
      np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-12)

  return agrees
