"""Hair: where it grows, how its strands run."""

from __future__ import annotations

import jax
import jax.numpy as jnp

from jaxfer.standin.face.identities import Identity
from jaxfer.standin.face.marks import Chart, bell, smoothstep, value_noise


def growth(who: Identity, at: Chart, soft: jax.Array | float) -> jax.Array:
  """Where hair grows on the skull, (H, W) in [0, 1], with a soft beginning.

  The hairline is a height for each direction around the head: high over the
  forehead, down to sideburns, over the ear, down to the nape.
  """
  around = jnp.arctan2(at.out, at.z + 0.10)
  jag = value_noise(at.x * 15.0 + 40.0, at.z * 15.0, who.texture + 6) - 0.5
  fringe = who.fringe * smoothstep(1.05, 0.55, around)
  # It falls to both sides of the parting.
  fringe = fringe * (1.0 - 0.75 * bell(at.x - 1.3 * who.part, 0.10))
  ragged = 0.03 + 0.22 * fringe + 0.05 * who.curl
  line = who.hairline + who.temples * bell(around - 0.72, 0.22)
  line = line - fringe + who.sweep * at.x - 0.35 * at.x * at.x
  line = line + ragged * jag
  long = who.hair_long
  burn = -0.02 - 0.10 * long + 0.05 * jag
  ear = 0.125 - 0.5 * long
  line = line + (burn - line) * smoothstep(0.82, 1.04, around)
  line = line + (ear - line) * smoothstep(1.36, 1.46, around)
  line = line + (-0.46 - line) * smoothstep(1.80, 2.10, around)
  return jnp.multiply(who.hair, smoothstep(-soft, soft, at.y - line))


def strands(who: Identity, normal: jax.Array, at: Chart) -> jax.Array:
  """Colour of hair (3, H, W), before light.

  Strands run from the crown; where they come closer together than pixels can
  tell they fade, for else they would beat with the grid.
  """
  across = at.x - who.part
  away = at.z + 0.28
  reach = jnp.sqrt(across * across + away * away + 1e-6)
  angle = jnp.arctan2(across, away)
  run = at.y * 1.7
  shade = jnp.zeros_like(at.x)
  for k, count in enumerate((8.0, 19.0)):
    width = reach / count
    visible = smoothstep(1.2, 3.0, width / at.pixel)
    wave = angle * count + 0.8 * value_noise(
      run * 1.6, angle * 3.0, who.texture
    )
    grain = value_noise(wave, run, who.texture + 7 + k) - 0.5
    shade = shade + visible * grain
  coil = value_noise(at.x * 15.0, at.y * 15.0 + at.z * 9.0, who.texture + 9)
  fine = value_noise(at.x * 29.0, at.y * 29.0, who.texture + 10)
  coil = 0.7 * coil + 0.5 * fine - 0.6
  shade = shade + who.curl * (1.3 * coil - shade)
  sheen = bell(normal[1] - 0.50, 0.16) * (1.0 - 0.8 * who.curl)
  tone = 0.88 + 0.62 * shade + 0.24 * sheen * (0.4 + 1.6 * shade)
  tone = jnp.clip(tone, 0.35, 1.6)
  base = who.hair_colour[:, None, None]
  return base * tone[None] + 0.03 * (sheen * (0.5 + shade))[None]
