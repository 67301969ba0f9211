"""The strided convolution of few channels as one matrix product over windows.

A window of 4×4 pixels is four blocks of 2×2 (`blocks`), whose numbers lie side
by side: windows are copied twelve numbers at a time of three channels.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp

from jaxfer.learn.gan import blocks
from jaxfer.learn.gan.products import product


def down(images: jax.Array, kernel: jax.Array) -> jax.Array:
  """The convolution: (N, 2H, 2W, C) and (4, 4, C, F) to (N, H, W, F)."""
  windows = _of_images(images)
  maps = product(_flat(windows), _flat(blocks.of_kernel(kernel)), 1, 0)
  return maps.reshape(*windows.shape[:3], -1).astype(images.dtype)


def up(maps: jax.Array, kernel: jax.Array) -> jax.Array:
  """The transpose: (N, H, W, F) and (4, 4, C, F) to (N, 2H, 2W, C).

  The blocks that the product gives are added up where they overlap.
  """
  count, height, width, _ = maps.shape
  windows = product(_flat(maps), _flat(blocks.of_kernel(kernel)), 1, 1)
  windows = windows.reshape(count, height, width, -1)
  whole = jnp.zeros((), windows.dtype)
  for tap, part in enumerate(jnp.split(windows, 4, axis=-1)):
    lower, right = divmod(tap, 2)
    shifts = ((0, 0), (lower, 1 - lower), (right, 1 - right), (0, 0))
    whole += jnp.pad(part, shifts)
  whole = whole.reshape(count, height + 1, width + 1, 2, 2, -1)
  images = whole.swapaxes(2, 3)
  images = images.reshape(count, 2 * height + 2, 2 * width + 2, -1)
  return images[:, 1:-1, 1:-1].astype(maps.dtype)


def kernel_gradient(images: jax.Array, maps: jax.Array) -> jax.Array:
  """d<down(images, kernel), maps>/d kernel, shape (4, 4, C, F)."""
  channels, features = images.shape[-1], maps.shape[-1]
  taps = product(_flat(_of_images(images)), _flat(maps), 0, 0)
  taps = taps.reshape(2, 2, 2, 2, channels, features)
  kernel = taps.swapaxes(1, 2).reshape(4, 4, channels, features)
  return kernel.astype(images.dtype)


def _of_images(images: jax.Array) -> jax.Array:
  """(N, 2H, 2W, C) to (N, H, W, 16C), in the order of `blocks.of_kernel`."""
  whole = blocks.of_images(images)
  height, width = whole.shape[1] - 1, whole.shape[2] - 1
  taps = [
    whole[:, lower : lower + height, right : right + width]
    for lower in (0, 1)
    for right in (0, 1)
  ]
  return jnp.concatenate(taps, axis=-1)


def _flat(x: jax.Array) -> jax.Array:
  """All axes but the last as one; a kernel's four taps and blocks too."""
  return x.reshape(-1, x.shape[-1])
