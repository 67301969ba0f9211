"""The adversarial log losses of Goodfellow et al., on logits."""

from __future__ import annotations

import jax
import jax.numpy as jnp


def discriminator_loss(real: jax.Array, fake: jax.Array) -> jax.Array:
  """-E[log D(x)] - E[log(1 - D(G(z)))], of (N,) and (M,) logits.

  Returns:
    A non-negative scalar; 2 log 2 where all logits are 0.

  Reference: https://arxiv.org/abs/1406.2661, equation 1.
  """
  return jnp.mean(jax.nn.softplus(-real)) + jnp.mean(jax.nn.softplus(fake))


def generator_loss(fake: jax.Array) -> jax.Array:
  """-E[log D(G(z))], the non-saturating form, of (M,) logits.

  Returns:
    A non-negative scalar; log 2 where all logits are 0.

  Reference: https://arxiv.org/abs/1406.2661, section 3.
  """
  return jnp.mean(jax.nn.softplus(-fake))
