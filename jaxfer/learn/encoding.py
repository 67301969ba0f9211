"""Read-outs: how a learner's encoder describes a face as a vector."""

from __future__ import annotations

import dataclasses
import functools
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from jaxfer import controls
from jaxfer.errors import UserError
from jaxfer.learn import learners, patches, pixels
from jaxfer.learn.learners import Learner
from jaxfer.learn.networks import NetState

POOLED = "pooled"
"""Every layer, max-pooled to the size of the deepest, as Radford et al. do."""

LOCAL = "local"
"""As `POOLED`, of the maps of a face and of its mirror image added; at each
place the maps of each layer are scaled to length 1."""

PATCHES = "patches"
"""No layer: a dictionary of patches, read as `LOCAL` is; see `learn.patches`.
It lies under this name beside what batch norm uses."""

BESIDE = "+"
"""Between read-outs, and functions of `controls`, that stand beside each other,
as in `local+patches+hog`: all vectors of a face, each scaled to length 1."""

# GPUs otherwise multiply in TF32, whose three digits less would be visible.
PRECISION = "highest"

_PIECE = 64  # faces that a CPU describes at once

_LEAST = 1e-6  # length below which a vector is not scaled to 1

BEFORE_NORM = "pre"
"""How the names of layers begin that a batch norm follows: `pre2`, `norm2`."""


def shape(readout: str, image_size: int, gan: Any) -> tuple[int, ...]:
  """What a feature vector is before it is flattened, (maps, height, width).

  conv4 of the paper's size and width is (512, 4, 4), of 128 pixels (512, 8, 8),
  of clips (512, 1, 4, 4), with time before the height. With a control beside
  it is (D, 1, 1). A read-out is a layer of the encoder of a config's `gan`
  section, such as `conv4`; `POOLED`, `LOCAL` or `PATCHES`; or some of these and
  controls, joined by `BESIDE`.

  Raises:
    UserError: if there is no such read-out, or no network of that image size.
  """
  blank = np.zeros((1, *learners.blank(gan, image_size)), np.uint8)
  known = _shapes(learners.make(gan, image_size=image_size), blank.shape)
  own, beside = _parts(readout)
  if not own or not {*own} <= {*known} or len({*own}) < len(own):
    raise UserError(
      f"features.readout={readout!r} is not one of {', '.join(known)} at"
      f" crop.size={image_size}, nor several of them joined by +, with +"
      f"{' or +'.join(controls.CONTROLS)} behind them"
    )
  if readout in known:
    return known[readout]
  more = sum(controls.CONTROLS[name](blank).size for name in beside)
  return sum(math.prod(known[name]) for name in own) + more, 1, 1


def dimension(readout: str, image_size: int, gan: Any) -> int:
  """Length of a feature vector: 8,192 for the paper's conv4; see `shape`."""
  return math.prod(shape(readout, image_size, gan))


def patched(readout: str) -> bool:
  """Whether a read-out needs a dictionary of patches."""
  return PATCHES in _parts(readout)[0]


def with_patches(net: NetState, dictionary: Mapping[str, Any]) -> NetState:
  """An encoder, and a dictionary of patches beside it."""
  found = {name: jnp.asarray(x) for name, x in dictionary.items()}
  return dataclasses.replace(
    net, batch_stats=net.batch_stats | {PATCHES: found}
  )


def join(vectors: Sequence[Any], faces: np.ndarray, readout: str) -> np.ndarray:
  """A face's vectors side by side, each scaled to length 1; a single one as is.

  Of the `activations` of a read-out and the (N, H, W, 3) uint8 faces described,
  (N, D') float32.
  """
  every = [np.asarray(x) for x in vectors]
  every += [controls.CONTROLS[name](faces) for name in _parts(readout)[1]]
  if len(every) == 1:
    return every[0]
  lengths = [np.linalg.norm(x, axis=1, keepdims=True) for x in every]
  scaled = [
    x / np.maximum(length, _LEAST)
    for x, length in zip(every, lengths, strict=True)
  ]
  return np.concatenate(scaled, axis=1)


@functools.partial(jax.jit, static_argnums=(0, 3))
def activations(
  learner: Learner, net: NetState, images: jax.Array, readout: str
) -> list[jax.Array]:
  """(N, D) activations of (N, H, W, 3) uint8 faces, flattened channel first.

  Of a `readout` as in `shape`; of several that stand beside each other each,
  for `join`.
  """

  def described(images: jax.Array) -> list[jax.Array]:
    with jax.default_matmul_precision(PRECISION):
      found = _read(learner, net, images)
    every = [found[name] for name in _parts(readout)[0]]
    return [jnp.moveaxis(x, -1, 1).reshape(len(x), -1) for x in every]

  return pixels.in_pieces(described, images, _PIECE)


@functools.lru_cache
def _shapes(
  learner: Learner, images: tuple[int, ...]
) -> dict[str, tuple[int, ...]]:
  """By layer, (maps, height, width), of clips with time before the height."""
  net = learner.encoder(learners.shapes(learner))
  if len(images) == 4:  # and not clips
    net = with_patches(net, patches.blank())
  image = jax.ShapeDtypeStruct(images, jnp.uint8)
  out = jax.eval_shape(lambda *a: _read(learner, *a), net, image)
  return {name: (x.shape[-1], *x.shape[1:-1]) for name, x in out.items()}


def _read(
  learner: Learner, net: NetState, images: jax.Array
) -> dict[str, jax.Array]:
  """What can be features; of this, what is not asked for is not computed."""
  out = _layers(learner, net, images)
  mirror = images[..., ::-1, :]
  mirrored = _layers(learner, net, mirror)
  least = min(x.shape[1:-1] for x in out.values())
  pooled = jnp.concatenate([_pool(x, least) for x in out.values()], -1)
  local = side_by_side([x + mirrored[name] for name, x in out.items()])
  out |= {POOLED: pooled, LOCAL: local}
  if dictionary := net.batch_stats.get(PATCHES):
    one, other = (patches.describe(dictionary, x) for x in (images, mirror))
    out[PATCHES] = _unit(one + other)
  return out


def _parts(readout: str) -> tuple[list[str], list[str]]:
  """What of a read-out is of the encoder, and what of the faces alone."""
  every = readout.split(BESIDE)
  own = [name for name in every if name not in controls.CONTROLS]
  return own, [name for name in every if name not in own]


def _layers(
  learner: Learner, net: NetState, images: jax.Array
) -> dict[str, jax.Array]:
  stats = {k: v for k, v in net.batch_stats.items() if k != PATCHES}
  out = learner.encode(dataclasses.replace(net, batch_stats=stats), images)
  return {n: out[n] for n in sorted(out) if not n.startswith(BEFORE_NORM)}


def side_by_side(layers: Iterable[jax.Array]) -> jax.Array:
  """Layers (N, H, W, maps), each pooled to the smallest's size.

  Returns:
    (N, h, w, all maps), at each place those of each layer scaled to length 1.
  """
  layers = list(layers)
  least = min(x.shape[1:-1] for x in layers)
  return jnp.concatenate([_unit(_pool(x, least)) for x in layers], -1)


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
