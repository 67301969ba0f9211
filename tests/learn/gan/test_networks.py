"""Sizes of the networks, and what they give."""

from types import SimpleNamespace

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxfer.learn import learners, pixels, sample
from jaxfer.learn.gan import dcgan, sizes
from jaxfer.learn.networks import parameter_counts

GAN = SimpleNamespace(
  learner="dcgan", width=4, latent=6, learning_rate=2e-4, beta1=0.5
)


def test_the_papers_size_has_dcgans_parameter_counts():
  # Counted by hand: kernels 4·4·in·out for 3-64-128-256-512, an 8192-long
  # head, two numbers for each normalised map, biases where no norm follows.
  paper = SimpleNamespace(**(vars(GAN) | {"width": 64, "latent": 100}))
  counts = parameter_counts(
    learners.shapes(learners.make(paper, image_size=64))
  )
  convolved = 16 * (3 * 64 + 64 * 128 + 128 * 256 + 256 * 512)
  disc = convolved + 64 + 2 * (128 + 256 + 512) + 8192 + 1
  gen = 100 * 8192 + convolved + 3 + 2 * (512 + 256 + 128 + 64)
  assert disc == 2_765_633
  assert gen == 3_576_707
  assert counts == [("generator", gen), ("discriminator", disc)]


@pytest.mark.parametrize("size", [8, 16, 32])
def test_images_and_features_have_the_sizes_of_the_image(size):
  dcgan, state = learners.create(GAN, image_size=size, seed=0)
  z = jnp.ones((2, GAN.latent))
  images, _ = dcgan.gen(state.gen.params, state.gen.batch_stats, z, train=True)
  assert images.shape == (2, size, size, 3)
  assert float(jnp.abs(images).max()) <= 1
  (logits, out), _ = dcgan.disc(
    state.disc.params, state.disc.batch_stats, images, train=True
  )
  assert logits.shape == (2,)
  deepest = f"conv{sizes.depth(size)}"
  assert out[deepest].shape == (2, 4, 4, 4 * 2 ** (sizes.depth(size) - 1))


@pytest.mark.parametrize("size", [0, 4, 48, 65])
def test_a_size_that_cannot_be_halved_to_4_is_refused(size):
  with pytest.raises(ValueError, match=f"power of two.*got {size}"):
    sizes.depth(size)


def test_weights_begin_at_the_papers_spread_and_depend_on_the_seed():
  kernels = [
    learners.create(GAN, image_size=32, seed=seed)[1].disc.params["conv3"][
      "kernel"
    ]
    for seed in (0, 1)
  ]
  assert float(kernels[0].std()) == pytest.approx(0.02, rel=0.1)
  assert float(kernels[0].mean()) == pytest.approx(0, abs=2e-3)
  assert not np.allclose(kernels[0], kernels[1])


def conditional(size=16, labels=3):
  return learners.create(GAN, image_size=size, seed=0, labels=labels)


def judge(dcgan, state, images, labels=None):
  (logits, out), _ = dcgan.disc(
    state.disc.params, state.disc.batch_stats, images, labels, train=True
  )
  return logits, out


def test_a_conditional_dcgan_begins_with_the_weights_of_an_unconditional_one():
  _, plain = learners.create(GAN, image_size=16, seed=0)
  _, told = conditional()
  for ours, theirs in ((told.gen, plain.gen), (told.disc, plain.disc)):
    params = dict(ours.params)
    added = params.pop("label_kernel")
    assert added.size == 3 * 8 * 16  # labels × maps × places
    jax.tree.map(np.testing.assert_array_equal, params, theirs.params)


