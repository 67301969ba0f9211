"""One training step beside PyTorch, from the same weights and images."""

from types import SimpleNamespace

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxfer.configs import base
from jaxfer.learn import contrastive, learners
from jaxfer.learn.gan.dcgan import train_step
from jaxfer.learn.views import NUMBERS

torch = pytest.importorskip("torch", reason="PyTorch is an extra: bench")

from benchmarks import torch_contrast, torch_dcgan  # noqa: E402

SIZE, BATCH = 32, 6
GAN = SimpleNamespace(
  width=4,
  latent=6,
  learning_rate=2e-4,
  beta1=0.5,
  clip=SimpleNamespace(frames=8),
  background=False,
)
LEARNERS = ("dcgan", "clip_dcgan")


def both(dtype, learner):
  """Our state and losses after a step, and PyTorch's networks and losses."""
  gan = SimpleNamespace(learner=learner, **vars(GAN))
  dcgan, state = learners.create(gan, image_size=SIZE, seed=0)
  state = jax.tree.map(
    lambda x: x.astype(dtype) if x.dtype == jnp.float32 else x, state
  )
  rng = np.random.default_rng(0)
  shape = (BATCH, *learners.blank(gan, SIZE))
  images = rng.uniform(-1, 1, shape).astype(dtype)
  z = rng.normal(size=(BATCH, GAN.latent)).astype(dtype)
  peer = torch_dcgan.Trainer(
    state,
    learning_rate=GAN.learning_rate,
    beta1=GAN.beta1,
    dtype=torch.float64 if dtype == np.float64 else torch.float32,
  )
  losses = peer.step(peer.images(images), torch.from_numpy(z))
  step = jax.jit(train_step, static_argnums=0)
  new, scalars = step(dcgan, state, jnp.asarray(images), jnp.asarray(z))
  ours = (float(scalars["loss_d"]), float(scalars["loss_g"]))
  return new, ours, peer, [float(loss) for loss in losses]


def leaves(new, peer):
  """Name, our weight and gradient, PyTorch's: all laid out as ours."""
  for net, module in ((new.gen, peer.gen), (new.disc, peer.disc)):
    grads = jax.tree.map(lambda m: m / (1 - GAN.beta1), net.opt_state[0].mu)
    for name, parameter in torch_dcgan.named(module):
      at = name.split(".")
      pair = []
      for tree in (net.params, grads):
        for key in at:
          tree = tree[key]
        pair.append(np.asarray(tree))
      theirs = [parameter.detach().numpy(), parameter.grad.numpy()]
      if theirs[0].ndim >= 4:
        theirs = [np.moveaxis(x, (0, 1), (-1, -2)) for x in theirs]
      yield name, pair, theirs


@pytest.mark.parametrize("learner", LEARNERS)
def test_a_step_in_float64_is_pytorchs(learner):
  with jax.enable_x64(True):
    new, ours, peer, theirs = both(np.float64, learner)
    assert ours == pytest.approx(theirs, rel=1e-10)
    seen = 0
    for name, (weight, grad), (their_weight, their_grad) in leaves(new, peer):
      np.testing.assert_allclose(
        weight, their_weight, rtol=0, atol=1e-10, err_msg=name
      )
      np.testing.assert_allclose(
        grad, their_grad, rtol=0, atol=1e-10, err_msg=name
      )
      seen += 1
    params = (new.gen.params, new.disc.params)
    assert seen == len(jax.tree.leaves(params))


@pytest.mark.parametrize("learner", LEARNERS)
def test_a_step_in_float32_has_pytorchs_losses_and_gradients(learner):
  new, ours, peer, theirs = both(np.float32, learner)
  assert ours == pytest.approx(theirs, rel=1e-5)
  for name, (_, grad), (_, their_grad) in leaves(new, peer):
    distance = np.linalg.norm(grad - their_grad)
    assert distance <= 1e-4 * np.linalg.norm(their_grad) + 1e-9, name


@pytest.mark.parametrize("learner", LEARNERS)
def test_running_statistics_move_as_pytorchs_do(learner):
  new, _, peer, _ = both(np.float32, learner)
  for net, module, names in (
    (new.gen, peer.gen, ["norm0", "norm1", "norm2"]),
    (new.disc, peer.disc, [None, "norm2", "norm3"]),
  ):
    for name, norm in zip(names, module.norms, strict=True):
      if name:
        np.testing.assert_allclose(
          net.batch_stats[name]["mean"], norm.running_mean, atol=1e-6
        )


def test_a_contrastive_step_begins_with_the_same_views_and_loss():
  gan = base.get_config().gan
  gan.learner, gan.width = "contrastive", 4
  learner = learners.make(gan, image_size=SIZE)
  state = learner.init(jax.random.key(0))
  rng = np.random.default_rng(0)
  images = rng.uniform(-1, 1, (BATCH, SIZE, SIZE, 3)).astype(np.float32)
  numbers = rng.random((BATCH, 2, NUMBERS), np.float32)
  peer = torch_contrast.Trainer(learner, state)
  x, given = torch.from_numpy(images).permute(0, 3, 1, 2), torch.tensor(numbers)
  theirs = torch_contrast.view(learner.views, x, given[:, 0])
  ours = learner.views(jnp.asarray(images), jnp.asarray(numbers[:, 0]))
  np.testing.assert_allclose(theirs.permute(0, 2, 3, 1), ours, atol=2e-5)
  step = jax.jit(contrastive.train_step, static_argnums=0)
  new, scalars = step(learner, state, images, numbers, jnp.ones(()))
  assert float(peer.step(x, given)) == pytest.approx(
    float(scalars["loss"]), rel=1e-4
  )
  # The second step is taken with the updated weights.
  _, scalars = step(learner, new, images, numbers, jnp.ones(()))
  assert float(peer.step(x, given)) == pytest.approx(
    float(scalars["loss"]), rel=0.02
  )
