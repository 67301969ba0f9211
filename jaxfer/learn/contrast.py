"""Contrast between views: losses, and the head that they are taken behind.

Of several devices each holds its share of the faces; every view is compared
with those of all devices.
"""

from __future__ import annotations

import itertools
from typing import Any

import jax
import jax.numpy as jnp
from flax import nnx

from jaxfer import parallel
from jaxfer.learn.gan import sizes
from jaxfer.learn.gan.layers import normal
from jaxfer.learn.networks import Network


class Head(nnx.Module):
  """Vectors to places on a sphere, by linear maps with a ReLU between.

  `sides` are lengths: of the vectors, of hidden layers, and of the result.
  """

  def __init__(self, *, sides: tuple[int, ...], rngs: nnx.Rngs):
    self.layers = len(sides) - 1
    for i, shape in enumerate(itertools.pairwise(sides), 1):
      setattr(self, f"kernel{i}", nnx.Param(normal(rngs, shape)))
      setattr(self, f"bias{i}", nnx.Param(jnp.zeros((shape[1],))))

  def __call__(self, x: jax.Array, *, train: bool) -> jax.Array:
    """Maps (N, D) to (N, d) of length 1; in training as otherwise."""
    for i in range(1, self.layers + 1):
      x = nnx.relu(x) if i > 1 else x
      bias = getattr(self, f"bias{i}")[...]
      x = x @ getattr(self, f"kernel{i}")[...] + bias.reshape(1, -1)
    return x * jax.lax.rsqrt((x * x).sum(1, keepdims=True) + 1e-12)


def head(learner: Any) -> Network:
  """The head behind a learner's trunk, of its `hidden` and `out` numbers."""
  sides = sizes.vector_length(learner.image_size, learner.width)
  return Network.of(Head, sides=(sides, learner.hidden, learner.out))


def nt_xent(
  views: jax.Array, temperature: float, axis_name: str | None = None
) -> tuple[jax.Array, jax.Array]:
  """Each view is to be told by the other view of its face, among all others.

    mean over i of -log (exp(s_ij / t) / sum over k ≠ i of exp(s_ik / t))

  where j is the other view of i's face, s the inner product, and t the
  temperature; `views` are (2, N, d) of length 1, two of each of this device's
  faces.

  Returns:
    The loss of this device's views, and the share of them that are nearer to
    their other view than to any view of another face.

  Chen et al., arXiv:2002.05709, equation 1.
  """
  _, count, _ = views.shape
  every = jnp.concatenate([parallel.gather(v, axis_name) for v in views])
  total = len(every) // 2
  own = parallel.share(jnp.arange(total), axis_name)
  rows = jnp.concatenate([own, own + total])
  partner = jnp.concatenate([own + total, own])
  near = views.reshape(2 * count, -1) @ every.T / temperature
  columns = jnp.arange(2 * total)[None]
  near = jnp.where(columns == rows[:, None], -jnp.inf, near)
  right = jnp.take_along_axis(near, partner[:, None], 1).squeeze(1)
  loss = (jax.nn.logsumexp(near, axis=1) - right).mean()
  return loss, (right >= near.max(axis=1)).astype(loss.dtype).mean()


def fakes_together(
  reals: jax.Array,
  fakes: jax.Array,
  temperature: float,
  axis_name: str | None = None,
) -> jax.Array:
  """Each generated face is to be told by other generated ones, among all.

    mean over i of mean over j ≠ i of
      -log (exp(s_ij / t) / sum over k ≠ i of exp(s_ik / t))

  where i and j are generated, and k is anything; `reals` (M, d) are views of
  this device's real faces, `fakes` (N, d) its generated ones, all of length 1.

  Khosla et al., arXiv:2004.11362, equation 2, with one class whose views are
  told; Jeong & Shin, arXiv:2103.09742.
  """
  others = parallel.gather(fakes, axis_name)
  every = jnp.concatenate([others, parallel.gather(reals, axis_name)])
  rows = parallel.share(jnp.arange(len(others)), axis_name)
  columns = jnp.arange(len(every))[None]
  itself = columns == rows[:, None]
  near = fakes @ every.T / temperature
  all_of_them = jax.nn.logsumexp(jnp.where(itself, -jnp.inf, near), axis=1)
  alike = (columns < len(others)) & ~itself
  mean = jnp.where(alike, near, 0).sum(1) / max(len(others) - 1, 1)
  return (all_of_them - mean).mean()
