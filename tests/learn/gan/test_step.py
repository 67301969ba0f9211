"""The training step against an independent one, and over devices."""

import importlib.util
from pathlib import Path
from types import SimpleNamespace

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxfer.learn import learners
from jaxfer.learn.gan.dcgan import train_step

_spec = importlib.util.spec_from_file_location(
  "reference", Path(__file__).with_name("reference.py")
)
reference = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(reference)

SIZE, LAYERS, BATCH = 16, 2, 8
one_step = jax.jit(train_step, static_argnums=0)
GAN = SimpleNamespace(
  learner="dcgan", width=4, latent=6, learning_rate=2e-4, beta1=0.5
)


def to_float64(tree):
  return jax.tree.map(
    lambda x: x.astype(jnp.float64) if x.dtype == jnp.float32 else x, tree
  )


def data(dtype=np.float64):
  rng = np.random.default_rng(0)
  images = rng.uniform(-1, 1, (BATCH, SIZE, SIZE, 3)).astype(dtype)
  return images, rng.normal(size=(BATCH, GAN.latent)).astype(dtype)


def plain(tree):
  return jax.tree.map(np.asarray, tree)


@pytest.mark.parametrize("seed", [0, 3])
def test_step_agrees_with_an_independent_float64_implementation(float64, seed):
  dcgan, state = learners.create(GAN, image_size=SIZE, seed=seed)
  state = to_float64(state)
  images, z = data()
  gen, disc, gen_grads, disc_grads, loss_d, loss_g = reference.step(
    plain(state.gen.params),
    plain(state.disc.params),
    images,
    z,
    LAYERS,
    GAN.learning_rate,
    GAN.beta1,
  )
  new, scalars = one_step(dcgan, state, images, z)
  assert float(scalars["loss_d"]) == pytest.approx(loss_d, rel=1e-12)
  assert float(scalars["loss_g"]) == pytest.approx(loss_g, rel=1e-12)
  for ours, theirs, grads in (
    (new.gen, gen, gen_grads),
    (new.disc, disc, disc_grads),
  ):
    jax.tree.map(
      lambda a, b: np.testing.assert_allclose(a, b, rtol=0, atol=1e-10),
      plain(ours.params),
      theirs,
    )
    # Gradients are read back from Adam's first moment, (1 - beta1) g.
    jax.tree.map(
      lambda m, g: np.testing.assert_allclose(
        m / (1 - GAN.beta1), g, rtol=1e-9, atol=1e-13
      ),
      plain(ours.opt_state[0].mu),
      grads,
    )
  assert int(new.step) == 1


def test_only_real_images_enter_the_discriminators_running_statistics(float64):
  dcgan, state = learners.create(GAN, image_size=SIZE, seed=0)
  state = to_float64(state)
  images, z = data()
  new, _ = one_step(dcgan, state, jnp.asarray(images), jnp.asarray(z))
  _, tape = reference.discriminator(plain(state.disc.params), images, LAYERS)
  for layer in range(2, LAYERS + 1):
    _, var, mean = tape[f"norm{layer}"]
    ours = new.disc.batch_stats[f"norm{layer}"]
    # Flax keeps 0.9 of the old statistics, which begin at mean 0, variance 1.
    np.testing.assert_allclose(ours["mean"], 0.1 * mean, atol=1e-12)
    np.testing.assert_allclose(ours["var"], 0.9 + 0.1 * var, atol=1e-12)


def test_the_discriminator_learns_from_labels(float64):
  """Its projection of a class that no face has is left alone."""
  dcgan, state = learners.create(GAN, image_size=SIZE, seed=0, labels=3)
  state = to_float64(state)
  labels = np.eye(3)[np.arange(BATCH) % 2]
  new, _ = one_step(dcgan, state, *data(), labels)
  for net, axis in (("gen", 1), ("disc", 0)):
    before, after = (
      getattr(s, net).params["label_kernel"] for s in (state, new)
    )
    moved = np.abs(np.asarray(after - before)).max(axis=axis)
    np.testing.assert_allclose(moved, [2e-4, 2e-4, 0], atol=1e-6)


def _step(compute, images, z):
  dcgan, state = learners.create(GAN, image_size=SIZE, seed=0, compute=compute)
  return one_step(dcgan, state, images, z)


def test_bfloat16_stays_within_its_precision_of_float32():
  images, z = data(np.float32)
  state, scalars = _step("float32", images, z)
  half, rounded = _step("bfloat16", images, z)
  # Eight bits of mantissa: 2^-8 a product, and losses are means of many.
  for name, value in scalars.items():
    assert float(rounded[name]) == pytest.approx(float(value), rel=1e-2)
    assert rounded[name] != value
  # What is kept between steps is float32 all the same.
  types = jax.tree.map(lambda x: x.dtype, (half.gen, half.disc))
  assert types == jax.tree.map(lambda x: x.dtype, (state.gen, state.disc))
  moments = [
    net.opt_state[0].mu["seed_kernel"] for net in (state.gen, half.gen)
  ]
  exact, near = map(np.ravel, moments)
  cosine = exact @ near / np.linalg.norm(exact) / np.linalg.norm(near)
  assert cosine > 0.99


def test_statistics_of_bfloat16_maps_are_taken_in_float32():
  images, _ = data(np.float32)
  dcgan, state = learners.create(
    GAN, image_size=SIZE, seed=0, compute="bfloat16"
  )
  (_, maps), stats = dcgan.disc(
    state.disc.params, state.disc.batch_stats, images, train=True
  )
  assert maps["pre2"].dtype == jnp.bfloat16
  exact = np.asarray(maps["pre2"], np.float64)
  means = 0.1 * exact.mean((0, 1, 2))  # running ones begin at 0
  variances = 0.9 + 0.1 * exact.var((0, 1, 2))
  np.testing.assert_allclose(stats["norm2"]["mean"], means, atol=1e-7)
  np.testing.assert_allclose(stats["norm2"]["var"], variances, atol=1e-6)
