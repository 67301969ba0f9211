"""Pixels as networks take and give them."""

from __future__ import annotations

import jax
import jax.numpy as jnp


def to_uint8(images: jax.Array) -> jax.Array:
  """From [-1, 1] to 0 … 255, rounded."""
  return jnp.clip(jnp.round((images + 1) * 127.5), 0, 255).astype(jnp.uint8)


def from_uint8(images: jax.Array) -> jax.Array:
  """From 0 … 255 to [-1, 1], float32."""
  return images.astype(jnp.float32) / 127.5 - 1
