"""Skin: tone, relief, folds that come with age and action units, beard."""

from __future__ import annotations

import jax
import jax.numpy as jnp

from jaxfer.standin.face.identities import Identity
from jaxfer.standin.face.marks import (
  Chart,
  bell,
  over,
  smoothstep,
  tint,
  value_noise,
  window,
)

_SHADE = (0.55, 0.42, 0.38)  # what a hollow multiplies skin by
_FOLD = (0.58, 0.43, 0.38)
_FLUSH = (1.04, 0.80, 0.78)


def complexion(who: Identity, at: Chart) -> jax.Array:
  """Bare skin (3, H, W): tone, blotches, flush, freckles, a mole."""
  image = who.skin[:, None, None] * jnp.ones_like(at.x)[None]
  blotch = value_noise(at.x * 5.0, at.y * 5.0, who.texture)
  fine = value_noise(at.x * 19.0 + 7.0, at.y * 19.0, who.texture)
  image = image * (0.955 + 0.06 * blotch + 0.03 * fine)[None]
  cheeks = bell(at.out - 0.29, 0.11) * bell(at.y + 0.20, 0.10)
  tip = bell(at.x, 0.07) * bell(at.y + 0.25 + who.nose_length, 0.06)
  ears = smoothstep(0.53, 0.60, at.out)
  flush = jnp.clip(0.75 * cheeks + 0.55 * tip + 0.5 * ears, 0.0, 1.0)
  image = tint(image, _FLUSH, who.redness * flush)
  spots = value_noise(at.x * 27.0, at.y * 27.0, who.texture + 1)
  spots = smoothstep(0.55, 1.0, spots)
  where = bell(at.out - 0.17, 0.16) * bell(at.y + 0.14, 0.11)
  image = tint(image, (0.80, 0.66, 0.56), who.freckles * where * spots)
  mole = bell(at.x - who.mole[0], 0.012) * bell(at.y - who.mole[1], 0.012)
  return tint(image, (0.42, 0.32, 0.28), who.mole[2] * mole)


def relief(image, who: Identity, act, at: Chart) -> jax.Array:
  """Painted hollows and highlights, where the solids are too coarse."""
  mean = {unit: jnp.mean(pair) for unit, pair in act.items()}
  nose, base = who.nose_width, -0.30 - who.nose_length
  lower = who.mouth_y - 0.13 * mean[27] - 0.03 * mean[25]
  hollows = [
    # from the midline, height, width, height's width, amount
    (who.eye_x, who.eye_y + 0.04, 0.15, 0.085, 0.36 + 0.16 * mean[4]),
    (0.105, who.eye_y + 0.02, 0.035, 0.06, 0.34),
    (who.eye_x, who.eye_y - 0.135, 0.10, 0.028, 0.12 + 0.34 * who.age),
    (0.082 * nose, -0.13, 0.028, 0.10, 0.26),
    (0.128 * nose, base + 0.025, 0.018, 0.04, 0.36),
    (0.0, base - 0.035, 0.075 * nose, 0.020, 0.38),
    (0.0, base - 0.075, 0.016, 0.03, 0.16),
    (0.0, lower - 0.118, 0.085, 0.024, 0.36 + 0.25 * mean[17]),
    (0.37, -0.36, 0.07, 0.15, 0.14 + 0.10 * who.age),
    (0.47, 0.22, 0.05, 0.14, 0.12),
  ]
  lights = [
    (0.0, -0.07, 0.021, 0.13, 0.9),
    (0.0, -0.235 - who.nose_length, 0.032, 0.032, 1.0),
    (0.10, 0.40, 0.14, 0.09, 0.45),
    (0.29, -0.10 + 0.04 * mean[12], 0.07, 0.05, 0.65),
    (0.0, -0.68 - who.chin - 0.13 * mean[27], 0.07, 0.045, 0.5),
    (0.0, base - 0.07, 0.05, 0.02, 0.15),
    (who.eye_x + 0.01, who.eye_y + 0.115, 0.07, 0.02, 0.5),
  ]
  dark = jnp.clip(_bells(hollows, at), 0.0, 0.8) * at.front
  image = tint(image, _SHADE, dark)
  return image * (1.0 + 0.19 * _bells(lights, at) * at.front)[None]


