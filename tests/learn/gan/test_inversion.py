"""A generator inverted: what it drew is found again."""

import dataclasses
from types import SimpleNamespace

import jax
import numpy as np
import pytest

from jaxfer import features
from jaxfer.learn import learners, sample
from jaxfer.learn.gan import inversion

GAN = SimpleNamespace(
  learner="dcgan", width=8, latent=4, learning_rate=2e-4, beta1=0.5
)
SIZE, SEED = 16, 3


@pytest.fixture(scope="module")
def inverted():
  """A generator with contrast, the encoder that inverts it, and its state."""
  with pytest.MonkeyPatch.context() as patch:
    patch.setattr(inversion, "_PAIRS", 512)
    dcgan, state = learners.create(GAN, image_size=SIZE, seed=SEED)
    # Weights at their initial size draw one grey for all latents.
    params = jax.tree.map(lambda x: 4 * x, state.gen.params)
    state = dataclasses.replace(
      state, gen=dataclasses.replace(state.gen, params=params)
    )
    drawn = sample.draw(dcgan, state, sample.latents(9, 64, 4))
    net = features.recompute_statistics(
      dcgan, state.disc, drawn, batch=64, devices=jax.devices()[:1]
    )
    encoder = inversion.learn(dcgan, state, net, SEED)
    yield dcgan, state, net, encoder


@pytest.fixture(scope="module")
def drawn(inverted):
  """Latents that the encoder did not learn from, and their faces."""
  dcgan, state, *_ = inverted
  z = np.asarray(sample.latents(9, 150, 4))
  return z, sample.draw(dcgan, state, z)


def test_latents_of_drawn_faces_are_found_again(inverted, drawn):
  z, faces = drawn
  found = inversion.find(*inverted, faces)
  assert 0.5 < inverted[-1].told < 1
  left = [((x - z) ** 2).mean() / z.var() for x in found[:2]]
  assert left[0] < 0.5
  assert left[1] < 0.5 * left[0]


def test_steps_bring_what_is_drawn_nearer_to_a_face(inverted, drawn):
  dcgan, state, *_ = inverted
  _, faces = drawn
  found = inversion.find(*inverted, faces)
  for latents, errors in zip(found[:2], found.errors.T, strict=True):
    again = sample.draw(dcgan, state, latents).astype(float)
    told = ((again - faces) ** 2).mean((1, 2, 3)) / 255**2
    np.testing.assert_allclose(errors, told, atol=2e-4)
  assert np.median(found.errors[:, 1] / found.errors[:, 0]) < 0.5


def test_a_face_is_inverted_by_itself(inverted, drawn):
  _, faces = drawn
  told = []
  every = inversion.find(*inverted, faces, told.append)
  alone = inversion.find(*inverted, faces[140:])
  np.testing.assert_allclose(alone.latents, every.latents[140:], atol=1e-3)
  assert told == [128, 150]


def test_layers_are_of_length_1_at_each_place_and_in_order(inverted, drawn):
  dcgan, state, *_ = inverted
  z, _ = drawn
  parts = [*inversion.maps(dcgan, state, z)]
  assert [len(part) for part in parts] == [128, 22]
  rows = np.concatenate(parts)
  # Two layers, of 16 and 8 maps, at 4×4 places.
  assert rows.shape == (150, 24 * 16)
  lengths = (rows.reshape(150, 24, 16) ** 2).sum(1)
  np.testing.assert_allclose(lengths, 2, rtol=1e-4)
  [few] = inversion.maps(dcgan, state, z[5:8])
  np.testing.assert_allclose(few, rows[5:8], atol=1e-5)


def test_other_seeds_learn_from_other_faces(inverted):
  dcgan, state, net, encoder = inverted
  with pytest.MonkeyPatch.context() as patch:
    patch.setattr(inversion, "_PAIRS", 512)
    again = inversion.learn(dcgan, state, net, SEED)
    other = inversion.learn(dcgan, state, net, SEED + 1)
  np.testing.assert_array_equal(again.kernel, encoder.kernel)
  assert not np.allclose(other.kernel, encoder.kernel)
