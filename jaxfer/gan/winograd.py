"""The strided convolution in 9 products where its definition takes 16.

Over blocks of 2×2 pixels (`blocks`) it is a 2×2 convolution of stride 1. Along
one axis, two neighbouring outputs of a 2-tap convolution are

  y0 = p0 k0 + p1 k1 = (p0 - p1) k0 + p1 (k0 + k1)
  y1 = p1 k0 + p2 k1 = p1 (k0 + k1) - (p1 - p2) k1

three products for four. In two dimensions a tile of 2×2 outputs takes 9 matrix
products for 16, and those products are where a DCGAN spends its time. With the
transforms written as matrices (B of pixels, G of kernels, A of outputs) the
convolution, its transpose and their weight gradient are one trilinear form,

  down(x, k)    = Aᵀ(B x · G k)
  up(y, k)      = Bᵀ(A y · (G k)ᵀ)
  gradient of k = Gᵀ((B x)ᵀ · A y)

All coefficients are 0 and ±1, so little precision is lost: errors in float32
stay within a few times those of direct summation.

Reference: Lavin & Gray, arXiv:1509.09308, here F(2×2, 2×2); Winograd,
Arithmetic Complexity of Computations, 1980.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax import lax

from jaxfer.gan import blocks

TILE = 2  # outputs along each side of a tile


def down(images: jax.Array, kernel: jax.Array) -> jax.Array:
  """The convolution: (N, 2H, 2W, C) and (4, 4, C, F) to (N, H, W, F).

  H and W are even.
  """
  count, height, width, _ = images.shape
  products = [
    p @ k for p, k in zip(_pixels(images), _kernels(kernel), strict=True)
  ]
  tiles = (count, height // 4, width // 4)
  products = [product.reshape(*tiles, -1) for product in products]
  rows = [jnp.stack(_outputs(*products[i : i + 3]), axis=3) for i in (0, 3, 6)]
  maps = jnp.stack(_outputs(*rows), axis=2)
  return maps.reshape(count, height // 2, width // 2, -1)


def up(maps: jax.Array, kernel: jax.Array) -> jax.Array:
  """The transpose: (N, H, W, F) and (4, 4, C, F) to (N, 2H, 2W, C).

  H and W are even.
  """
  count, height, width, _ = maps.shape
  products = [
    m @ k.T for m, k in zip(_maps(maps), _kernels(kernel), strict=True)
  ]
  # (N, tiles down, tiles across, row, column and channel within the block)
  blocks = (count, height // 2, width // 2, 2, 2, kernel.shape[2])
  products = [product.reshape(blocks) for product in products]
  rows = [_overlap(*products[i : i + 3], axis=2) for i in (0, 3, 6)]
  whole = _overlap(*rows, axis=1)
  height, width = height + 1, width + 1
  images = whole.swapaxes(2, 3).reshape(count, 2 * height, 2 * width, -1)
  return images[:, 1:-1, 1:-1]


def kernel_gradient(images: jax.Array, maps: jax.Array) -> jax.Array:
  """d<down(images, kernel), maps>/d kernel, shape (4, 4, C, F)."""
  channels, features = images.shape[-1], maps.shape[-1]
  products = [
    (p.T @ m).reshape(2, 2, channels, features)
    for p, m in zip(_pixels(images), _maps(maps), strict=True)
  ]
  rows = [jnp.stack(_taps(*products[i : i + 3]), axis=1) for i in (0, 3, 6)]
  kernel = jnp.stack(_taps(*rows), axis=0)  # tap, row, tap, column within
  return kernel.reshape(4, 4, channels, features)


def _pixels(images: jax.Array) -> list[jax.Array]:
  """B: images to nine (tiles, 4C)."""
  pixels = blocks.of_images(images)

  def along(x: jax.Array, axis: int) -> tuple[jax.Array, ...]:
    first, second, third = (
      lax.slice_in_dim(x, start, x.shape[axis] - 1 + start // 2, 2, axis)
      for start in (0, 1, 2)
    )
    return first - second, second, second - third

  return [
    x.reshape(-1, pixels.shape[-1])
    for row in along(pixels, 1)
    for x in along(row, 2)
  ]


def _maps(maps: jax.Array) -> list[jax.Array]:
  """A: maps to nine (tiles, F)."""
  count, height, width, features = maps.shape
  tiles = maps.reshape(count, height // 2, 2, width // 2, 2, features)

  def along(x: jax.Array, axis: int) -> tuple[jax.Array, ...]:
    first, second = (
      lax.index_in_dim(x, i, axis, keepdims=False) for i in (0, 1)
    )
    return first, first + second, -second

  return [
    x.reshape(-1, features) for row in along(tiles, 2) for x in along(row, 3)
  ]


def _kernels(kernel: jax.Array) -> list[jax.Array]:
  """G: a kernel to nine (4C, F)."""

  def along(x: jax.Array) -> tuple[jax.Array, ...]:
    first, second = x
    return first, first + second, second

  taps = blocks.of_kernel(kernel)
  return [x for row in along(taps) for x in along(row)]


def _outputs(a: jax.Array, b: jax.Array, c: jax.Array) -> tuple[jax.Array, ...]:
  """Aᵀ along one axis."""
  return a + b, b - c


def _taps(a: jax.Array, b: jax.Array, c: jax.Array) -> tuple[jax.Array, ...]:
  """Gᵀ along one axis."""
  return a + b, b + c


def _overlap(a: jax.Array, b: jax.Array, c: jax.Array, axis: int) -> jax.Array:
  """Bᵀ along one axis: n tiles to 2n + 1 blocks, neighbours added up."""

  def pad(x: jax.Array, before: int, after: int) -> jax.Array:
    widths = [(0, 0)] * x.ndim
    widths[axis] = (before, after)
    return jnp.pad(x, widths)

  even = pad(a, 0, 1) - pad(c, 1, 0)
  odd = pad(b + c - a, 0, 1)
  pairs = jnp.stack([even, odd], axis=axis + 1)
  shape = (*a.shape[:axis], -1, *a.shape[axis + 1 :])
  # The last odd block is beyond the image.
  return lax.slice_in_dim(
    pairs.reshape(shape), 0, 2 * a.shape[axis] + 1, 1, axis
  )