def folds(image, who: Identity, act, at: Chart) -> jax.Array:
  """Lines that action units and years draw on the skin."""
  au, age = at.spread(act), who.age
  x, out, y = at.x, at.out, at.y
  ex, ew, ey = who.eye_x, who.eye_width, who.eye_y
  thin = 0.007 + 0.35 * at.pixel

  forehead = jnp.zeros_like(x)
  for k in range(3):
    rise = 0.335 + 0.065 * k - 0.22 * x * x
    line = bell(y - rise - 0.03 * au[1], thin)
    line = line * smoothstep(0.36 - 0.03 * k, 0.20, out)
    forehead = forehead + line
  middle = 0.42 * au[1] * smoothstep(0.30, 0.05, out) + 0.38 * au[2]
  forehead = forehead * (middle + 0.22 * age)

  frown = bell(out - 0.042 - 0.10 * (y - 0.13), thin * 1.15)
  frown = frown * window((y - 0.055) / 0.14, 0.5) * (0.72 * au[4] + 0.15 * age)

  root = jnp.zeros_like(x)
  for k in range(3):
    line = bell(y - 0.045 + 0.048 * k - 0.28 * out, thin * 1.1)
    root = root + line * smoothstep(0.10 - 0.015 * k, 0.03, out)
  root = root * 0.66 * au[9]

  # From the wing of the nose around the corner of the mouth.
  down = (-0.255 - who.nose_length + 0.02 * au[9] - y) / 0.25
  c = jnp.clip(down, 0.0, 1.0)
  run = 0.115 * who.nose_width + (0.10 + 0.075 * au[12]) * c * (1.35 - 0.35 * c)
  cheek = bell(out - run, thin * 1.5) * window(down, 0.4)
  cheek = cheek * (0.42 * au[12] + 0.52 * au[9] + 0.30 * age + 0.1 * au[15])

  crow = jnp.zeros_like(x)
  far = (out - ex - 1.18 * ew) / (0.75 * ew)
  for k in (-1.0, 0.0, 1.0):
    line = bell(y - ey - 0.01 - k * (0.018 + 0.045 * far), thin)
    crow = crow + line * window(far)
  crow = crow * (0.40 * au[6] + 0.25 * age)

  u = (out - ex) / ew
  sag = y - ey + ew * (0.50 - 0.18 * au[6] - 0.12 * au[7])
  sag = sag + 0.30 * ew * (1.0 - u * u)
  pouch = bell(sag, thin * 1.2) * smoothstep(1.05, 0.6, jnp.abs(u))
  pouch = pouch * (0.40 * au[6] + 0.34 * au[7] + 0.34 * age + 0.06)

  below = (who.mouth_y - 0.03 - 0.05 * au[15] - y) / 0.15
  corner = bell(out - who.mouth_width * 1.06 - 0.03 * below, thin * 1.2)
  corner = corner * window(below) * (0.46 * au[15] + 0.22 * age)

  boss = y - (-0.625 - who.chin + 0.02 * au[17] - 0.9 * x * x)
  chin = bell(boss, thin * 1.2) * smoothstep(0.14, 0.07, out)
  pits = value_noise(x * 34.0, y * 34.0, who.texture + 2)
  pits = smoothstep(0.5, 0.75, pits) * bell(x, 0.07) * bell(y + 0.70, 0.05)
  chin = (0.50 * chin + 0.40 * pits) * au[17]

  lines = forehead + frown + root + cheek + crow + pouch + corner + chin
  mask = jnp.clip(lines, 0.0, 0.9) * at.front
  return tint(image, _FOLD, mask)


def beard(image, who: Identity, act, at: Chart) -> jax.Array:
  """Beard and moustache: dense low on the face, grainy, soft at the rim."""
  mean = {unit: jnp.mean(pair) for unit, pair in act.items()}
  drop = 0.13 * mean[27]
  grain = value_noise(at.x * 42.0, at.y * 24.0, who.texture + 3)
  coarse = value_noise(at.x * 9.0, at.y * 9.0, who.texture + 4)
  rim = -0.50 + 1.15 * jnp.square(jnp.maximum(at.out - 0.12, 0.0))
  rim = rim + 0.035 * (coarse - 0.5)
  sides = smoothstep(0.30, 0.42, at.out)
  rim = rim + sides * 0.16
  jaw = smoothstep(0.035, -0.05, at.y - rim) * smoothstep(-0.35, 0.0, at.z)
  mouth = bell(at.x, 0.135) * bell(
    at.y - who.mouth_y + 0.045 + 0.5 * drop, 0.055 + 0.4 * drop
  )
  jaw = jaw * (1.0 - 0.55 * jnp.clip(1.4 * mouth, 0.0, 1.0))
  lip_y = who.mouth_y + 0.075 + 0.02 * mean[9] - 0.30 * at.x * at.x * 4.0
  upper = bell(at.y - lip_y, 0.026) * smoothstep(0.235, 0.15, at.out)
  upper = upper * (0.55 + 0.45 * smoothstep(0.0, 0.03, at.out))
  mask = jnp.maximum(who.beard * jaw, 0.95 * who.moustache * upper)
  mask = jnp.clip(mask * (0.72 + 0.45 * grain), 0.0, 0.9)
  return over(image, who.brow_colour * 1.05, mask)


def _bells(rows, at: Chart) -> jax.Array:
  """The sum of two-sided Gaussians: place, size, and amount of each."""
  total = jnp.zeros_like(at.x)
  for x, y, width, height, amount in rows:
    total = total + amount * bell(at.out - x, width) * bell(at.y - y, height)
  return total
