"""Read-outs: how a learner's encoder describes a face as a vector."""

from __future__ import annotations

import functools
import math
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from jaxfer import controls
from jaxfer.errors import UserError
from jaxfer.learn import learners
from jaxfer.learn.learners import Learner
from jaxfer.learn.networks import NetState

POOLED = "pooled"
"""Every layer, max-pooled to the size of the deepest, as Radford et al. do."""

LOCAL = "local"
"""As `POOLED`, of the maps of a face and of its mirror image added; at each
place the maps of each layer are scaled to length 1."""

BESIDE = "+"
"""Between a read-out and a function of `controls` that stands beside it, as in
`local+hog`: both vectors of a face, each scaled to length 1."""

# GPUs otherwise multiply in TF32, whose three digits less would be visible.
PRECISION = "highest"

# Faces that a CPU describes at once. The maps of more are beyond its caches,
# and in a call for each XLA:CPU would ask the system for its memory anew
# (`benchmarks/NOTES.md`).
_PIECE = 64

_LEAST = 1e-6  # length below which a vector is not scaled to 1

BEFORE_NORM = "pre"
"""How the names of layers begin that a batch norm follows: `pre2`, `norm2`."""


def shape(readout: str, image_size: int, gan: Any) -> tuple[int, ...]:
  """What a feature vector is before it is flattened, (maps, height, width).

  conv4 of the paper's size and width is (512, 4, 4), of 128 pixels (512, 8, 8),
  of clips (512, 1, 4, 4), with time before the height. With a control beside
  it is (D, 1, 1).

  Args:
    readout: a layer of the learner's encoder, such as `conv4`; `POOLED` or
      `LOCAL`; or one of these and a control, joined by `BESIDE`.
    image_size: height and width of the faces in pixels.
    gan: the config's `gan` section.

  Raises:
    UserError: if there is no such read-out, or no network of that image size.
  """
  blank = np.zeros((1, *learners.blank(gan, image_size)), np.uint8)
  known = _shapes(learners.make(gan, image_size=image_size), blank.shape)
  layer, joint, beside = readout.partition(BESIDE)
  if layer not in known or (joint and beside not in controls.CONTROLS):
    raise UserError(
      f"features.readout={readout!r} is not one of {', '.join(known)} at"
      f" crop.size={image_size}, nor one of them with +"
      f"{' or +'.join(controls.CONTROLS)} behind it"
    )
  if not joint:
    return known[layer]
  more = controls.CONTROLS[beside](blank).size
  return math.prod(known[layer]) + more, 1, 1


def dimension(readout: str, image_size: int, gan: Any) -> int:
  """Length of a feature vector: 8,192 for the paper's conv4; see `shape`."""
  return math.prod(shape(readout, image_size, gan))


def join(vectors: np.ndarray, faces: np.ndarray, readout: str) -> np.ndarray:
  """What stands beside the network's own features, put there.

  Of the (N, D) `activations` of a read-out and the (N, H, W, 3) uint8 faces
  described.

  Returns:
    (N, D') float32; the vectors themselves where nothing stands beside them.
  """
  beside = readout.partition(BESIDE)[2]
  if not beside:
    return vectors
  both = vectors, controls.CONTROLS[beside](faces)
  lengths = [np.linalg.norm(x, axis=1, keepdims=True) for x in both]
  scaled = [
    x / np.maximum(length, _LEAST)
    for x, length in zip(both, lengths, strict=True)
  ]
  return np.concatenate(scaled, axis=1)


@functools.partial(jax.jit, static_argnums=(0, 3))
def activations(
  learner: Learner, net: NetState, images: jax.Array, readout: str
) -> jax.Array:
  """Describes each face, of (N, H, W, 3) uint8, by its encoder `net`.

  Returns:
    (N, D) the activations of a `readout` as in `shape`, flattened channel
    first; what stands beside is left out, see `join`.
  """

  def described(images: jax.Array) -> jax.Array:
    with jax.default_matmul_precision(PRECISION):
      x = _read(learner, net, images)[readout.partition(BESIDE)[0]]
    return jnp.moveaxis(x, -1, 1).reshape(len(x), -1)

  def piece_by_piece(images: jax.Array) -> jax.Array:
    pieces = images.reshape(-1, _PIECE, *images.shape[1:])
    return jax.lax.map(described, pieces).reshape(len(images), -1)

  on_cpu = described if len(images) % _PIECE else piece_by_piece
  return jax.lax.platform_dependent(images, cpu=on_cpu, default=described)


@functools.lru_cache
def _shapes(
  learner: Learner, images: tuple[int, ...]
) -> dict[str, tuple[int, ...]]:
  """By layer, (maps, height, width), of clips with time before the height."""
  net = learner.encoder(learners.shapes(learner))
  image = jax.ShapeDtypeStruct(images, jnp.uint8)
  out = jax.eval_shape(lambda *a: _read(learner, *a), net, image)
  return {name: (x.shape[-1], *x.shape[1:-1]) for name, x in out.items()}


def _read(
  learner: Learner, net: NetState, images: jax.Array
) -> dict[str, jax.Array]:
  """What can be features; of this, what is not asked for is not computed."""
  out = _layers(learner, net, images)
  mirrored = _layers(learner, net, images[..., ::-1, :])
  least = min(x.shape[1:-1] for x in out.values())
  pooled = [_pool(x, least) for x in out.values()]
  local = [_unit(_pool(x + mirrored[n], least)) for n, x in out.items()]
  joined = {POOLED: pooled, LOCAL: local}
  return out | {name: jnp.concatenate(x, -1) for name, x in joined.items()}


def _layers(
  learner: Learner, net: NetState, images: jax.Array
) -> dict[str, jax.Array]:
  out = learner.encode(net, images)
  return {n: out[n] for n in sorted(out) if not n.startswith(BEFORE_NORM)}


def _unit(x: jax.Array) -> jax.Array:
  """The maps at each place, scaled to length 1."""
  return x * jax.lax.rsqrt((x * x).sum(-1, keepdims=True) + _LEAST**2)


def _pool(x: jax.Array, least: tuple[int, ...]) -> jax.Array:
  """The greatest numbers of each map, as many places of them as asked for."""
  sides = zip(x.shape[1:-1], least, strict=True)
  window = (1, *(side // few for side, few in sides), 1)
  return jax.lax.reduce_window(
    x, -jnp.inf, jax.lax.max, window, window, "VALID"
  )
