"""The DCGAN as a learner: its settings, its state, and what it can do."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any, ClassVar, NamedTuple, Self

import jax
import jax.numpy as jnp

from jaxfer import parallel
from jaxfer.learn import pixels
from jaxfer.learn.gan import networks
from jaxfer.learn.keys import Purpose
from jaxfer.learn.networks import Adam, NetState, Network, Tree, update


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class GANState:
  """Everything that training changes; the only thing checkpointed."""

  step: jax.Array  # () int32, the number of steps taken
  gen: NetState  # the generator
  disc: NetState  # the discriminator


@dataclasses.dataclass(frozen=True)
class DCGAN:
  """Two networks, the generator and the discriminator."""

  image_size: int  # height and width of the images in pixels
  width: int  # maps of the discriminator's first layer
  latent: int  # dimension of the latent space
  optimizer: Adam  # of both networks
  # Length of the vector of labels that both networks are told; 0: none. Weights
  # that both kinds have begin alike.
  labels: int = 0
  # Device axis of synchronised batch norm, or None.
  axis_name: str | None = None
  # What convolutions are computed in, `bfloat16`, or `float32`: the type of the
  # weights.
  compute: str = "float32"
  frames: int = 0  # of a clip; 0: images
  background: bool = False  # whether clips are drawn before one

  sections: ClassVar[tuple[str, ...]] = ()
  title: ClassVar = "DCGAN"
  conditional: ClassVar = True
  remedy: ClassVar = "a smaller gan.learning_rate, or gan.beta1=0.5"

  @classmethod
  def of(cls, gan: Any, **common: Any) -> Self:
    """That of the config's `gan` section; the others as in `learners.make`."""
    adam = Adam(gan.learning_rate, gan.beta1)
    return cls(width=gan.width, latent=gan.latent, optimizer=adam, **common)

  @property
  def gen(self) -> Network:
    """The generator."""
    own = {"latent": self.latent, "labels": self.labels, "frames": self.frames}
    own |= {"background": self.background}
    return networks.made(networks.Generator, self, **own)

  @property
  def disc(self) -> Network:
    """The discriminator."""
    own = {"labels": self.labels, "frames": self.frames}
    return networks.made(networks.Discriminator, self, **own)

  def init(self, key: jax.Array) -> GANState:
    """The state at step 0, in float32."""
    gen = self.gen.init(key, Purpose.GENERATOR, self.optimizer)
    disc = self.disc.init(key, Purpose.DISCRIMINATOR, self.optimizer)
    return GANState(jnp.zeros((), jnp.int32), gen, disc)

  def step(
    self, state: GANState, batch: Any, key: jax.Array
  ) -> tuple[GANState, dict[str, jax.Array]]:
    """Draws this step's latents, and updates both networks by `train_step`."""
    count = parallel.size(self.axis_name) * len(batch.images)
    z = jax.random.normal(key, (count, self.latent))
    z = parallel.share(z, self.axis_name)
    images, labels = pixels.from_uint8(batch.images), batch.labels
    labels = None if labels is None else labels.astype(z.dtype)
    return train_step(self, state, images, z, labels)

  def encoder(self, state: GANState) -> NetState:
    """The discriminator."""
    return state.disc

  def encode(self, net: NetState, images: jax.Array) -> dict[str, jax.Array]:
    """The discriminator's activations; see `learners.Learner`."""
    x = pixels.from_uint8(images)
    (_, out), _ = self.disc(net.params, net.batch_stats, x, None, train=False)
    return out

  def draw(
    self, state: GANState, latents: jax.Array, labels: jax.Array | None = None
  ) -> jax.Array:
    """The generator's images; see `learners.Drawer`."""
    gen = state.gen
    images, _ = self.gen(
      gen.params, gen.batch_stats, latents, labels, train=False
    )
    return images


class ClipDCGAN(DCGAN):
  """A `DCGAN` of clips (N, frames, H, W, 3): it convolves along time too.

  After the generator of one stream of Vondrick, Pirsiavash & Torralba,
  arXiv:1609.02612, or with `background` of two: kernels of 4×4×4 and stride 2,
  so that a clip of 16 frames of 64×64 ends in 512 maps of 1×4×4, 8,192 numbers,
  as the paper's faces do. Clips of two frames are images of six channels.
  """

  sections: ClassVar[tuple[str, ...]] = ("clip", "background")
  title: ClassVar = "DCGAN of clips"

  @classmethod
  def of(cls, gan: Any, **common: Any) -> Self:
    """That of the config's `gan` section; see `DCGAN.of`."""
    own = {"frames": gan.clip.frames, "background": gan.background}
    return super().of(gan, **own, **common)


