"""The convolution pair against its definition and against autodiff."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxfer.learn.gan import convolutions


def arrays(channels, maps, side, seed=0):
  keys = jax.random.split(jax.random.key(seed), 3)
  images = jax.random.normal(keys[0], (3, 2 * side, 2 * side, channels))
  kernel = jax.random.normal(keys[1], (4, 4, channels, maps))
  small = jax.random.normal(keys[2], (3, side, side, maps))
  return images, kernel, small


def by_definition(images, kernel):
  """out[i, j] = sum over a 4×4 window that starts at 2i - 1, 2j - 1."""
  padded = np.pad(np.asarray(images), ((0, 0), (1, 1), (1, 1), (0, 0)))
  n, height, width, _ = images.shape
  out = np.zeros((n, height // 2, width // 2, kernel.shape[3]))
  for i in range(height // 2):
    for j in range(width // 2):
      window = padded[:, 2 * i : 2 * i + 4, 2 * j : 2 * j + 4]
      out[:, i, j] = np.einsum("nabc,abcf->nf", window, np.asarray(kernel))
  return out


@pytest.mark.parametrize(("channels", "maps", "side"), [(3, 5, 4), (4, 2, 2)])
def test_down_is_the_convolution_of_its_definition(channels, maps, side):
  images, kernel, _ = arrays(channels, maps, side)
  np.testing.assert_allclose(
    convolutions.down(images, kernel),
    by_definition(images, kernel),
    rtol=1e-4,
    atol=1e-4,
  )


@pytest.mark.parametrize(("channels", "maps", "side"), [(3, 5, 4), (1, 1, 1)])
def test_up_is_the_transpose_of_down(channels, maps, side):
  images, kernel, small = arrays(channels, maps, side)
  left = jnp.vdot(convolutions.up(small, kernel), images)
  right = jnp.vdot(small, convolutions.down(images, kernel))
  assert float(left) == pytest.approx(float(right), rel=1e-4)


# Three channels and six take different ways to the kernel's gradient.
@pytest.mark.parametrize("channels", [3, 6])
@pytest.mark.parametrize("name", convolutions.Forms._fields)
def test_the_written_gradients_are_those_of_autodiff(name, channels):
  images, kernel, small = arrays(channels, 5, 4)
  first, second, cotangent = {
    "down": (images, kernel, small),
    "up": (small, kernel, images),
    "kernel_gradient": (images, small, kernel),
  }[name]
  written = getattr(convolutions, name)
  plain = getattr(convolutions.XLA, name)
  ours, theirs = (
    jax.vjp(f, first, second)[1](cotangent) for f in (written, plain)
  )
  for a, b in zip(ours, theirs, strict=True):
    np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-4)


# Images of few channels, square and oblong, odd sides too; sound and clips.
@pytest.mark.parametrize(
  "shape",
  [
    (1, 2, 2, 1, 1),
    (3, 3, 5, 3, 7),
    (2, 8, 4, 4, 20),
    (2, 5, 3, 4),
    (2, 2, 3, 4, 3, 5),
  ],
)
@pytest.mark.parametrize("forms", ["WINDOWS", "BLOCKS"])
def test_forms_for_few_channels_are_those_of_xla(agrees_with_xla, forms, shape):
  agrees_with_xla(getattr(convolutions, forms), shape)


@pytest.mark.parametrize("shape", [(2, 3, 4, 8, 3, 5), (1, 1, 8, 4, 2, 1)])
@pytest.mark.parametrize("forms", ["WINDOWS", "WINOGRAD"])
def test_clips_as_images_are_clips(agrees_with_xla, forms, shape):
  agrees_with_xla(convolutions.of_clips(getattr(convolutions, forms)), shape)
