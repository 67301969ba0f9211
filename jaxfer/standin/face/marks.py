"""What everything is painted with: coordinates on the face, and strokes.

Strokes are soft edges, bells, lines, layers.
"""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp


class Chart(NamedTuple):
  """Where each pixel lies on the head, all (H, W) but `pixel`.

  Features are projected on the head from the front, so they stretch where the
  surface turns away; none lies where that would show.
  """

  x: jax.Array  # to the face's side that is right in a frontal image
  y: jax.Array  # upwards
  z: jax.Array  # forwards
  out: jax.Array  # |x|, for what both sides share
  right: jax.Array  # 0 on the left side, 1 on the right, soft at the midline
  front: jax.Array  # 1 on the face, 0 behind the ears
  pixel: jax.Array  # size of a pixel, scalar

  def sides(self, pair: jax.Array) -> jax.Array:
    """Spreads a (left, right) pair (2,) over the pixels (H, W)."""
    return pair[0] + (pair[1] - pair[0]) * self.right

  def spread(self, act: dict[int, jax.Array]) -> dict[int, jax.Array]:
    """Spreads every unit's activation over the pixels."""
    return {unit: self.sides(pair) for unit, pair in act.items()}


def chart(point: jax.Array, pixel: jax.Array) -> Chart:
  """The chart of a surface's points (3, H, W) in the head's frame."""
  x, y, z = point
  return Chart(
    x,
    y,
    z,
    jnp.abs(x),
    smoothstep(-0.05, 0.05, x),
    smoothstep(-0.05, 0.18, z),
    pixel,
  )


def smoothstep(low, high, x):
  """0 below `low`, 1 above `high`, a cubic between; the two may be swapped."""
  t = jnp.clip((x - low) / (high - low), 0.0, 1.0)
  return t * t * (3.0 - 2.0 * t)


def bell(x, width):
  """A Gaussian of height one with standard deviation `width`."""
  scaled = x / width
  return jnp.exp(-0.5 * scaled * scaled)


def cover(depth, soft):
  """Coverage of a shape from the signed depth inside it, edge width `soft`."""
  return jax.nn.sigmoid(depth / soft)


def window(t, ease=0.25):
  """1 along a stroke's run t in [0, 1], easing to 0 at both ends."""
  return smoothstep(0.0, ease, t) * smoothstep(1.0, 1.0 - ease, t)


def over(image, colour, mask):
  """Lays a colour (3,) or (3, H, W) over an image where a mask (H, W) says."""
  colour = jnp.asarray(colour)
  if colour.ndim == 1:
    colour = colour[:, None, None]
  return image + (colour - image) * mask[None]


def tint(image, factor, mask):
  """Multiplies an image by an RGB factor (3,) where a mask (H, W) says so."""
  factor = jnp.asarray(factor)[:, None, None]
  return image * (1.0 + (factor - 1.0) * mask[None])


def value_noise(x, y, seed):
  """Smooth noise in [0, 1] over the plane, cells of size one.

  Another int32 seed is another noise.
  """
  left, low = jnp.floor(x), jnp.floor(y)
  u, v = x - left, y - low
  u, v = u * u * (3.0 - 2.0 * u), v * v * (3.0 - 2.0 * v)
  i = left.astype(jnp.int32).astype(jnp.uint32)
  j = low.astype(jnp.int32).astype(jnp.uint32)
  one = jnp.uint32(1)
  salt = seed.astype(jnp.uint32) * jnp.uint32(2246822519)
  bottom = _lerp(_hash(i, j, salt), _hash(i + one, j, salt), u)
  top = _lerp(_hash(i, j + one, salt), _hash(i + one, j + one, salt), u)
  return _lerp(bottom, top, v)


def _lerp(a, b, t):
  return a + (b - a) * t


def _hash(i, j, salt):
  """A lattice point's value in [0, 1) by integer mixing."""
  h = i * jnp.uint32(374761393) + j * jnp.uint32(668265263) + salt
  h = (h ^ (h >> jnp.uint32(13))) * jnp.uint32(1274126177)
  h = (h ^ (h >> jnp.uint32(15))) * jnp.uint32(2246822519)
  h = h ^ (h >> jnp.uint32(16))
  return (h >> jnp.uint32(8)).astype(jnp.float32) * (1.0 / (1 << 24))