def train_step(
  dcgan: DCGAN,
  state: GANState,
  images: jax.Array,
  latents: jax.Array,
  labels: jax.Array | None = None,
) -> tuple[GANState, dict[str, jax.Array]]:
  """Updates the discriminator, then the generator against the updated one.

  Written per device: `images`, `latents` and `labels` are this device's share,
  and gradients are averaged over the learner's device axis, so that N devices
  compute what one computes.

  Args:
    dcgan: the two networks and their optimizer.
    state: replicated.
    images: (N, H, W, C) real faces in [-1, 1].
    latents: (N, latent) standard normal; both updates use the same.
    labels: (N, K) what each real face shows, of conditional networks; generated
      faces are to show the same.

  Returns:
    The state after the step, and scalars: `loss_d`, `loss_g`, and the mean
    probabilities of being real that the discriminator gave, before its update,
    to the real (`d_real`) and the generated images (`d_fake`).
  """
  fakes = draw_fakes(dcgan, state, latents, labels)

  def disc_loss(params: Tree):
    # One pass over both, as they fill a device better. Each is normalised by
    # its own statistics, and only the real ones enter the running statistics.
    both = jnp.concatenate([images, fakes.images])
    shown = None if labels is None else jnp.concatenate([labels, labels])
    (logits, _), new_stats = dcgan.disc(
      params, state.disc.batch_stats, both, shown, train=True, parts=2
    )
    real, fake = jnp.split(logits, 2)
    loss = discriminator_loss(real, fake)
    return loss, (new_stats, real, fake)

  (loss_d, aux), disc_grads = jax.value_and_grad(disc_loss, has_aux=True)(
    state.disc.params
  )
  disc_stats, real, fake = aux
  disc_grads = parallel.mean(disc_grads, dcgan.axis_name)
  disc = update(dcgan.optimizer, state.disc, disc_grads, disc_stats)
  gen, loss_g = update_generator(dcgan, state, disc, fakes, labels)
  scalars = step_scalars(loss_d, loss_g, real, fake)
  new_state = GANState(state.step + 1, gen, disc)
  return new_state, parallel.mean(scalars, dcgan.axis_name)


def discriminator_loss(real: jax.Array, fake: jax.Array) -> jax.Array:
  """-E[log D(x)] - E[log(1 - D(G(z)))], of (N,) and (M,) logits.

  Goodfellow et al., arXiv:1406.2661, equation 1.
  """
  return jnp.mean(jax.nn.softplus(-real)) + jnp.mean(jax.nn.softplus(fake))


def generator_loss(fake: jax.Array) -> jax.Array:
  """-E[log D(G(z))] of (M,) logits, the non-saturating form of section 3."""
  return jnp.mean(jax.nn.softplus(-fake))


class Fakes(NamedTuple):
  """Generated images in a step; drawn once, they serve both updates."""

  images: jax.Array  # those that the discriminator judges
  # From the gradient of these to that of the generator's weights.
  pull: Callable[[jax.Array], tuple[Tree]]
  batch_stats: Tree  # the generator's new running statistics


def draw_fakes(
  dcgan: DCGAN,
  state: GANState,
  latents: jax.Array,
  labels: jax.Array | None = None,
) -> Fakes:
  """Draws the fakes of a step; arguments as of `train_step`."""
  return Fakes(
    *jax.vjp(
      lambda params: dcgan.gen(
        params, state.gen.batch_stats, latents, labels, train=True
      ),
      state.gen.params,
      has_aux=True,
    )
  )


def update_generator(
  dcgan: DCGAN,
  state: GANState,
  disc: NetState,
  fakes: Fakes,
  labels: jax.Array | None = None,
) -> tuple[NetState, jax.Array]:
  """The generator, updated against an updated discriminator, and its loss."""

  def loss(images: jax.Array) -> jax.Array:
    (logits, _), _ = dcgan.disc(
      disc.params, disc.batch_stats, images, labels, train=True
    )
    return generator_loss(logits)

  loss_g, gradient = jax.value_and_grad(loss)(fakes.images)
  (grads,) = fakes.pull(gradient)
  grads = parallel.mean(grads, dcgan.axis_name)
  gen = update(dcgan.optimizer, state.gen, grads, fakes.batch_stats)
  return gen, loss_g


def step_scalars(
  loss_d: jax.Array, loss_g: jax.Array, real: jax.Array, fake: jax.Array
) -> dict[str, jax.Array]:
  """The scalars of a step; of logits, the mean probability of being real."""
  return {
    "loss_d": loss_d,
    "loss_g": loss_g,
    "d_real": jax.nn.sigmoid(real).mean(),
    "d_fake": jax.nn.sigmoid(fake).mean(),
  }
