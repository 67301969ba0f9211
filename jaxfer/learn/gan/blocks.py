"""The strided convolution as a plain one over blocks of 2×2 pixels.

A 4×4 convolution of stride 2 is a 2×2 convolution of stride 1 over blocks: 2×2
neighbouring pixels of C channels taken as one pixel of 4C. Of few channels that
is what accelerators want: a matrix unit takes channels by the sixteen, and of
three it would multiply mostly padding. The transpose is a product of `windows`.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax import lax

_UNIT = 16  # channels that a matrix unit takes at once


def down(images: jax.Array, kernel: jax.Array) -> jax.Array:
  """The convolution: (N, 2H, 2W, C) and (4, 4, C, F) to (N, H, W, F)."""
  return lax.conv_general_dilated(
    _whole_units(of_images(images), 3),
    _whole_units(of_kernel(kernel), 2),
    (1, 1),
    "VALID",
    dimension_numbers=("NHWC", "HWIO", "NHWC"),
  )


def kernel_gradient(images: jax.Array, maps: jax.Array) -> jax.Array:
  """d<down(images, kernel), maps>/d kernel, shape (4, 4, C, F)."""
  channels, features = images.shape[-1], maps.shape[-1]
  taps = lax.conv_general_dilated(
    _whole_units(of_images(images), 3),
    maps,
    (1, 1),
    "VALID",
    dimension_numbers=("CHWN", "IHWO", "HWNC"),
  )
  taps = taps[:, :, : 4 * channels].reshape(2, 2, 2, 2, channels, features)
  return taps.swapaxes(1, 2).reshape(4, 4, channels, features)


def of_images(images: jax.Array) -> jax.Array:
  """(N, 2H, 2W, C) to (N, H + 1, W + 1, 4C), a zero pixel put around."""
  count, height, width, channels = images.shape
  padded = jnp.pad(images, ((0, 0), (1, 1), (1, 1), (0, 0)))
  shape = (count, height // 2 + 1, 2, width // 2 + 1, 2, channels)
  blocks = padded.reshape(shape).swapaxes(2, 3)
  return blocks.reshape(*blocks.shape[:3], -1)


def of_kernel(kernel: jax.Array) -> jax.Array:
  """(4, 4, C, F) to (2, 2, 4C, F)."""
  channels, features = kernel.shape[2:]
  taps = kernel.reshape(2, 2, 2, 2, channels, features).swapaxes(1, 2)
  return taps.reshape(2, 2, 4 * channels, features)


def _whole_units(x: jax.Array, axis: int) -> jax.Array:
  """Zeros added until the axis is of whole units."""
  widths = [(0, 0)] * x.ndim
  widths[axis] = (0, -x.shape[axis] % _UNIT)
  return jnp.pad(x, widths)
