"""Views of a face: the same expression, seen otherwise.

A view zooms, turns, stretches, shifts and mirrors a face, changes its colours
and its sharpness, and covers a part of it. What shows the expression stays in
the picture: a window is placed only where it holds both eyes and the mouth,
as far as faces fill their pictures as detectors cut them.

Everything about a view follows from numbers between 0 and 1, drawn beforehand
for the whole batch, so that it does not depend on how devices share that.
Places run from -1 to 1 across a picture, x to the right and y downwards.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterator

import jax
import jax.numpy as jnp

from jaxfer.learn.pixels import LUMA

NUMBERS = 18
"""How many numbers decide a view."""

# The middle of eyes and mouth, and how far they reach from it along an axis: of
# a face as Viola-Jones' boxes hold it.
_CENTRE = (0.0, 0.15)
_REACH = 0.4
_BORDER = 0.1  # how far a window may reach beyond the picture's edge
_TAPS = 2  # pixels to either side that are blurred together


@dataclasses.dataclass(frozen=True)
class Views:
  """How different views may be: the config's `gan.views` section."""

  zoom: float  # the smallest side of a window, as a share of the picture's
  turn: float  # the greatest angle in radians, either way
  stretch: float  # the greatest change of a side, up or down, as a share
  grey: float  # the share of views without colour
  gain: float  # the greatest change of a colour channel, as a share
  # The greatest change of brightness, of a range from -1 to 1.
  brightness: float
  contrast: float  # the greatest change of contrast, as a share
  blur: float  # the greatest standard deviation in pixels
  # The largest side of the part that is covered, as a share; half of the views
  # have none.
  cut: float

  def __call__(self, images: jax.Array, numbers: jax.Array) -> jax.Array:
    """A view of each of (N, S, S, 3) images in [-1, 1], and like them.

    It follows from (N, `NUMBERS`) uniform in [0, 1).
    """
    with jax.named_scope("views"):
      take = iter(numbers.astype(images.dtype).T)
      x = resample(images, self.windows(take))
      x = _blurred(x, self.blur * next(take))
      x = self._coloured(x, take)
      return jnp.where(self._covered(x.shape, take), 0, x)

  def windows(self, take: Iterator[jax.Array]) -> jax.Array:
    """Where the points of each view lie in its picture.

    `take` gives the next number of each view, (N,).

    Returns:
      (N, 2, 3) affine maps, of (x, y, 1) in the view to (x, y) in the picture.
    """
    side = self.zoom + (1 - self.zoom) * next(take)
    turn, stretch = _around(next(take), self.turn), self.stretch * next(take)
    # One side becomes longer than the other, either of them.
    tall = jnp.exp(stretch * jnp.where(next(take) < 0.5, 1, -1) / 2)
    # Turned, what reaches so far along both axes reaches so much farther.
    half = side * jnp.exp(-stretch / 2) / (1 + jnp.abs(turn))
    x, y = (
      _between(*_room(side, half - _REACH, c), next(take)) for c in _CENTRE
    )
    flip = jnp.where(next(take) < 0.5, 1, -1).astype(side.dtype)
    cos, sin = side * jnp.cos(turn), side * jnp.sin(turn)
    rows = [flip * cos / tall, -sin * tall, x, flip * sin / tall, cos * tall, y]
    return jnp.stack(rows, -1).reshape(-1, 2, 3)

  def _coloured(self, x: jax.Array, take: Iterator[jax.Array]) -> jax.Array:
    def each(*of: jax.Array) -> jax.Array:
      return jnp.stack(of, -1).reshape(len(x), 1, 1, -1)

    gains = each(*(1 + _around(next(take), self.gain) for _ in range(3)))
    x = (x + 1) * gains - 1  # black stays black
    mean = x.mean((1, 2, 3), keepdims=True)
    x = mean + (x - mean) * each(1 + _around(next(take), self.contrast))
    x = x + each(_around(next(take), self.brightness))
    luma = jnp.asarray(LUMA, x.dtype).reshape(1, 1, 1, 3)
    grey = (x * luma).sum(-1, keepdims=True)
    return jnp.clip(jnp.where(each(next(take)) < self.grey, grey, x), -1, 1)

  def _covered(
    self, shape: tuple[int, ...], take: Iterator[jax.Array]
  ) -> jax.Array:
    """(N, S, S, 1) what is covered."""
    half = self.cut * jnp.maximum(2 * next(take) - 1, 0)
    y, x = (
      jnp.abs(_places(shape[1], half.dtype)[None] - _around(place, 1)[:, None])
      < half[:, None]
      for place in (next(take), next(take))
    )
    return (y[:, :, None] & x[:, None, :])[..., None]


