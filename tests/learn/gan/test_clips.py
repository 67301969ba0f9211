"""The DCGAN of clips: its sizes, its convolutions along time, its read-outs."""

import dataclasses
import math
from types import SimpleNamespace

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxfer import features
from jaxfer.configs import base
from jaxfer.errors import UserError
from jaxfer.learn import encoding, learners
from jaxfer.learn.gan import convolutions
from jaxfer.learn.networks import parameter_counts

SIZE, FRAMES, BATCH = 16, 4, 4
GAN = SimpleNamespace(
  learner="clip_dcgan",
  width=3,
  latent=5,
  learning_rate=2e-4,
  beta1=0.5,
  clip=SimpleNamespace(frames=FRAMES),
  background=False,
)


def clips(count=BATCH, dtype=np.uint8):
  rng = np.random.default_rng(0)
  shape = (count, FRAMES, SIZE, SIZE, 3)
  return rng.integers(0, 256, shape).astype(dtype)


def test_a_clip_of_the_papers_size_is_8192_numbers():
  """512 maps of 1×4×4, as Vondrick et al. (arXiv:1609.02612) end in."""
  gan = base.get_config().gan
  gan.learner = "clip_dcgan"
  assert encoding.shape("conv4", 64, gan) == (512, 1, 4, 4)
  assert encoding.shape("conv1", 64, gan) == (64, 8, 32, 32)
  learner = learners.make(gan, image_size=64)
  kernels = learners.shapes(learner).disc.params
  assert kernels["conv2"]["kernel"].shape == (4, 4, 4, 64, 128)
  # 4³ times fan-in times fan-out of four layers, a bias, norms and the head.
  expected = 64 * (3 * 64 + 64 * 128 + 128 * 256 + 256 * 512) + 64
  expected += 2 * (128 + 256 + 512) + 8192 + 1
  counts = dict(parameter_counts(learners.shapes(learner)))
  assert expected in counts.values()


def test_frames_that_cannot_be_halved_are_refused_with_the_fix():
  gan = base.get_config().gan
  gan.learner, gan.clip.frames = "clip_dcgan", 12
  with pytest.raises(UserError, match=r"clip\.frames=12 .* multiple of 16"):
    encoding.shape("conv4", 64, gan)


def test_a_pair_of_frames_is_one_image_of_six_channels():
  """Of the paper's size, 8,192 numbers, which both frames and their order move.

  What is drawn is a pair too.
  """
  gan = base.get_config().gan
  gan.learner, gan.clip.frames = "clip_dcgan", 2
  assert encoding.shape("conv4", 64, gan) == (512, 4, 4)
  gan.width = 3
  learner, state = learners.create(gan, image_size=SIZE, seed=0)
  assert state.disc.params["conv1"]["kernel"].shape == (4, 4, 6, 3)
  seen = jnp.asarray(clips()[:, :2])
  other = seen.at[:, 1].add(9)
  (one,), (moved,), (turned,) = (
    encoding.activations(learner, state.disc, x, "conv2")
    for x in (seen, other, seen[:, ::-1])
  )
  for changed in (moved, turned):
    assert np.abs(np.asarray(changed - one)).max() > 1e-4
  drawn = learner.draw(state, jnp.ones((3, gan.latent)))
  assert drawn.shape == (3, 2, SIZE, SIZE, 3)


