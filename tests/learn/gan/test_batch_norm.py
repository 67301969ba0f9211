"""Batch norm with its activation, against Flax's and automatic derivatives."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from jaxfer.learn.gan import batch_norm

SLOPE = 0.2


pytestmark = pytest.mark.usefixtures("float64")


def arrays(parts=1, count=4, maps=5):
  keys = jax.random.split(jax.random.key(0), 4)
  x = 3 + 2 * jax.random.normal(keys[0], (parts * count, 3, 2, maps))
  scale = 1 + jax.random.normal(keys[1], (maps,))
  bias = jax.random.normal(keys[2], (maps,))
  return x, scale, bias, jax.random.normal(keys[3], x.shape)


def flax_norm(x, scale, bias):
  norm = nnx.BatchNorm(
    x.shape[-1],
    momentum=0.0,
    epsilon=batch_norm.EPSILON,
    param_dtype=jnp.float64,
    rngs=nnx.Rngs(0),
  )
  norm.scale[...], norm.bias[...] = scale, bias
  norm.mean, norm.var = (nnx.BatchStat(jnp.zeros_like(bias)) for _ in range(2))
  y = nnx.leaky_relu(norm(x), SLOPE)
  return y, norm.mean[...], norm.var[...]


def ours(x, scale, bias, parts=1):
  return batch_norm.train(x, scale, bias, SLOPE, parts, None)


def test_it_gives_what_flax_gives():
  x, scale, bias, _ = arrays()
  y, (mean,), (var,) = ours(x, scale, bias)
  expected, flax_mean, flax_var = flax_norm(x, scale, bias)
  np.testing.assert_allclose(y, expected, atol=1e-12)
  np.testing.assert_allclose(mean, flax_mean, atol=1e-12)
  np.testing.assert_allclose(var, flax_var, rtol=1e-12)


def test_the_written_derivative_is_the_automatic_one_of_flax():
  *inputs, gradient = arrays()
  written = jax.vjp(lambda *a: ours(*a)[0], *inputs)[1](gradient)
  automatic = jax.vjp(lambda *a: flax_norm(*a)[0], *inputs)[1](gradient)
  for a, b in zip(written, automatic, strict=True):
    np.testing.assert_allclose(a, b, atol=1e-12)


def test_parts_are_normalised_and_differentiated_as_if_each_came_alone():
  x, scale, bias, gradient = arrays(parts=2)
  y, mean, _ = ours(x, scale, bias, parts=2)
  dx, *shared = jax.vjp(lambda *a: ours(*a, parts=2)[0], x, scale, bias)[1](
    gradient
  )
  each = []
  for i, half in enumerate(jnp.split(x, 2)):
    alone, own_mean, _ = ours(half, scale, bias)
    np.testing.assert_allclose(jnp.split(y, 2)[i], alone, atol=1e-12)
    np.testing.assert_allclose(mean[i], own_mean[0], atol=1e-12)
    pull = jax.vjp(lambda *a: ours(*a)[0], half, scale, bias)[1]
    each.append(pull(jnp.split(gradient, 2)[i]))
    np.testing.assert_allclose(jnp.split(dx, 2)[i], each[i][0], atol=1e-12)
  for ours_, first, second in zip(shared, *(e[1:] for e in each), strict=True):
    np.testing.assert_allclose(ours_, first + second, atol=1e-12)


def test_what_it_learnt_in_training_is_what_it_applies():
  x, scale, bias, _ = arrays()
  y, (mean,), (var,) = ours(x, scale, bias)
  applied = batch_norm.apply(x, mean, var, scale, bias, SLOPE)
  np.testing.assert_allclose(applied, y, atol=1e-12)


def test_half_precision_is_normalised_in_float32():
  x, scale, bias, _ = arrays()
  # Far from zero a sum of squares in bfloat16 would lose the variance.
  x = (100 + x).astype(jnp.bfloat16)
  scale, bias = scale.astype(jnp.float32), bias.astype(jnp.float32)
  y, _, (var,) = ours(x, scale, bias)
  assert y.dtype == jnp.bfloat16
  assert var.dtype == jnp.float32
  exact = x.astype(jnp.float64).var((0, 1, 2))
  np.testing.assert_allclose(var, exact, rtol=0.02)
