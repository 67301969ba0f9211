"""Pixels as networks take and give them."""

from __future__ import annotations

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
