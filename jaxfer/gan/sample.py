"""Drawing faces from a generator, and laying faces out in a grid."""

from __future__ import annotations

import functools

import jax
import jax.numpy as jnp
import numpy as np

from jaxfer.gan.state import DCGAN, NetState, Network, Tree

_BATCH = 256  # latents per call; it bounds the memory of large draws


def latents(seed: int, count: int, dimension: int) -> jax.Array:
  """Standard normal latents (count, dimension), the same for a seed."""
  return jax.random.normal(jax.random.key(seed), (count, dimension))


@functools.partial(jax.jit, static_argnums=0)
def _draw(gen: Network, params: Tree, stats: Tree, z: jax.Array) -> jax.Array:
  images, _ = gen(params, stats, z, train=False)
  return to_uint8(images)


def draw(dcgan: DCGAN, gen: NetState, z: jax.Array) -> np.ndarray:
  """Generates one face per latent, normalised by the running statistics.

  Args:
    dcgan: the networks.
    gen: the generator's state.
    z: (N, latent) standard normal.

  Returns:
    (N, H, W, C) uint8; a face depends on its own latent alone.
  """
  faces = []
  for start in range(0, len(z), _BATCH):
    part = z[start : start + _BATCH]
    padded = jnp.pad(part, ((0, min(_BATCH, len(z)) - len(part)), (0, 0)))
    images = _draw(dcgan.gen, gen.params, gen.batch_stats, padded)
    faces.append(np.asarray(images)[: len(part)])
  return np.concatenate(faces)


def to_uint8(images: jax.Array) -> jax.Array:
  """From [-1, 1] to 0 … 255, rounded."""
  return jnp.clip(jnp.round((images + 1) * 127.5), 0, 255).astype(jnp.uint8)


def from_uint8(images: jax.Array) -> jax.Array:
  """From 0 … 255 to [-1, 1], float32."""
  return images.astype(jnp.float32) / 127.5 - 1
