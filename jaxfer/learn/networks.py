"""A network in training, whatever learner it belongs to."""

from __future__ import annotations

import dataclasses
import functools
from typing import Any, NamedTuple, TypeVar

import jax
import optax
from flax import nnx

from jaxfer.learn.keys import Purpose

Tree = Any  # nested dictionaries of arrays

S = TypeVar("S")


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class NetState:
  """One network: weights, running batch statistics, optimizer state."""

  params: Tree
  batch_stats: Tree
  opt_state: Any


@dataclasses.dataclass(frozen=True)
class Network:
  """A Flax module as a pure function of its leaves.

  The module is split once; each call merges, computes and splits again, so
  that the state stays a plain pytree of arrays. Equal ones share compiled
  programs.
  """

  kind: Any  # class of the module
  options: tuple[tuple[str, Any], ...]  # what it is made with, but for `rngs`

  @classmethod
  def of(cls, kind: type[nnx.Module], **options: Any) -> Network:
    """The network of a module made with these options."""
    return cls(kind, tuple(options.items()))

  def init(self, key: jax.Array, purpose: Purpose, optimizer: Adam) -> NetState:
    """Its initial leaves by a seed's key, and the optimizer's state."""
    return _initial(self, jax.random.fold_in(key, purpose), optimizer)

  def __call__(
    self,
    params: Tree,
    batch_stats: Tree,
    *inputs: jax.Array | None,
    train: bool,
    **how: int,
  ) -> tuple[Any, Tree]:
    """Returns the module's output and its new running statistics."""
    # copy: inside a transformation the merged variables must be new ones.
    module = nnx.merge(_graph(self), params, batch_stats, copy=True)
    out = module(*inputs, train=train, **how)
    return out, nnx.to_pure_dict(nnx.state(module, nnx.BatchStat))

  def module(self, rngs: nnx.Rngs) -> nnx.Module:
    """The module itself."""
    return self.kind(rngs=rngs, **dict(self.options))


class Adam(NamedTuple):
  """Settings of the optimizer of every network."""

  learning_rate: float  # the greatest
  beta1: float  # decay of the mean gradient
  weight_decay: float = 0.0  # apart from the gradient (AdamW), of kernels alone

  @property
  def transformation(self) -> optax.GradientTransformation:
    """The optimizer itself."""
    if not self.weight_decay:
      return optax.adam(self.learning_rate, b1=self.beta1)
    return optax.adamw(
      self.learning_rate,
      b1=self.beta1,
      weight_decay=self.weight_decay,
      mask=lambda params: jax.tree.map(lambda x: x.ndim > 1, params),
    )


@jax.named_scope("update")
def update(
  optimizer: Adam,
  net: NetState,
  grads: Tree,
  batch_stats: Tree,
  pace: jax.Array | None = None,
) -> NetState:
  """The network after a step of its optimizer, with new running statistics.

  `pace` is the share () of the greatest learning rate, None all of it.
  """
  updates, opt_state = optimizer.transformation.update(
    grads, net.opt_state, net.params
  )
  if pace is not None:
    updates = jax.tree.map(lambda x: (pace * x).astype(x.dtype), updates)
  params = optax.apply_updates(net.params, updates)
  return NetState(params, batch_stats, opt_state)


def start_from(state: S, other: S) -> S:
  """A new training that starts from another one's weights.

  Weights and batch statistics are those of `other`, of the same networks; step
  and optimizer states stay those of the initial `state`.
  """
  taken = {
    name: dataclasses.replace(theirs, opt_state=getattr(state, name).opt_state)
    for name, theirs in vars(other).items()
    if isinstance(theirs, NetState)
  }
  return dataclasses.replace(state, **taken)  # pyright: ignore


def parameter_counts(state: Any) -> list[tuple[str, int]]:
  """By network of a state, in full words, how many numbers are trained."""
  words = {"gen": "generator", "disc": "discriminator"}
  return [
    (words.get(name) or name, sum(x.size for x in jax.tree.leaves(net.params)))
    for name, net in vars(state).items()
    if isinstance(net, NetState)
  ]


@functools.lru_cache
def _graph(network: Network) -> nnx.GraphDef:
  shapes = nnx.eval_shape(lambda: network.module(nnx.Rngs(params=0)))
  return nnx.split(shapes, nnx.Param, nnx.BatchStat)[0]


# Compiled whole: one by one, the initialisers take seconds.
@functools.partial(jax.jit, static_argnums=(0, 2))
def _initial(network: Network, key: jax.Array, optimizer: Adam) -> NetState:
  module = network.module(nnx.Rngs(params=key))
  _, params, batch_stats = nnx.split(module, nnx.Param, nnx.BatchStat)
  params, batch_stats = map(nnx.to_pure_dict, (params, batch_stats))
  return NetState(params, batch_stats, optimizer.transformation.init(params))