def resample(images: jax.Array, maps: jax.Array) -> jax.Array:
  """(N, S, S, C) images seen through affine maps, bilinear, edges continued.

  Maps are (N, 2, 3), of (x, y, 1) in the result to (x, y) in the image.
  """
  count, size = images.shape[:2]
  at = _places(size, images.dtype)
  x, y = at[None, None, :], at[None, :, None]

  def pixels(row: jax.Array) -> tuple[jax.Array, jax.Array]:
    """The pixel before each point, and how far the point is behind it."""
    a, b, c = (row[:, i, None, None] for i in range(3))
    place = jnp.clip(((a * x + b * y + c) + 1) * size / 2 - 0.5, 0, size - 1)
    before = jnp.minimum(jnp.floor(place), size - 2)
    return before.astype(jnp.int32), (place - before)[..., None]

  (left, right), (top, bottom) = pixels(maps[:, 0]), pixels(maps[:, 1])
  flat = jnp.asarray(images).reshape(-1, images.shape[-1])
  first = (jnp.arange(count) * size**2).reshape(-1, 1, 1) + top * size + left

  def along(start: jax.Array) -> jax.Array:
    return flat[start] * (1 - right) + flat[start + 1] * right

  return along(first) * (1 - bottom) + along(first + size) * bottom


def _blurred(x: jax.Array, deviation: jax.Array) -> jax.Array:
  """Gaussian blur of each image by its own standard deviation in pixels."""
  steps = jnp.arange(-_TAPS, _TAPS + 1).astype(x.dtype)
  spread = jnp.maximum(deviation, 0.1)[:, None]  # 0.1 leaves a picture as it is
  weights = jnp.exp(-0.5 * (steps[None] / spread) ** 2)
  weights = weights / weights.sum(1, keepdims=True)
  for axis in (1, 2):
    widths = [(_TAPS, _TAPS) if a == axis else (0, 0) for a in range(4)]
    padded = jnp.pad(x, widths, mode="edge")
    size = x.shape[axis]
    taps = (
      weights[:, i].reshape(-1, 1, 1, 1)
      * jax.lax.slice_in_dim(padded, i, i + size, axis=axis)
      for i in range(2 * _TAPS + 1)
    )
    x = functools.reduce(jnp.add, taps)
  return x


def _room(
  side: jax.Array, spare: jax.Array, centre: float
) -> tuple[jax.Array, jax.Array]:
  """Between what a window's centre may be along an axis."""
  spare, edge = jnp.maximum(spare, 0), 1 + _BORDER - side
  return jnp.maximum(centre - spare, -edge), jnp.minimum(centre + spare, edge)


def _between(low: jax.Array, high: jax.Array, number: jax.Array) -> jax.Array:
  return low + (high - low) * number


def _around(number: jax.Array, most: float) -> jax.Array:
  """From -most to most."""
  return most * (2 * number - 1)


def _places(size: int, dtype: jnp.dtype) -> jax.Array:
  """The centres of a picture's pixels along an axis."""
  return ((jnp.arange(size) + 0.5) * 2 / size - 1).astype(dtype)
