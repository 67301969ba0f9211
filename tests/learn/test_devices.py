"""Several devices compute what one does, whichever learner it is."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxfer import parallel
from jaxfer.configs import base
from jaxfer.learn import contrad, contrastive, learners
from jaxfer.learn.gan import dcgan
from jaxfer.learn.views import NUMBERS

SIZE, BATCH, LATENT, FRAMES = 16, 8, 6, 4


def create(name, labels, axis_name=None, dtype=jnp.float64):
  gan = base.get_config().gan
  gan.update(learner=name, width=4, latent=LATENT)
  gan.contrast.update(hidden=8, out=4)
  gan.clip.frames = FRAMES
  gan.background = True
  learner, state = learners.create(
    gan, image_size=SIZE, seed=0, labels=labels, axis_name=axis_name
  )
  return learner, jax.tree.map(
    lambda x: x.astype(dtype) if x.dtype == jnp.float32 else x, state
  )


def data(name, labels, dtype):
  """What a step of the learner is given, (N, …) each."""
  rng = np.random.default_rng(0)
  time = (FRAMES,) if name == "clip_dcgan" else ()
  batch = [rng.uniform(-1, 1, (BATCH, *time, SIZE, SIZE, 3))]
  if name != "contrastive":
    batch.append(rng.normal(size=(BATCH, LATENT)))
  if name in ("contrastive", "contrad"):
    views = 3 if name == "contrad" else 2
    batch.append(rng.uniform(size=(BATCH, views, NUMBERS)))
  if labels:  # one of so many classes, which travels with the image
    batch.append(np.eye(labels)[np.arange(BATCH) % labels])
  return [x.astype(dtype) for x in batch]


def step_of(learner):
  if isinstance(learner, contrastive.Contrastive):
    pace = jnp.ones(()) / 2
    return lambda state, *batch: contrastive.train_step(
      learner, state, *batch, pace
    )
  step = contrad if isinstance(learner, contrad.ContraD) else dcgan
  return functools.partial(step.train_step, learner)


def both(name, labels, count, dtype, steps):
  """States and scalars after so many steps of one device, and of several."""
  batch = data(name, labels, dtype)
  learner, alone = create(name, labels, dtype=dtype)
  one_step = jax.jit(step_of(learner))
  for _ in range(steps):
    alone, expected = one_step(alone, *map(jnp.asarray, batch))
  devices = jax.devices()[:count]
  learner, state = create(name, labels, parallel.AXIS, dtype)
  mapped = parallel.map_devices(
    step_of(learner), devices, batched=(True,) * len(batch)
  )
  state = parallel.replicate(state, devices)
  for _ in range(steps):
    split = [x.reshape(count, -1, *x.shape[1:]) for x in batch]
    state, scalars = mapped(state, *split)
  return (alone, expected), (state, scalars)


def slow(*case):
  return pytest.param(*case, marks=pytest.mark.slow)


@pytest.mark.parametrize(
  ("name", "labels", "count"),
  [
    *(("dcgan", labels, count) for labels in (0, 3) for count in (1, 2, 4)),
    *(("contrastive", 0, count) for count in (2, 4)),
    ("contrad", 0, 4),
    *(slow("clip_dcgan", 0, count) for count in (2, 4)),
  ],
)
def test_any_number_of_devices_computes_the_same_three_steps(
  float64, name, labels, count
):
  (alone, expected), (state, scalars) = both(
    name, labels, count, jnp.float64, steps=3
  )
  within = 1e-9 if name in ("contrastive", "contrad") else 1e-10
  for scalar, value in expected.items():
    assert float(scalars[scalar]) == pytest.approx(float(value), rel=within)
  jax.tree.map(
    lambda a, b: np.testing.assert_allclose(a, b, rtol=0, atol=within),
    jax.tree.map(np.asarray, state),
    jax.tree.map(np.asarray, alone),
  )


def test_float32_losses_and_gradients_are_close_on_four_devices():
  (alone, expected), (state, scalars) = both(
    "dcgan", 0, 4, jnp.float32, steps=1
  )
  for name in ("loss_d", "loss_g"):
    assert float(scalars[name]) == pytest.approx(float(expected[name]), 1e-5)
  for ours, theirs in ((state.gen, alone.gen), (state.disc, alone.disc)):
    moments = [jax.tree.leaves(net.opt_state[0].mu) for net in (ours, theirs)]
    for a, b in zip(*moments, strict=True):
      assert np.linalg.norm(a - b) <= 1e-4 * np.linalg.norm(b) + 1e-9


def test_a_batch_that_cannot_be_split_is_refused_with_both_numbers():
  with pytest.raises(ValueError, match=r"gan\.batch=130 .* 4 devices.*128"):
    parallel.check_divisible(130, 4)
