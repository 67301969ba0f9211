"""Mouth and nostrils."""

from __future__ import annotations

import jax.numpy as jnp

from jaxfer.standin.face.identities import Identity
from jaxfer.standin.face.marks import Chart, bell, cover, over, smoothstep, tint

_CAVITY = (0.17, 0.06, 0.06)
_TEETH = (0.93, 0.91, 0.86)
_TONGUE = (0.66, 0.30, 0.29)


def mouth(image, who: Identity, act, at: Chart):
  """Lips, teeth, and the dark between them.

  AU12 draws the corners up and out, 15 down; 17 lifts the middle; 23 and 24
  narrow and press the lips; 25 parts them; 27 opens wide. There is no AU20 in
  the paper's fourteen, so fear's gap is 25 widened by 5.
  """
  au = at.spread(act)
  mean = {unit: jnp.mean(pair) for unit, pair in act.items()}
  pull = 1.0 + 0.27 * au[12] + 0.05 * au[15] + 0.10 * au[25] * au[5]
  shrink = (1.0 - 0.17 * au[23]) * (1.0 - 0.24 * au[27])
  t = at.x / (who.mouth_width * pull * shrink)
  run = jnp.clip(jnp.abs(t), 0.0, 1.25)
  arc = jnp.maximum(1.0 - t * t, 0.0)
  root = jnp.sqrt(arc + 1e-6)
  bend = run * jnp.sqrt(run + 1e-6)
  line = who.mouth_y + who.mouth_curve * run * run
  line = line + 0.105 * au[12] * bend - 0.080 * au[15] * run * run
  line = line + 0.038 * au[17] * arc - 0.012 * au[12]
  line = line - 0.045 * mean[27]

  # An opening round as a stretched mouth or flat as parted lips.
  round_ = smoothstep(0.0, 0.6, mean[27])
  shape = arc + (root - arc) * round_
  part = au[25]
  up = 0.012 * part + 0.024 * part * au[9] + 0.070 * mean[27]
  low = part * (0.024 + 0.046 * au[12] + 0.030 * au[5] * (1.0 - round_))
  low = low + 0.150 * mean[27]
  top, bottom = line + up * shape, line - low * shape

  press = (1.0 - 0.28 * au[23]) * (1.0 - 0.60 * au[24])
  full = who.lip * press * (1.0 - 0.22 * au[12])
  bow = 1.0 - 0.30 * bell(t, 0.12) + 0.10 * bell(run - 0.25, 0.12)
  peak = top + 0.042 * full * bow * (0.6 * arc + 0.4 * root)
  pout = bottom - 0.056 * full * (1.0 + 0.16 * au[17]) * (
    0.5 * arc + 0.5 * root
  )
  soft = 0.004 + 0.5 * at.pixel
  ends = smoothstep(1.03, 0.97, run) * at.front

  y = at.y
  upper = cover(jnp.minimum(peak - y, y - top + 0.004), soft) * ends
  lower = cover(jnp.minimum(bottom - y + 0.004, y - pout), soft) * ends
  gloss = bell(y - (0.45 * bottom + 0.55 * pout), 0.012) * bell(t, 0.45)
  image = over(image, who.lip_colour * 0.86, 0.88 * upper)
  image = over(image, who.lip_colour * 1.06, 0.82 * lower)
  image = image * (1.0 + 0.22 * gloss * lower)[None]

  gap = cover(jnp.minimum(top - y, y - bottom), soft) * ends
  gap = gap * smoothstep(0.0, 0.012, up + low)
  inside = jnp.array(_CAVITY)[:, None, None] * jnp.ones_like(y)[None]
  rise = bell(y - bottom - 0.01, 0.045) * bell(t, 0.42)
  inside = over(inside, _TONGUE, 0.85 * round_ * rise)
  show = jnp.clip(
    1.6 * au[12] + 1.1 * au[9] + 1.2 * mean[27] + 1.3 * au[5], 0.0, 1.0
  )
  band = 0.042 - 0.010 * round_
  teeth = cover(jnp.minimum(y - top + band, 0.86 - run), 0.8 * soft) * show
  shadow = 0.72 + 0.28 * smoothstep(1.0, 0.3, run)
  inside = over(inside, jnp.array(_TEETH)[:, None, None] * shadow[None], teeth)
  image = over(image, inside, gap)

  thick = 0.0065 + 0.45 * at.pixel + 0.003 * au[24]
  seam = bell(y - line, thick) * smoothstep(1.06, 0.92, run)
  closed = 1.0 - smoothstep(0.004, 0.02, up + low)
  image = tint(image, (0.36, 0.20, 0.19), 0.92 * seam * closed * at.front)
  dip = bell(run - 1.03, 0.05) * bell(y - line, 0.013 + 0.25 * at.pixel)
  dip = dip * (0.42 + 0.45 * au[12] + 0.4 * au[15])
  dimple = bell(run - 1.17, 0.035) * bell(y - line - 0.006, 0.035)
  corner = jnp.clip(dip + 0.5 * au[12] * dimple, 0.0, 0.9) * at.front
  return tint(image, (0.42, 0.28, 0.26), corner)


def nostrils(image, who: Identity, act, at: Chart):
  """Two dark openings under the tip, flared by AU9."""
  flare = at.sides(act[9])
  x = at.out - 0.050 * who.nose_width * (1.0 + 0.12 * flare)
  y = at.y + 0.298 + who.nose_length - 0.02 * flare - 0.25 * x
  hole = bell(x, 0.024 * who.nose_width + 0.15 * at.pixel) * bell(
    y, 0.011 + 0.2 * at.pixel
  )
  wing = bell(at.out - 0.112 * who.nose_width - 0.01 * flare, 0.012)
  wing = wing * bell(at.y + 0.262 + who.nose_length - 0.02 * flare, 0.032)
  dark = jnp.clip(0.92 * hole + 0.40 * wing, 0.0, 0.92) * at.front
  return tint(image, (0.24, 0.14, 0.13), dark)
