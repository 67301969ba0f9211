"""Pixels as networks take and give them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

LUMA = (0.299, 0.587, 0.114)
"""What red, green and blue make of grey: ITU-R BT.601."""


def to_uint8(images: jax.Array) -> jax.Array:
  """From [-1, 1] to 0 … 255, rounded."""
  return jnp.clip(jnp.round((images + 1) * 127.5), 0, 255).astype(jnp.uint8)


def from_uint8(images: jax.Array) -> jax.Array:
  """From 0 … 255 to [-1, 1], float32."""
  return images.astype(jnp.float32) / 127.5 - 1


def grey(images: jax.Array) -> jax.Array:
  """(N, H, W) float32 in [-1, 1], of (N, H, W, 3) uint8."""
  return from_uint8(images) @ jnp.asarray(LUMA, jnp.float32)


def in_pieces(
  describe: Callable[[jax.Array], Any], images: jax.Array, piece: int
) -> Any:
  """What `describe` gives, along the leading axis, of (N, …) images.

  CPUs take `piece` at once, if that divides N: the maps of more are beyond
  their caches (`benchmarks/NOTES.md`).
  """

  def piece_by_piece(images: jax.Array) -> Any:
    pieces = images.reshape(-1, piece, *images.shape[1:])
    found = jax.lax.map(describe, pieces)
    return jax.tree.map(lambda x: x.reshape(len(images), *x.shape[2:]), found)

  on_cpu = describe if len(images) % piece else piece_by_piece
  return jax.lax.platform_dependent(images, cpu=on_cpu, default=describe)