@pytest.mark.parametrize("frames", [2, FRAMES])
def test_a_background_stands_still_and_the_mask_decides_what_covers_it(frames):
  """Vondrick et al. (arXiv:1609.02612), equation 2: m f + (1 - m) b."""
  gan = base.get_config().gan
  gan.update(learner="clip_dcgan", width=3, background=True)
  gan.clip.frames = frames
  learner, state = learners.create(gan, image_size=SIZE, seed=0)
  rng = np.random.default_rng(0)
  latents = jnp.asarray(rng.normal(size=(3, gan.latent)), jnp.float32)
  bias = state.gen.params["up2"]["bias"]
  mask = jnp.arange(len(bias)).reshape(-1, 4)[:, 3]
  drawn = {}
  for covered, value in {"no": -99.0, "half": 0.0, "all": 99.0}.items():
    layer = state.gen.params["up2"] | {"bias": bias.at[mask].set(value)}
    net = dataclasses.replace(
      state.gen, params=state.gen.params | {"up2": layer}
    )
    found = learner.draw(dataclasses.replace(state, gen=net), latents)
    drawn[covered] = np.asarray(found)
  still = np.abs(drawn["no"] - drawn["no"][:, :1]).max()
  assert still < 1e-6
  assert np.abs(drawn["all"] - drawn["all"][:, :1]).max() > 1e-3
  between = (drawn["no"] + drawn["all"]) / 2
  # The kernel's own part of the mask is of weights of 0.02.
  np.testing.assert_allclose(drawn["half"], between, atol=0.02)


def test_a_background_changes_no_other_weight_but_the_last_kernels():
  gan = base.get_config().gan
  gan.update(learner="clip_dcgan", width=3)
  gan.clip.frames = FRAMES
  _, plain = learners.create(gan, image_size=SIZE, seed=0)
  gan.background = True
  _, before = learners.create(gan, image_size=SIZE, seed=0)
  same = {**before.gen.params} | {"up2": plain.gen.params["up2"]}
  del same["background"]
  jax.tree.map(np.testing.assert_array_equal, same, plain.gen.params)
  jax.tree.map(
    np.testing.assert_array_equal, before.disc.params, plain.disc.params
  )


def test_a_convolution_sees_only_frames_near_it(float64):
  """Kernel 4, stride 2: the first of four maps in time sees frames 0 to 2."""
  rng = np.random.default_rng(0)
  one = jnp.asarray(rng.normal(size=(1, 8, 4, 4, 2)))
  kernel = jnp.asarray(rng.normal(size=(4, 4, 4, 2, 3)))
  other = one.at[:, 3:].add(1.0)
  first, second = (convolutions.down(x, kernel) for x in (one, other))
  same = np.abs(np.asarray(first - second)).max(axis=(0, 2, 3, 4)) == 0
  assert same.tolist() == [True, False, False, False]


def test_clips_are_described_by_exact_statistics_and_by_all_layers(tmp_path):
  """Statistics of all places and frames, in any batches; and read-outs."""
  learner, state = learners.create(GAN, image_size=SIZE, seed=0)
  seen = clips(6)
  nets = [
    features.recompute_statistics(
      learner, state.disc, seen, batch=batch, devices=jax.devices()[:1]
    )
    for batch in (6, 4)
  ]
  found = nets[0].batch_stats["norm2"]
  layer = learner.encode(state.disc, jnp.asarray(seen))
  exact = np.asarray(layer["pre2"], np.float64)
  places = (0, 1, 2, 3)
  np.testing.assert_allclose(found["mean"], exact.mean(places), atol=1e-6)
  np.testing.assert_allclose(found["var"], exact.var(places), atol=1e-6)
  for readout in ("conv1", "pooled", "local"):
    shape = encoding.shape(readout, SIZE, GAN)
    (one,), (other,) = (
      encoding.activations(learner, net, jnp.asarray(seen), readout)
      for net in nets
    )
    assert one.shape == (6, math.prod(shape))
    np.testing.assert_allclose(one, other, atol=1e-5)


def test_a_mirrored_clip_is_locally_described_as_the_clip_is():
  learner, state = learners.create(GAN, image_size=SIZE, seed=0)
  seen = jnp.asarray(clips())
  (one,), (other,), (turned,) = (
    encoding.activations(learner, state.disc, x, "local")
    for x in (seen, seen[:, :, :, ::-1], seen[:, ::-1])
  )
  np.testing.assert_allclose(one, other, atol=1e-6)
  assert np.abs(np.asarray(turned - one)).max() > 1e-4  # time has a direction


def test_clips_have_no_dictionary_of_patches():
  with pytest.raises(UserError, match=r"'local.patches'.*local, pooled at"):
    encoding.shape("local+patches", SIZE, GAN)
