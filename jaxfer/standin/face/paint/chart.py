"""Coordinates on the face, in which every feature is painted."""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp

from jaxfer.standin.face.marks import smoothstep


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
