"""Faces to the activations of a layer of the discriminator."""

from __future__ import annotations

import functools

import jax
import jax.numpy as jnp

from jaxfer.gan import sample
from jaxfer.gan.networks import SMALLEST_MAP
from jaxfer.gan.state import Network, Tree

POOLED = "pooled"
"""Every layer, max-pooled to 4×4, as Radford et al. describe images."""

# GPUs otherwise multiply in TF32, whose three digits less would be visible.
PRECISION = "highest"

# Faces that a CPU describes at once. The maps of more are beyond its caches,
# and in a call for each XLA:CPU would ask the system for its memory anew
# (`benchmarks/NOTES.md`).
_PIECE = 64


@functools.partial(jax.jit, static_argnums=(0, 4))
def activations(
  disc: Network, params: Tree, stats: Tree, images: jax.Array, layer: str
) -> jax.Array:
  """Describes each face.

  Args:
    disc: the discriminator.
    params: its weights.
    stats: what batch norm uses.
    images: (N, H, W, 3) uint8.
    layer: `conv1` … of the discriminator, or `POOLED`.

  Returns:
    (N, D) the layer's activations, flattened channel first.
  """

  def described(images: jax.Array) -> jax.Array:
    with jax.default_matmul_precision(PRECISION):
      x = sample.from_uint8(images)
      (_, out), _ = disc(params, stats, x, train=False)
    if layer != POOLED:
      return _flatten(out[layer])
    names = sorted(name for name in out if name.startswith("conv"))
    pooled = [_flatten(_pool(out[name])) for name in names]
    return jnp.concatenate(pooled, axis=1)

  def piece_by_piece(images: jax.Array) -> jax.Array:
    pieces = images.reshape(-1, _PIECE, *images.shape[1:])
    return jax.lax.map(described, pieces).reshape(len(images), -1)

  on_cpu = described if len(images) % _PIECE else piece_by_piece
  return jax.lax.platform_dependent(images, cpu=on_cpu, default=described)


def _flatten(x: jax.Array) -> jax.Array:
  """(N, H, W, maps) to (N, maps · H · W), channel first."""
  return x.transpose(0, 3, 1, 2).reshape(len(x), -1)


def _pool(x: jax.Array) -> jax.Array:
  side = x.shape[1] // SMALLEST_MAP
  window = (1, side, side, 1)
  return jax.lax.reduce_window(
    x, -jnp.inf, jax.lax.max, window, window, "VALID"
  )
