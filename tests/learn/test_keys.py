"""No two uses of randomness share a key."""

import jax
import numpy as np
import pytest
from flax import nnx

from jaxfer.configs import base
from jaxfer.learn import keys, learners, program, sample
from jaxfer.learn.keys import Purpose

GAN = base.get_config().gan
GAN.update(width=2, latent=5, batch=4)
SIZE = 16


@pytest.fixture
def drawn(monkeypatch):
  """The data of every key that something is drawn with, in order."""
  seen, normal = [], jax.random.normal

  def noted(key, *rest):
    jax.debug.callback(
      lambda data: seen.append(tuple(np.asarray(data).tolist())),
      jax.random.key_data(jax.random.clone(key)),
    )
    return normal(key, *rest)

  monkeypatch.setattr(jax.random, "normal", noted)
  jax.clear_caches()
  yield seen
  jax.clear_caches()


def train(seed, steps):
  """Weights, and so many steps, of a conditional DCGAN."""
  labels = np.eye(3, dtype=np.int8)[np.arange(9) % 3]
  faces = np.zeros((9, SIZE, SIZE, 3), np.uint8)
  dcgan, state = learners.create(
    GAN, image_size=SIZE, seed=seed, labels=3, axis_name="devices"
  )
  call = program.several_steps(
    dcgan, faces, labels, GAN, seed, jax.devices()[:1], steps
  )
  state = jax.device_put(jax.device_get(state), jax.devices()[0])
  for step in range(steps):
    state, _ = call(state, step, 1)
  jax.block_until_ready(state)


def test_all_keys_of_a_training_differ(drawn):
  train(seed=0, steps=6)
  for purpose in (Purpose.GRID, Purpose.LOOK, Purpose.FACES, Purpose.PATHS):
    sample.latents(0, 3, GAN.latent, purpose)
  jax.effects_barrier()
  assert len(set(drawn)) == len(drawn)
  # Of G 3 kernels, 2 scales and the labels'; of D 2, 1, the head and the
  # labels'; the steps; and the four draws of latents.
  assert len(drawn) == 6 + 5 + 6 + 4


def test_keys_of_purposes_numbers_and_neighbouring_seeds_differ():
  found = set()
  for seed in range(3):
    for purpose in Purpose:
      key = keys.of(seed, purpose)
      every = [key, *(jax.random.fold_in(key, step) for step in range(40))]
      found |= {tuple(jax.random.key_data(k).tolist()) for k in every}
  assert len(found) == 3 * len(Purpose) * 41


def test_of_fewer_latents_there_are_the_first():
  many = sample.latents(3, 7, 5)
  np.testing.assert_array_equal(many[:4], sample.latents(3, 4, 5))
  assert not (many == sample.latents(3, 7, 5, Purpose.GRID)).any()


def test_a_key_that_is_used_twice_is_an_error():
  key = jax.random.key(0)
  jax.random.normal(key)
  with pytest.raises(jax.errors.KeyReuseError):
    jax.random.split(key)


def test_flax_folds_and_never_splits_its_keys():
  """A key of a network is its number folded in, as `keys` takes for granted."""
  key = keys.of(0, Purpose.GENERATOR)
  rngs = nnx.Rngs(params=key)
  for number in range(3):
    own = jax.random.fold_in(jax.random.clone(key), number)
    np.testing.assert_array_equal(
      jax.random.key_data(rngs.params()), jax.random.key_data(own)
    )
