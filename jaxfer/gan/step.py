"""One training step, as a pure function of state, images and latents."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import optax

from jaxfer import parallel
from jaxfer.gan import losses
from jaxfer.gan.state import DCGAN, GANState, NetState, Tree


def train_step(
  dcgan: DCGAN,
  state: GANState,
  images: jax.Array,
  latents: jax.Array,
  labels: jax.Array | None = None,
  *,
  axis_name: str | None = None,
) -> tuple[GANState, dict[str, jax.Array]]:
  """Updates the discriminator, then the generator against the updated one.

  Written per device: `images`, `latents` and `labels` are this device's share,
  and the gradients are averaged over `axis_name`, so that N devices compute
  what one computes.

  Args:
    dcgan: the two networks and their optimizer.
    state: the state before the step, replicated.
    images: (N, H, W, C) real faces in [-1, 1].
    latents: (N, latent) standard normal; both updates use the same.
    labels: (N, K) what each real face shows, of conditional networks; the
      generator is asked for the same, so that generated faces have the labels
      of real ones, as often.
    axis_name: name of the mapped device axis, or None outside a map.

  Returns:
    The state after the step, and scalars `loss_d`, `loss_g`, and the mean
    probabilities of being real that the discriminator gave, before its update,
    to the real (`d_real`) and the generated images (`d_fake`).
  """
  # The fakes are drawn once; their pullback serves the generator's update.
  fakes, pull_fakes, gen_stats = jax.vjp(
    lambda params: dcgan.gen(
      params, state.gen.batch_stats, latents, labels, train=True
    ),
    state.gen.params,
    has_aux=True,
  )

  def disc_loss(params: Tree):
    # One pass over both, as they fill a device better. Each is normalised by
    # its own statistics, and only the real ones enter the running statistics.
    both = jnp.concatenate([images, fakes])
    told = None if labels is None else jnp.concatenate([labels, labels])
    (logits, _), new_stats = dcgan.disc(
      params, state.disc.batch_stats, both, told, train=True, parts=2
    )
    real, fake = jnp.split(logits, 2)
    loss = losses.discriminator_loss(real, fake)
    return loss, (new_stats, real, fake)

  (loss_d, aux), disc_grads = jax.value_and_grad(disc_loss, has_aux=True)(
    state.disc.params
  )
  disc_stats, real, fake = aux
  disc_grads = parallel.mean(disc_grads, axis_name)
  disc = _update(dcgan.optimizer, state.disc, disc_grads, disc_stats)

  def gen_loss(fakes: jax.Array):
    (logits, _), _ = dcgan.disc(
      disc.params, disc.batch_stats, fakes, labels, train=True
    )
    return losses.generator_loss(logits)

  loss_g, fake_grads = jax.value_and_grad(gen_loss)(fakes)
  (gen_grads,) = pull_fakes(fake_grads)
  gen_grads = parallel.mean(gen_grads, axis_name)
  gen = _update(dcgan.optimizer, state.gen, gen_grads, gen_stats)

  scalars = {
    "loss_d": loss_d,
    "loss_g": loss_g,
    "d_real": jax.nn.sigmoid(real).mean(),
    "d_fake": jax.nn.sigmoid(fake).mean(),
  }
  new_state = GANState(state.step + 1, gen, disc)
  return new_state, parallel.mean(scalars, axis_name)


@jax.named_scope("update")
def _update(
  optimizer: optax.GradientTransformation,
  net: NetState,
  grads: Tree,
  batch_stats: Tree,
) -> NetState:
  updates, opt_state = optimizer.update(grads, net.opt_state, net.params)
  params = optax.apply_updates(net.params, updates)
  return NetState(params, batch_stats, opt_state)
