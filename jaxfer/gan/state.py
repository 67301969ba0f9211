"""The state of a DCGAN in training: one pytree, and how it begins."""

from __future__ import annotations

import dataclasses
import functools
from typing import Any

import jax
import jax.numpy as jnp
import optax
from flax import nnx

from jaxfer.gan import keys, networks
from jaxfer.gan.keys import Purpose

Tree = Any  # nested dictionaries of arrays


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class NetState:
  """One network: weights, running batch statistics, optimizer state."""

  params: Tree
  batch_stats: Tree
  opt_state: Any


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class GANState:
  """Everything that training changes; the only thing checkpointed.

  Attributes:
    step: () int32, the number of steps taken.
    gen: the generator.
    disc: the discriminator.
  """

  step: jax.Array
  gen: NetState
  disc: NetState


@dataclasses.dataclass(frozen=True)
class Network:
  """A Flax module as a pure function of its leaves.

  The module is split once; each call merges, computes and splits again, so
  that the state stays a plain pytree of arrays.
  """

  graph: nnx.GraphDef

  def __call__(
    self,
    params: Tree,
    batch_stats: Tree,
    x: jax.Array,
    labels: jax.Array | None = None,
    *,
    train: bool,
    **how: int,
  ) -> tuple[Any, Tree]:
    """Returns the module's output and its new running statistics."""
    # copy: inside a transformation the merged variables must be new ones.
    module = nnx.merge(self.graph, params, batch_stats, copy=True)
    out = module(x, labels, train=train, **how)
    return out, nnx.to_pure_dict(nnx.state(module, nnx.BatchStat))


@dataclasses.dataclass(frozen=True)
class DCGAN:
  """The two networks and the optimizer that both use."""

  gen: Network
  disc: Network
  optimizer: optax.GradientTransformation
  latent: int


def create(
  gan: Any,
  *,
  image_size: int,
  seed: int,
  labels: int = 0,
  axis_name: str | None = None,
  compute: str = "float32",
) -> tuple[DCGAN, GANState]:
  """Builds the networks and their initial state.

  Args:
    gan: the config's `gan` section: width, latent, learning_rate, beta1.
    image_size: height and width of the images in pixels.
    seed: fixes the initial weights.
    labels: length of the vector of labels that both networks are told; 0:
      none. Weights that both kinds have begin alike.
    axis_name: device axis of synchronised batch norm, or None.
    compute: what convolutions are computed in, `bfloat16`, or `float32`: the
      type of the weights.

  Returns:
    The functions, and a state at step 0 in float32.
  """
  common = {
    "image_size": image_size,
    "channels": 3,
    "width": gan.width,
    "labels": labels,
    "axis_name": axis_name,
    "dtype": None if compute == "float32" else jnp.dtype(compute),
  }
  adam = gan.learning_rate, gan.beta1
  gen = _Recipe.of(networks.Generator, adam, latent=gan.latent, **common)
  disc = _Recipe.of(networks.Discriminator, adam, **common)
  dcgan = DCGAN(gen.network(), disc.network(), gen.optimizer(), gan.latent)
  step = jnp.zeros((), jnp.int32)
  return dcgan, GANState(
    step,
    _initial(gen, keys.of(seed, Purpose.GENERATOR)),
    _initial(disc, keys.of(seed, Purpose.DISCRIMINATOR)),
  )


def shapes(gan: Any, *, image_size: int, labels: int = 0) -> GANState:
  """The state that `create` would make, of shapes and types alone."""
  return jax.eval_shape(
    lambda: create(gan, image_size=image_size, seed=0, labels=labels)[1]
  )


def start_from(state: GANState, other: GANState) -> GANState:
  """A new training that starts from another one's weights.

  Args:
    state: an initial state; its step and optimizer states are kept.
    other: the state whose weights and batch statistics are taken; of the same
      networks.
  """

  def take(own: NetState, theirs: NetState) -> NetState:
    return dataclasses.replace(
      own, params=theirs.params, batch_stats=theirs.batch_stats
    )

  return dataclasses.replace(
    state, gen=take(state.gen, other.gen), disc=take(state.disc, other.disc)
  )


def parameter_count(params: Tree) -> int:
  """Number of trainable numbers in a tree of arrays (or their shapes)."""
  return sum(leaf.size for leaf in jax.tree.leaves(params))


@dataclasses.dataclass(frozen=True)
class _Recipe:
  """What a network is made of; equal ones begin by one compiled program."""

  kind: type[networks.Generator] | type[networks.Discriminator]
  adam: tuple[float, float]
  options: tuple[tuple[str, Any], ...]

  @classmethod
  def of(cls, kind: Any, adam: tuple[float, float], **options: Any) -> _Recipe:
    return cls(kind, adam, tuple(options.items()))

  def module(self, rngs: nnx.Rngs) -> nnx.Module:
    return self.kind(rngs=rngs, **dict(self.options))

  def network(self) -> Network:
    """The module as a function of its leaves."""
    shapes = nnx.eval_shape(lambda: self.module(nnx.Rngs(params=0)))
    graph, *_ = nnx.split(shapes, nnx.Param, nnx.BatchStat)
    return Network(graph)

  def optimizer(self) -> optax.GradientTransformation:
    learning_rate, beta1 = self.adam
    return optax.adam(learning_rate, b1=beta1)


# Compiled whole: one by one, the initialisers take seconds.
@functools.partial(jax.jit, static_argnums=0)
def _initial(recipe: _Recipe, key: jax.Array) -> NetState:
  """The initial leaves."""
  module = recipe.module(nnx.Rngs(params=key))
  _, params, batch_stats = nnx.split(module, nnx.Param, nnx.BatchStat)
  params = nnx.to_pure_dict(params)
  batch_stats = nnx.to_pure_dict(batch_stats)
  return NetState(params, batch_stats, recipe.optimizer().init(params))
