"""Contrast and an adversary: ContraD on the DCGAN's networks.

Jeong & Shin, arXiv:2103.09742. The discriminator's trunk learns from contrast
alone: two views of each real face are told by each other, and generated faces
by other generated ones. Which is real is decided behind it by a head whose
gradient the trunk does not see, and the generator learns against both.
"""

from __future__ import annotations

import dataclasses
from typing import Any, ClassVar, Self

import jax
import jax.numpy as jnp

from jaxfer import parallel
from jaxfer.learn import contrast, pixels
from jaxfer.learn.gan import dcgan, networks
from jaxfer.learn.gan.dcgan import DCGAN, GANState
from jaxfer.learn.keys import Purpose
from jaxfer.learn.networks import NetState, Tree, update
from jaxfer.learn.views import NUMBERS, Views


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class ContraDState(GANState):
  """The DCGAN's state, and two heads."""

  head: NetState  # what views of real faces are compared behind
  fake_head: NetState  # what generated faces are told from real ones behind


@dataclasses.dataclass(frozen=True, kw_only=True)
class ContraD(DCGAN):
  """The DCGAN's networks, and two heads behind the discriminator's trunk."""

  sections: ClassVar = ("contrast", "views")
  title: ClassVar = "ContraD"
  conditional: ClassVar = False

  temperature: float  # of both contrasts
  hidden: int  # length of the heads' hidden layer
  out: int  # length of what they give
  views: Views  # how different views may be

  @classmethod
  def of(cls, gan: Any, **common: Any) -> Self:
    """That of the config's `gan` section; the others as in `learners.make`."""
    views = Views(**dict(gan.views))
    return super().of(gan, views=views, **dict(gan.contrast), **common)

  head = property(contrast.head)

  def init(self, key: jax.Array) -> ContraDState:
    """The state at step 0: both networks begin as the DCGAN's."""
    both = super().init(key)
    heads = (
      self.head.init(key, purpose, self.optimizer)
      for purpose in (Purpose.HEAD, Purpose.FAKE_HEAD)
    )
    return ContraDState(both.step, both.gen, both.disc, *heads)

  def step(
    self, state: ContraDState, batch: Any, key: jax.Array
  ) -> tuple[ContraDState, dict[str, jax.Array]]:
    """Draws this step's latents and views, and updates by `train_step`."""
    count = parallel.size(self.axis_name) * len(batch.images)
    latents, views = (jax.random.fold_in(key, i) for i in (0, 1))
    z = jax.random.normal(latents, (count, self.latent))
    numbers = jax.random.uniform(views, (count, 3, NUMBERS))
    z, numbers = (parallel.share(x, self.axis_name) for x in (z, numbers))
    images = pixels.from_uint8(batch.images)
    return train_step(self, state, images, z, numbers)


def train_step(
  learner: ContraD,
  state: ContraDState,
  images: jax.Array,
  latents: jax.Array,
  numbers: jax.Array,
) -> tuple[ContraDState, dict[str, jax.Array]]:
  """Updates the discriminator and its heads, then the generator against it.

  Written per device, with arguments as the DCGAN's; `numbers`, (N, 3,
  `NUMBERS`) in [0, 1), decide two views of each real face and one of each
  generated one. Beside the DCGAN's scalars there are `loss_contrast`, of real
  faces and generated ones, and `matched`, as of `contrastive`.
  """
  axis_name, count = learner.axis_name, len(images)
  fakes = dcgan.draw_fakes(learner, state, latents)
  pair = [learner.views(images, numbers[:, i]) for i in (0, 1)]
  seen, pull_views = jax.vjp(
    lambda x: learner.views(x, numbers[:, 2]), fakes.images
  )
  every = jnp.concatenate([*pair, seen])

  def disc_loss(params: tuple[Tree, Tree, Tree]):
    # Each part is normalised by itself; the first view of real faces moves the
    # running statistics.
    (logits, out), stats = learner.disc(
      params[0], state.disc.batch_stats, every, train=True, parts=3, apart=True
    )
    flat = networks.vectors(out)
    real, fake = jnp.split(logits, [2 * count])
    told = dcgan.discriminator_loss(real, fake)
    placed, _ = learner.head(params[1], {}, flat[: 2 * count], train=True)
    placed = placed.reshape(2, count, -1)
    alike, matched = contrast.nt_xent(placed, learner.temperature, axis_name)
    placed, _ = learner.head(params[2], {}, flat, train=True)
    reals, others = jnp.split(placed, [2 * count])
    apart = contrast.fakes_together(
      reals, others, learner.temperature, axis_name
    )
    loss = told + alike + apart
    return loss, (stats, told, alike + apart, matched, real, fake)

  before = state.disc, state.head, state.fake_head
  (_, aux), grads = jax.value_and_grad(disc_loss, has_aux=True)(
    tuple(net.params for net in before)
  )
  disc_stats, loss_d, contrasted, matched, real, fake = aux
  disc, head, fake_head = (
    update(learner.optimizer, net, own, stats)
    for net, own, stats in zip(
      before, parallel.mean(grads, axis_name), (disc_stats, {}, {}), strict=True
    )
  )
  viewed = fakes._replace(
    images=seen, pull=lambda gradient: fakes.pull(*pull_views(gradient))
  )
  gen, loss_g = dcgan.update_generator(learner, state, disc, viewed)
  scalars = dcgan.step_scalars(loss_d, loss_g, real, fake)
  scalars |= {"loss_contrast": contrasted, "matched": matched}
  new_state = ContraDState(state.step + 1, gen, disc, head, fake_head)
  return new_state, parallel.mean(scalars, axis_name)
