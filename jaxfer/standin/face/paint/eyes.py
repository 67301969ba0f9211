"""Eyes and brows."""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp

from jaxfer.standin.face.identities import Identity
from jaxfer.standin.face.marks import (
  Chart,
  bell,
  cover,
  over,
  smoothstep,
  tint,
  value_noise,
  window,
)

_WHITE = (0.93, 0.91, 0.89)
_LASH = (0.10, 0.07, 0.06)


class Lids(NamedTuple):
  """The eye's opening, (H, W): place in half eye widths from its centre."""

  u: jax.Array  # outwards
  v: jax.Array  # upwards
  upper: jax.Array  # height of the upper lid's edge at u
  lower: jax.Array


def lids(who: Identity, act, at: Chart) -> Lids:
  """Where the lids stand.

  AU5 lifts the upper lid; 7 and 6 close in from both sides; 1 lifts the inner
  corner of the upper lid unless 2 lifts the whole brow; 4 presses it down.
  """
  au = at.spread(act)
  u = (at.out - who.eye_x) / who.eye_width
  v = (at.y - who.eye_y) / who.eye_width - who.eye_tilt * u
  arc = 1.0 - u * u
  up = 0.45 * who.eye_open + 0.34 * au[5] - 0.19 * au[7] - 0.11 * au[6]
  up = jnp.maximum(up - 0.05 * au[4] - 0.05 * au[9], 0.10)
  down = 0.31 * who.eye_open + 0.03 * au[5] - 0.17 * au[7] - 0.17 * au[6]
  down = jnp.maximum(down - 0.05 * au[9], 0.05)
  slope = 0.10 * au[4] - 0.15 * au[1] * (1.0 - 0.6 * au[2])
  upper = arc * (up * (1.0 - 0.14 * u) + slope * u)
  lower = -arc * down * (1.0 + 0.22 * u)
  return Lids(u, v, upper, lower)


def eyes(image, gaze, who: Identity, light, eye: Lids, at: Chart):
  """Eyeballs that look to one side, behind the lids.

  The gaze lies in [-1, 1], the image's left to its right; the light's direction
  places the catch-light.
  """
  u, v, ew = eye.u, eye.v, who.eye_width
  side = jnp.sign(at.x)
  soft = 0.55 * at.pixel / ew
  x = u - 0.46 * gaze * side
  y = v - 0.05
  r = jnp.sqrt(x * x + y * y + 1e-8)
  ball = jnp.array(_WHITE)[:, None, None] * (
    1.0 - 0.26 * smoothstep(0.45, 1.0, jnp.abs(u))[None]
  )
  corner = bell(u + 0.97, 0.12)
  ball = over(ball, (0.80, 0.50, 0.46), 0.8 * corner)
  iris = who.iris[:, None, None] * (0.70 + 1.1 * jnp.clip(r, 0.0, 0.4))[None]
  iris = iris * (1.0 + 0.25 * smoothstep(0.1, -0.3, y))[None]
  rim = smoothstep(0.30, 0.42, r)
  iris = over(iris, 0.35 * who.iris, 0.75 * rim)
  iris = over(iris, (0.03, 0.02, 0.02), cover(0.19 - r, soft))
  ball = over(ball, iris, cover(0.42 - r, soft))
  shade = 0.45 * smoothstep(0.22, 0.0, eye.upper - v)
  ball = tint(ball, (0.45, 0.40, 0.40), shade)
  glint = bell(x * side - 0.16 * jnp.sign(light[0]), 0.075) * bell(
    y - 0.15, 0.075
  )
  ball = over(ball, jnp.ones(3), jnp.clip(1.1 * glint, 0.0, 1.0))
  depth = jnp.minimum(eye.upper - v, v - eye.lower) * ew
  return over(image, ball, cover(depth, 0.55 * at.pixel) * at.front)


def lid_lines(image, who: Identity, act, eye: Lids, at: Chart):
  """Lashes, the lower lid's rim, and the fold above the eye."""
  au = at.spread(act)
  u, v, ew = eye.u, eye.v, who.eye_width
  arc = 1.0 - u * u
  thick = 0.042 * who.lashes + 0.30 * at.pixel / ew
  run = window((u + 1.06) / 2.16, 0.12)
  fold = jnp.maximum(eye.upper, 0.0) + 0.09 + 0.13 * jnp.maximum(arc, -0.3)
  fold = fold - 0.06 * au[4] - 0.04 * au[5]
  crease = bell(v - fold, 0.05 + 0.3 * at.pixel / ew) * run
  lid = smoothstep(0.0, 0.05, v - eye.upper) * smoothstep(0.02, -0.04, v - fold)
  image = tint(image, (0.86, 0.74, 0.71), lid * run * at.front)
  image = tint(image, (0.48, 0.35, 0.31), 0.55 * crease * at.front)
  low = bell(v - eye.lower + 0.02, 0.045 + 0.25 * at.pixel / ew) * run
  image = tint(image, (0.58, 0.42, 0.38), 0.75 * low * at.front)
  lash = (
    bell(v - eye.upper, thick) * run * (0.8 + 0.2 * smoothstep(-0.8, 0.8, u))
  )
  return over(image, _LASH, 0.95 * lash * at.front)


def brows(image, who: Identity, act, at: Chart):
  """Brows: AU1 lifts the inner end, 2 the outer; 4 and 9 press it down."""
  au = at.spread(act)
  ew = who.eye_width
  start = who.eye_x - 1.0 * ew - 0.26 * ew * au[4]
  t = (at.out - start) / (2.2 * ew * who.brow_length)
  c = jnp.clip(t, 0.0, 1.0)
  inner = 1.0 - c
  height = who.eye_y + who.brow_y + who.brow_arch * bell(c - 0.62, 0.24)
  height = height - 0.030 * c * c * c
  height = height + 0.105 * au[1] * inner * jnp.sqrt(inner + 1e-6)
  height = height + au[2] * (0.085 * c + 0.09 * c * inner)
  press = 0.092 * inner + 0.035 * c * inner + 0.012
  height = height - au[4] * press * (1.0 - 0.55 * au[1])
  height = height - 0.040 * au[9] * inner
  half = who.brow_width * (1.0 - 0.62 * c * c) * smoothstep(-0.06, 0.10, t)
  hairs = value_noise(at.x * 38.0, at.y * 30.0 - at.out * 30.0, who.texture + 5)
  depth = half - jnp.abs(at.y - height) + 0.007 * (hairs - 0.5)
  mask = cover(depth, 0.006 + 0.45 * at.pixel)
  mask = mask * smoothstep(-0.03, 0.07, t) * smoothstep(1.04, 0.92, t)
  mask = mask * (0.80 + 0.25 * hairs) * at.front
  return over(image, who.brow_colour, jnp.clip(mask, 0.0, 0.96))
