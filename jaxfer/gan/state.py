"""The state of a DCGAN in training: one pytree, and how it begins."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import optax
from flax import nnx

from jaxfer.gan import networks

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
  gen_key, disc_key = jax.random.split(jax.random.key(seed))
  common = {
    "image_size": image_size,
    "channels": 3,
    "width": gan.width,
    "labels": labels,
    "axis_name": axis_name,
    "dtype": None if compute == "float32" else jnp.dtype(compute),
  }

  def make_gen(rngs: nnx.Rngs) -> nnx.Module:
    return networks.Generator(latent=gan.latent, rngs=rngs, **common)

  def make_disc(rngs: nnx.Rngs) -> nnx.Module:
    return networks.Discriminator(rngs=rngs, **common)

  optimizer = optax.adam(gan.learning_rate, b1=gan.beta1)
  gen_network, gen_state = _split(make_gen, gen_key, optimizer)
  disc_network, disc_state = _split(make_disc, disc_key, optimizer)
  dcgan = DCGAN(gen_network, disc_network, optimizer, gan.latent)
  return dcgan, GANState(jnp.zeros((), jnp.int32), gen_state, disc_state)


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


def _split(
  make: Callable[[nnx.Rngs], nnx.Module],
  key: jax.Array,
  optimizer: optax.GradientTransformation,
) -> tuple[Network, NetState]:
  """A module as functions of its leaves, and its initial leaves."""

  # Compiled whole: one by one, the initialisers take seconds.
  @jax.jit
  def initial(key: jax.Array) -> NetState:
    module = make(nnx.Rngs(params=key))
    _, params, batch_stats = nnx.split(module, nnx.Param, nnx.BatchStat)
    params = nnx.to_pure_dict(params)
    batch_stats = nnx.to_pure_dict(batch_stats)
    return NetState(params, batch_stats, optimizer.init(params))

  shapes = nnx.eval_shape(lambda: make(nnx.Rngs(params=0)))
  graph, *_ = nnx.split(shapes, nnx.Param, nnx.BatchStat)
  return Network(graph), initial(key)
