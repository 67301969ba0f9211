"""A network in training, whatever learner it belongs to."""

from __future__ import annotations

import dataclasses
import functools
from typing import Any, TypeVar

import jax
import optax
from flax import nnx

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

  Attributes:
    kind: class of the module.
    options: what it is made with, but for `rngs`.
  """

  kind: Any
  options: tuple[tuple[str, Any], ...]

  @classmethod
  def of(cls, kind: type[nnx.Module], **options: Any) -> Network:
    """The network of a module made with these options."""
    return cls(kind, tuple(options.items()))

  def init(self, key: jax.Array, optimizer: tuple[float, float]) -> NetState:
    """Its initial leaves.

    Args:
      key: fixes the weights.
      optimizer: what `adam` takes.
    """
    return _initial(self, key, optimizer)

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


def adam(learning_rate: float, beta1: float) -> optax.GradientTransformation:
  """The optimizer of every network."""
  return optax.adam(learning_rate, b1=beta1)


@jax.named_scope("update")
def update(
  optimizer: tuple[float, float], net: NetState, grads: Tree, batch_stats: Tree
) -> NetState:
  """The network after a step of its optimizer.

  Args:
    optimizer: what `adam` takes.
    net: the network before.
    grads: of its weights.
    batch_stats: its new running statistics.
  """
  updates, opt_state = adam(*optimizer).update(grads, net.opt_state, net.params)
  params = optax.apply_updates(net.params, updates)
  return NetState(params, batch_stats, opt_state)


def start_from(state: S, other: S) -> S:
  """A new training that starts from another one's weights.

  Args:
    state: an initial state; its step and optimizer states are kept.
    other: the state whose weights and batch statistics are taken; of the same
      networks.
  """
  taken = {
    name: dataclasses.replace(theirs, opt_state=getattr(state, name).opt_state)
    for name, theirs in vars(other).items()
    if isinstance(theirs, NetState)
  }
  return dataclasses.replace(state, **taken)  # pyright: ignore


def parameter_counts(state: Any) -> list[tuple[str, int]]:
  """Each network in full words, and its number of trainable numbers.

  Args:
    state: of a learner, or its shapes.
  """
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
def _initial(
  network: Network, key: jax.Array, optimizer: tuple[float, float]
) -> NetState:
  module = network.module(nnx.Rngs(params=key))
  _, params, batch_stats = nnx.split(module, nnx.Param, nnx.BatchStat)
  params, batch_stats = map(nnx.to_pure_dict, (params, batch_stats))
  return NetState(params, batch_stats, adam(*optimizer).init(params))
