"""The layers of a learner's encoder: their shapes, and a face as one."""

from __future__ import annotations

import functools
import math
from typing import Any

import jax
import jax.numpy as jnp

from jaxfer.errors import UserError
from jaxfer.learn import learners
from jaxfer.learn.learners import Learner
from jaxfer.learn.networks import NetState

POOLED = "pooled"
"""Every layer, max-pooled to the size of the deepest, as Radford et al. do."""

# GPUs otherwise multiply in TF32, whose three digits less would be visible.
PRECISION = "highest"

# Faces that a CPU describes at once. The maps of more are beyond its caches,
# and in a call for each XLA:CPU would ask the system for its memory anew
# (`benchmarks/NOTES.md`).
_PIECE = 64

BEFORE_NORM = "pre"
"""How the names of layers begin that a batch norm follows: `pre2`, `norm2`."""


def shape(layer: str, image_size: int, gan: Any) -> tuple[int, int, int]:
  """What a feature vector is before it is flattened.

  Args:
    layer: of the learner's encoder, such as `conv4`, or `POOLED`.
    image_size: height and width of the faces in pixels.
    gan: the config's `gan` section.

  Returns:
    (maps, height, width) of the layer: conv4 of the paper's size and width is
    (512, 4, 4), of 128 pixels (512, 8, 8).

  Raises:
    ValueError: if there is no such layer, or no network of that image size.
  """
  layers = _shapes(learners.make(gan, image_size=image_size), image_size)
  if layer not in layers:
    raise UserError(
      f"features.layer={layer!r} is not one of {', '.join(layers)} at"
      f" crop.size={image_size}"
    )
  return layers[layer]


def dimension(layer: str, image_size: int, gan: Any) -> int:
  """Length of a feature vector: 8,192 for conv4 at the paper's size.

  Arguments and errors are those of `shape`.
  """
  return math.prod(shape(layer, image_size, gan))


@functools.partial(jax.jit, static_argnums=(0, 3))
def activations(
  learner: Learner, net: NetState, images: jax.Array, layer: str
) -> jax.Array:
  """Describes each face.

  Args:
    learner: whose encoder it is.
    net: the encoder.
    images: (N, H, W, 3) uint8.
    layer: as in `shape`.

  Returns:
    (N, D) the layer's activations, flattened channel first.
  """

  def described(images: jax.Array) -> jax.Array:
    with jax.default_matmul_precision(PRECISION):
      x = _layers(learner, net, images)[layer]
    return x.transpose(0, 3, 1, 2).reshape(len(x), -1)

  def piece_by_piece(images: jax.Array) -> jax.Array:
    pieces = images.reshape(-1, _PIECE, *images.shape[1:])
    return jax.lax.map(described, pieces).reshape(len(images), -1)

  on_cpu = described if len(images) % _PIECE else piece_by_piece
  return jax.lax.platform_dependent(images, cpu=on_cpu, default=described)


@functools.lru_cache
def _shapes(learner: Learner, size: int) -> dict[str, tuple[int, int, int]]:
  """By layer, (maps, height, width)."""
  net = learner.encoder(learners.shapes(learner))
  image = jax.ShapeDtypeStruct((1, size, size, 3), jnp.uint8)
  out = jax.eval_shape(lambda *a: _layers(learner, *a), net, image)
  return {name: (x.shape[3], *x.shape[1:3]) for name, x in out.items()}


def _layers(
  learner: Learner, net: NetState, images: jax.Array
) -> dict[str, jax.Array]:
  """What can be features, `POOLED` last."""
  out = learner.encode(net, images)
  names = sorted(name for name in out if not name.startswith(BEFORE_NORM))
  side = min(out[name].shape[1] for name in names)
  pooled = [_pool(out[name], side) for name in names]
  return {n: out[n] for n in names} | {POOLED: jnp.concatenate(pooled, -1)}


def _pool(x: jax.Array, side: int) -> jax.Array:
  stride = x.shape[1] // side
  window = (1, stride, stride, 1)
  return jax.lax.reduce_window(
    x, -jnp.inf, jax.lax.max, window, window, "VALID"
  )
