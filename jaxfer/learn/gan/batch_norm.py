"""Batch normalisation and its activation, as one differentiable function.

The maps between two convolutions are what a training step moves through memory,
and the derivative decides how often. Here it takes two passes over the input
and the gradient: one for the two sums that it needs, and one for the result,
the activation's own derivative worked out anew in both. Automatic
differentiation stores intermediate maps besides, and takes half as many passes
again (`benchmarks/NOTES.md`).

Reference: Ioffe & Szegedy, arXiv:1502.03167, section 3.
"""

from __future__ import annotations

import functools
from collections.abc import Callable

import jax
import jax.numpy as jnp
from jax import lax

from jaxfer import parallel

EPSILON = 1e-5


@jax.named_scope("batch_norm")
def apply(
  x: jax.Array,
  mean: jax.Array,
  var: jax.Array,
  scale: jax.Array,
  bias: jax.Array,
  slope: float,
) -> jax.Array:
  """Normalises (N, …, C) by given statistics (C,), and activates.

  The result is multiplied by `scale` and moved by `bias`, (C,) both; `slope` is
  the activation's below zero, 0 a ReLU. It has the type of `x`, and is computed
  in at least float32.
  """
  split, spread = _split(x, 1)
  mean, factor, bias = map(spread, (mean, _rescale(var) * scale, bias))
  maps = (split - mean) * factor + bias
  return _activate(maps, slope).astype(x.dtype).reshape(x.shape)


@functools.partial(jax.custom_vjp, nondiff_argnums=(3, 4, 5))
def train(
  x: jax.Array,
  scale: jax.Array,
  bias: jax.Array,
  slope: float,
  parts: int,
  axis_name: str | None,
) -> tuple[jax.Array, jax.Array, jax.Array]:
  """Normalises by the batch's own statistics, and activates; else as `apply`.

  `x` is (parts · N, …, C): each part, one behind the other, is normalised by
  itself. Statistics are taken over the devices of `axis_name` too.

  Returns:
    The maps, of the shape and type of `x`; mean and variance (parts, C), of at
    least float32, which are not differentiated.
  """
  return _forward(x, scale, bias, slope, parts, axis_name)[0]


@jax.named_scope("batch_norm")
def _forward(x, scale, bias, slope, parts, axis_name):
  split, spread = _split(x, parts)
  places = tuple(range(1, split.ndim - 1))
  # Both moments in one pass, and in one message between devices.
  moments = jnp.stack([split.mean(places), (split * split).mean(places)])
  mean, square = parallel.mean(moments, axis_name)
  var = jnp.maximum(square - mean * mean, 0)  # rounding may make it negative
  factor = spread(_rescale(var)) * spread(scale)
  maps = (split - spread(mean)) * factor + spread(bias)
  y = _activate(maps, slope).astype(x.dtype).reshape(x.shape)
  return (y, mean, var), (x, mean, var, scale, bias)


@jax.named_scope("batch_norm")
def _backward(slope, parts, axis_name, saved, gradients):
  x, mean, var, scale, bias = saved
  split, spread = _split(x, parts)
  gradient, _ = _split(gradients[0], parts)
  centred = split - spread(mean)
  rescale = spread(_rescale(var))
  factor = rescale * spread(scale)
  positive = centred * factor + spread(bias) >= 0
  gradient = jnp.where(positive, gradient, slope * gradient)
  unit = centred * rescale
  places = tuple(range(1, split.ndim - 1))
  sums = jnp.stack([gradient.sum(places), (gradient * unit).sum(places)])
  # Every device's input moves the statistics that all share.
  count = split.size // (parts * split.shape[-1])
  means = parallel.mean(sums / count, axis_name)
  along = spread(means[0]) + unit * spread(means[1])
  dx = (factor * (gradient - along)).astype(x.dtype).reshape(x.shape)
  dbias, dscale = sums.sum(1)
  return dx, dscale, dbias


train.defvjp(_forward, _backward)


def _split(
  x: jax.Array, parts: int
) -> tuple[jax.Array, Callable[[jax.Array], jax.Array]]:
  """(parts · N, H, W, C) to (parts, N, H, W, C), of at least float32.

  And what makes (parts, C), or (C,) of all, go with it.
  """
  wide = x.astype(jnp.promote_types(x.dtype, jnp.float32))
  split = wide.reshape(parts, -1, *x.shape[1:])
  ones = (1,) * (split.ndim - 2)
  return split, lambda y: y.reshape(-1, *ones, y.shape[-1])


def _rescale(var: jax.Array) -> jax.Array:
  return lax.rsqrt(var + EPSILON)


def _activate(x: jax.Array, slope: float) -> jax.Array:
  return jnp.where(x >= 0, x, slope * x)