def test_the_label_enters_at_the_discriminators_head_alone():
  """And as an inner product: linear in the label, nothing for zeros."""
  dcgan, state = conditional()
  images = jnp.asarray(np.random.default_rng(0).uniform(-1, 1, (4, 16, 16, 3)))
  one, two = jnp.eye(3)[jnp.array([0, 1, 2, 0])], jnp.eye(3)[jnp.zeros(4, int)]
  plain, out = judge(dcgan, state, images)
  first, told = judge(dcgan, state, images, one)
  jax.tree.map(np.testing.assert_array_equal, out, told)
  assert (first != plain).all()
  nothing, _ = judge(dcgan, state, images, 0 * one)
  np.testing.assert_array_equal(nothing, plain)
  second, _ = judge(dcgan, state, images, two)
  both, _ = judge(dcgan, state, images, one + two)
  np.testing.assert_allclose(
    both - plain, first + second - 2 * plain, atol=1e-5
  )
  # Of Miyato & Koyama, equation 3: yᵀVφ(x) + ψ(φ(x)).
  flat = np.asarray(out["conv2"]).reshape(4, -1)
  projected = np.asarray(one) * (flat @ state.disc.params["label_kernel"])
  np.testing.assert_allclose(first - plain, projected.sum(1), atol=1e-5)


def test_the_generators_label_is_concatenated_to_its_latent():
  dcgan, state = conditional()
  plain, alike = learners.create(
    SimpleNamespace(**(vars(GAN) | {"latent": GAN.latent + 3})),
    image_size=16,
    seed=0,
  )
  params = dict(state.gen.params)
  rows = params.pop("seed_kernel"), params.pop("label_kernel")
  params["seed_kernel"] = jnp.concatenate(rows)
  z, labels = jnp.ones((2, GAN.latent)), jnp.eye(3)[:2]
  found, _ = dcgan.gen(
    state.gen.params, state.gen.batch_stats, z, labels, train=False
  )
  expected, _ = plain.gen(
    params,
    alike.gen.batch_stats,
    jnp.concatenate([z, labels], axis=1),
    train=False,
  )
  np.testing.assert_allclose(found, expected, atol=1e-6)
  assert (found[0] != found[1]).any()


def test_labels_that_are_missing_or_too_many_are_refused():
  dcgan, state = conditional()
  with pytest.raises(ValueError, match="conditional generator needs labels"):
    sample.draw(dcgan, state, jnp.ones((2, GAN.latent)))
  dcgan, state = learners.create(GAN, image_size=16, seed=0)
  with pytest.raises(ValueError, match="labels were given to an uncond"):
    sample.draw(dcgan, state, jnp.ones((2, GAN.latent)), jnp.eye(3)[:2])


def test_a_grid_of_labels_has_one_a_row_and_one_latent_a_column():
  dcgan, state = conditional()
  labels = np.eye(3, dtype=np.int8)[[0, 1, 1, 2]]
  z, told = sample.grid_of(5, 2, 4, GAN.latent, labels)
  faces = sample.draw(dcgan, state, z, told)
  assert faces.shape == (8, 16, 16, 3)
  np.testing.assert_array_equal(z[:4], z[4:])
  assert told.argmax(1).tolist() == [1] * 4 + [2] * 4
  plain, none = sample.grid_of(5, 2, 4, GAN.latent)
  assert none is None
  np.testing.assert_array_equal(plain, sample.latents(5, 8, GAN.latent))


def test_losses_where_they_are_known():
  zero = jnp.zeros(3)
  assert float(dcgan.discriminator_loss(zero, zero)) == pytest.approx(
    2 * np.log(2)
  )
  assert float(dcgan.generator_loss(zero)) == pytest.approx(np.log(2))
  # A discriminator that is sure and right loses nothing; one that is sure and
  # wrong loses its logit, without overflow.
  sure = jnp.full(3, 200.0)
  assert float(dcgan.discriminator_loss(sure, -sure)) == pytest.approx(0)
  assert float(dcgan.discriminator_loss(-sure, sure)) == pytest.approx(400)
  assert float(dcgan.generator_loss(-sure)) == pytest.approx(200)


def test_a_drawn_face_depends_on_its_own_latent_alone():
  dcgan, state = learners.create(GAN, image_size=16, seed=0)
  z = sample.latents(0, 300, GAN.latent)
  together = sample.draw(dcgan, state, z)
  alone = sample.draw(dcgan, state, z[299:])
  assert together.shape == (300, 16, 16, 3)
  np.testing.assert_array_equal(together[299:], alone)


def test_levels_survive_the_way_to_floats_and_back():
  levels = jnp.arange(256, dtype=jnp.uint8)
  floats = pixels.from_uint8(levels)
  assert float(floats.min()) == -1
  assert float(floats.max()) == 1
  np.testing.assert_array_equal(pixels.to_uint8(floats), levels)
