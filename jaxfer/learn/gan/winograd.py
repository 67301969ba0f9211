"""The strided convolution in fewer products than its definition takes.

Over blocks of 2×2 pixels it is a 2×2 convolution of stride 1. Along one axis,
m neighbouring outputs of a 2-tap convolution are the coefficients of a product
of polynomials, which m + 1 values determine: of 2m products m + 1 are left.
In two dimensions a tile of 4×4 outputs takes 25 matrix products for 64, one of
2×2 takes 9 for 16, and those products are where a DCGAN spends its time. With
the transforms written as matrices (B of pixels, G of kernels, A of outputs)
the convolution, its transpose and their weight gradient are one trilinear form,

  down(x, k)    = Aᵀ(B x · G k)
  up(y, k)      = Bᵀ(A y · (G k)ᵀ)
  gradient of k = Gᵀ((B x)ᵀ · A y)

Tiles of 4×4 lose two bits of float32, with the points where values are taken
chosen for it. Of bfloat16's eight they would leave too few: there tiles are of
2×2, all of whose coefficients are 0 and ±1, and products are summed in float32.
So they are in narrow networks, where the larger ones gain less than the time it
takes to compile them.

Images are padded by one pixel. A tile's pixels are its own and one more row or
column on each side, of its neighbours: images are never copied with a border.

References: Winograd, Arithmetic Complexity of Computations, 1980; Lavin & Gray,
arXiv:1509.09308; on points, Barabasz et al., arXiv:1803.10986.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from numpy.polynomial import polynomial

from jaxfer.learn.gan.products import product

TILE = 4  # the sides of maps must be multiples of it

# Products of one image from which on larger tiles are worth their compilation:
# those of any layer of a DCGAN of width 32.
_MANY = 16 * 16 * 32 * 64

# Beside these, the last value is taken at infinity.
_POINTS = (0.0, -1.0, 0.5, 2.0)
_FEW_POINTS = (0.0, 1.0)


def down(images: jax.Array, kernel: jax.Array) -> jax.Array:
  """The convolution: (N, 2H, 2W, C) and (4, 4, C, F) to (N, H, W, F).

  H and W are multiples of `TILE`.
  """
  count, height, width, _ = images.shape
  form = _form(images.dtype, height * width // 4 * _pairs(kernel))
  tiles = (count, height // (2 * form.tile), width // (2 * form.tile), -1)
  products = [
    product(p, k, 1, 0).reshape(tiles)
    for p, k in zip(_pixels(images, form), _kernels(kernel, form), strict=True)
  ]
  rows = [
    jnp.stack(_sums(form.outputs.T, row), axis=3)
    for row in _rows(products, form)
  ]
  maps = jnp.stack(_sums(form.outputs.T, rows), axis=2)
  maps = maps.reshape(count, height // 2, width // 2, -1)
  return maps.astype(images.dtype)


def up(maps: jax.Array, kernel: jax.Array) -> jax.Array:
  """The transpose: (N, H, W, F) and (4, 4, C, F) to (N, 2H, 2W, C).

  H and W are multiples of `TILE`.
  """
  count, height, width, _ = maps.shape
  form = _form(maps.dtype, height * width * _pairs(kernel))
  tiles = (count, height // form.tile, width // form.tile)
  products = [
    product(m, k, 1, 1).reshape(*tiles, 2, 2, -1)
    for m, k in zip(_maps(maps, form), _kernels(kernel, form), strict=True)
  ]
  # Here and below, what is left after each step: (N, tiles down, tiles across,
  # row in the block, column in the block, channel) …
  columns = [
    jnp.stack(_overlapped(_sums(form.pixels.T, row), 2, 4), axis=3)
    for row in _rows(products, form)
  ]
  # … (N, tiles down, tiles across, column in the tile, row in the block, C) …
  whole = jnp.stack(_overlapped(_sums(form.pixels.T, columns), 1, 4), axis=2)
  # … (N, tiles down, row in the tile, tiles across, column in the tile, C).
  images = whole.reshape(count, 2 * height, 2 * width, -1)
  return images.astype(maps.dtype)


def kernel_gradient(images: jax.Array, maps: jax.Array) -> jax.Array:
  """d<down(images, kernel), maps>/d kernel, shape (4, 4, C, F)."""
  channels, features = images.shape[-1], maps.shape[-1]
  form = _form(images.dtype, maps[0].size * channels)
  products = [
    product(p, m, 0, 0).reshape(2, 2, channels, features)
    for p, m in zip(_pixels(images, form), _maps(maps, form), strict=True)
  ]
  rows = [
    jnp.stack(_sums(form.kernels.T, row), axis=1)
    for row in _rows(products, form)
  ]
  kernel = jnp.stack(_sums(form.kernels.T, rows), axis=0)
  # (tap, row in the block, tap, column in the block, C, F)
  return kernel.reshape(4, 4, channels, features).astype(images.dtype)


class _Form(NamedTuple):
  """The three transforms along one axis, a row for each point."""

  pixels: np.ndarray  # (m + 1, m + 1), B
  kernels: np.ndarray  # (m + 1, 2), G
  outputs: np.ndarray  # (m + 1, m), A

  @property
  def tile(self) -> int:
    """m, the outputs of a tile."""
    return self.outputs.shape[1]


@functools.cache
def _form(dtype: jnp.dtype, products: int) -> _Form:
  """Toom and Cook's algorithm, transposed: a convolution for a product.

  `products` are the places, channels and maps of one image, multiplied.
  """
  small = jnp.finfo(dtype).bits < 32 or products < _MANY
  points = _FEW_POINTS if small else _POINTS
  tile = len(points)
  infinity = tile
  pixels = np.zeros((tile + 1, tile + 1))
  kernels = np.zeros((tile + 1, 2))
  outputs = np.zeros((tile + 1, tile))
  for i, point in enumerate(points):
    others = [other for other in points if other != point]
    pixels[i, :-1] = polynomial.polyfromroots(others)
    kernels[i] = np.array([1, point]) / np.prod(point - np.array(others))
    outputs[i] = point ** np.arange(tile)
  pixels[infinity] = polynomial.polyfromroots(points)
  kernels[infinity, -1] = 1
  outputs[infinity, -1] = 1
  return _Form(pixels, kernels, outputs)


def _pairs(kernel: jax.Array) -> int:
  """Pairs of a channel and a map."""
  return kernel.shape[2] * kernel.shape[3]


def _pixels(images: jax.Array, form: _Form) -> list[jax.Array]:
  """B: images to (tiles, 4C) for each pair of points."""
  count, height, width, channels = images.shape
  side = 2 * form.tile
  tiles = images.reshape(
    count, height // side, side, width // side, side, channels
  )

  def along(x: jax.Array, axis: int) -> list[list[jax.Array]]:
    """The first and the second pixels of blocks, at each point."""
    own = [lax.index_in_dim(x, i, axis + 1, False) for i in range(side)]
    # The blocks of a tile lie across its border, by one pixel on either side.
    before, after = _moved(own[-1], 1, axis), _moved(own[0], -1, axis)
    pixels = [before, *own, after]
    return [_sums(form.pixels, pixels[i::2]) for i in (0, 1)]

  upper, lower = along(tiles, 1)
  blocks = []
  for pair in zip(upper, lower, strict=True):
    ways = [along(row, 2) for row in pair]
    for corners in zip(*ways[0], *ways[1], strict=True):
      blocks.append(jnp.stack(corners, axis=3))
  return [x.reshape(-1, 4 * channels) for x in blocks]


def _maps(maps: jax.Array, form: _Form) -> list[jax.Array]:
  """A: maps to (tiles, F) for each pair of points."""
  count, height, width, features = maps.shape
  tile = form.tile
  tiles = maps.reshape(
    count, height // tile, tile, width // tile, tile, features
  )

  def along(x: jax.Array, axis: int) -> list[jax.Array]:
    own = [lax.index_in_dim(x, i, axis, False) for i in range(tile)]
    return _sums(form.outputs, own)

  return [
    x.reshape(-1, features) for row in along(tiles, 2) for x in along(row, 3)
  ]


def _kernels(kernel: jax.Array, form: _Form) -> list[jax.Array]:
  """G: a kernel to (4C, F) for each pair of points."""
  channels, features = kernel.shape[2:]
  taps = kernel.reshape(2, 2, 2, 2, channels, features)
  return [
    x.reshape(4 * channels, features)
    for row in _sums(form.kernels, [taps[0], taps[1]])
    for x in _sums(form.kernels, [row[:, 0], row[:, 1]])
  ]


def _rows(products: list[jax.Array], form: _Form) -> list[list[jax.Array]]:
  """By point down, and within by point across."""
  points = form.tile + 1
  return [products[i : i + points] for i in range(0, points * points, points)]


def _sums(matrix: np.ndarray, terms: Sequence[jax.Array]) -> list[jax.Array]:
  """A matrix applied to arrays, its zeros left out."""

  def scaled(weight: float, term: jax.Array) -> jax.Array:
    if abs(weight) == 1:
      return term if weight == 1 else lax.neg(term)
    return lax.mul(term.dtype.type(weight), term)

  # Thousands of them: by jnp.add and * they would take twice as long to trace.
  return [
    functools.reduce(
      lax.add,
      [scaled(w, x) for w, x in zip(row, terms, strict=True) if w],
    )
    for row in matrix.tolist()
  ]


def _overlapped(
  blocks: Sequence[jax.Array], axis: int, place: int
) -> list[jax.Array]:
  """The pixels along a tile from its blocks, and its neighbours' where shared.

  Of m + 1 blocks the first and the last lie across a border; `axis` is that of
  the tiles, `place` that of the two pixels of a block.
  """
  pixels = [
    lax.index_in_dim(block, i, place, False) for block in blocks for i in (0, 1)
  ]
  before, *own, after = pixels
  own[0] += _moved(after, 1, axis)
  own[-1] += _moved(before, -1, axis)
  return own


def _moved(x: jax.Array, by: int, axis: int) -> jax.Array:
  """Everything moved along an axis, zeros moved in."""
  widths = [(0, 0, 0)] * x.ndim
  widths[axis] = (by, -by, 0)
  return lax.pad(x, jnp.zeros((), x.dtype), widths)
