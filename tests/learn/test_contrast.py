"""The losses of contrast against plain definitions, and over devices."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxfer import parallel
from jaxfer.learn import contrast

T = 0.2


def on_sphere(*shape, seed=0):
  x = np.random.default_rng(seed).normal(size=shape)
  return x / np.linalg.norm(x, axis=-1, keepdims=True)


def plain_nt_xent(views):
  """Pair by pair, as the equation reads."""
  z = np.concatenate(views)
  count = len(z) // 2
  losses = []
  for i in range(len(z)):
    j = (i + count) % len(z)
    others = [np.exp(z[i] @ z[k] / T) for k in range(len(z)) if k != i]
    losses.append(-np.log(np.exp(z[i] @ z[j] / T) / sum(others)))
  return np.mean(losses)


def plain_fakes(reals, fakes):
  losses = []
  for i, one in enumerate(fakes):
    others = [f for k, f in enumerate(fakes) if k != i]
    total = sum(np.exp(one @ z / T) for z in [*others, *reals])
    losses += [-np.log(np.exp(one @ z / T) / total) for z in others]
  return np.mean(losses)


def test_nt_xent_is_the_plain_definition(float64):
  views = on_sphere(2, 5, 7)
  loss, _ = contrast.nt_xent(jnp.asarray(views), T)
  assert float(loss) == pytest.approx(plain_nt_xent(views), rel=1e-12)


def test_fakes_together_is_the_plain_definition(float64):
  reals, fakes = on_sphere(6, 4), on_sphere(3, 4, seed=1)
  loss = contrast.fakes_together(jnp.asarray(reals), jnp.asarray(fakes), T)
  assert float(loss) == pytest.approx(plain_fakes(reals, fakes), rel=1e-12)


def test_of_views_that_are_all_alike_the_loss_is_a_guess(float64):
  views = jnp.ones((2, 4, 3)) / 3**0.5
  loss, _ = contrast.nt_xent(views, T)
  assert float(loss) == pytest.approx(np.log(7))


def test_views_that_match_are_cheap_and_counted(float64):
  view = on_sphere(6, 8)
  same, matched = contrast.nt_xent(jnp.asarray([view, view]), T)
  wrong, none = contrast.nt_xent(jnp.asarray([view, view[::-1]]), T)
  assert matched == 1
  assert none == 0
  assert same < 1 < wrong


@pytest.mark.parametrize("count", [2, 4])
def test_devices_compare_with_the_views_of_all(float64, count):
  views, fakes = on_sphere(8, 2, 5), on_sphere(8, 5, seed=1)

  def losses(views, fakes, axis_name):
    def both(views, fakes):
      pair = views.swapaxes(0, 1)
      loss, matched = contrast.nt_xent(pair, T, axis_name)
      reals = views.reshape(-1, views.shape[-1])
      return loss + contrast.fakes_together(reals, fakes, T, axis_name), matched

    (loss, matched), grads = jax.value_and_grad(both, (0, 1), has_aux=True)(
      views, fakes
    )
    return parallel.mean((loss, matched), axis_name), grads

  alone, grads = losses(jnp.asarray(views), jnp.asarray(fakes), None)
  split = [x.reshape(count, -1, *x.shape[1:]) for x in (views, fakes)]
  spread = jax.pmap(
    lambda *parts: losses(*parts, parallel.AXIS),
    axis_name=parallel.AXIS,
    devices=jax.devices()[:count],
  )
  found, parts = spread(*split)
  for ours, theirs in zip(found, alone, strict=True):
    np.testing.assert_allclose(ours[0], theirs, rtol=1e-12)
  for ours, theirs in zip(parts, grads, strict=True):
    # Of a mean over devices each has its share of the gradient.
    ours = np.asarray(ours).reshape(theirs.shape) / count
    np.testing.assert_allclose(ours, theirs, rtol=1e-10, atol=1e-13)
