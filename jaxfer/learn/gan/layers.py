"""The layers that both networks are built of."""

from __future__ import annotations

import math

import jax
import jax.numpy as jnp
from flax import nnx

from jaxfer.learn.gan import batch_norm, convolutions

INIT_STDDEV = 0.02
# The share of the old running statistics that one update keeps.
MOMENTUM = 0.9

Dtype = jnp.dtype | None


class Strided(nnx.Module):
  """A strided convolution or its transpose, with a bias where no norm follows.

  The kernel is of 4×4 pixels, or with `rank` 3 of 4×4×4.
  """

  def __init__(
    self,
    fan_in: int,
    fan_out: int,
    bias: bool,
    dtype: Dtype,
    rngs: nnx.Rngs,
    rank: int,
    *,
    up: bool,
  ):
    # A transpose has the kernel of what it transposes.
    maps = (fan_out, fan_in) if up else (fan_in, fan_out)
    self.kernel = nnx.Param(normal(rngs, (*(4,) * rank, *maps)))
    self.bias = nnx.Param(jnp.zeros((fan_out,))) if bias else None
    self.dtype, self.up = dtype, up

  def __call__(self, x: jax.Array) -> jax.Array:
    """Doubles or halves the sides of (N, H, W, fan_in)."""
    x, kernel = cast(self.dtype, x, self.kernel[...])
    apply = convolutions.up if self.up else convolutions.down
    return add(apply(x, kernel), self.bias)


class Norm(nnx.Module):
  """Batch norm and the activation after it."""

  def __init__(
    self, maps: int, slope: float, axis_name: str | None, rngs: nnx.Rngs
  ):
    self.mean = nnx.BatchStat(jnp.zeros((maps,)))
    self.var = nnx.BatchStat(jnp.ones((maps,)))
    # Radford's own code starts the scales at N(1, 0.02).
    drawn = jax.random.normal(rngs.params(), (maps,))
    self.scale = nnx.Param(1 + INIT_STDDEV * drawn)
    self.bias = nnx.Param(jnp.zeros((maps,)))
    self.slope, self.axis_name = slope, axis_name

  def __call__(self, x: jax.Array, *, train: bool, parts: int = 1) -> jax.Array:
    """Normalises each of the parts of (N, H, W, maps) by itself in training.

    Otherwise by the running statistics, which the first part moves in training.
    """
    scale, bias = self.scale[...], self.bias[...]
    mean, var = self.mean[...], self.var[...]
    if not train:
      return batch_norm.apply(x, mean, var, scale, bias, self.slope)
    y, means, variances = batch_norm.train(  # pyright: ignore  (custom_vjp)
      x, scale, bias, self.slope, parts, self.axis_name
    )
    self.mean[...] = MOMENTUM * mean + (1 - MOMENTUM) * means[0]
    self.var[...] = MOMENTUM * var + (1 - MOMENTUM) * variances[0]
    return y


def normal(rngs: nnx.Rngs, shape: tuple[int, ...]) -> jax.Array:
  """Initial weights of the shape, with mean 0."""
  # Drawn flat: with the kernel's own shape, XLA:CPU compiles for seconds.
  flat = jax.random.normal(rngs.params(), (math.prod(shape),))
  return INIT_STDDEV * flat.reshape(shape)


def cast(dtype: Dtype, *arrays: jax.Array) -> list[jax.Array]:
  """The arrays in the type; as they are for None."""
  return [x if dtype is None else x.astype(dtype) for x in arrays]


def add(x: jax.Array, bias: nnx.Param | None) -> jax.Array:
  """Adds a bias (maps,) to each place of (..., maps), if there is one.

  In the bias's own type, which its gradient is then summed in.
  """
  if bias is None:
    return x
  total = x + bias[...].reshape((1,) * (x.ndim - 1) + (-1,))
  return total.astype(x.dtype)
