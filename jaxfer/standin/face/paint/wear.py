"""What is worn: glasses and a shirt."""

from __future__ import annotations

import jax.numpy as jnp

from jaxfer.standin.face.identities import Identity
from jaxfer.standin.face.marks import Chart, bell, over, smoothstep, value_noise


def glasses(image, who: Identity, at: Chart):
  """Thin dark frames with temples to the ears; lenses are clear."""
  w, h = who.glasses_width, who.glasses_height
  x = jnp.abs(at.out - who.eye_x - 0.01) / w
  y = jnp.abs(at.y - who.eye_y + 0.015) / h
  # A rounded rectangle: |x|^4 + |y|^4 = 1, distance to first order.
  level = x**4 + y**4
  slope = 4.0 * jnp.sqrt((x**3 / w) ** 2 + (y**3 / h) ** 2) + 1e-3
  thick = 0.008 + 0.40 * at.pixel
  frame = bell((level - 1.0) / slope, thick)
  gap = who.eye_x + 0.01 - w
  bridge = bell(at.y - who.eye_y - 0.02 + 0.6 * at.x * at.x, thick)
  bridge = bridge * smoothstep(gap + 0.01, gap - 0.01, at.out)
  temple = bell(at.y - who.eye_y - 0.035, thick)
  temple = temple * smoothstep(-0.01, 0.01, at.out - who.eye_x - w)
  temple = temple * smoothstep(-0.12, -0.06, at.z)
  front = smoothstep(0.05, 0.20, at.z)
  mask = jnp.maximum(jnp.maximum(frame, bridge) * front, temple)
  return over(image, 0.5 * who.brow_colour, 0.92 * who.glasses * mask)


def shirt(who: Identity, at: Chart):
  """Cloth (3, H, W), with folds."""
  fold = value_noise(at.x * 3.0, at.y * 2.0, who.texture + 11) - 0.5
  return who.shirt[:, None, None] * (1.0 + 0.22 * fold)[None]


def neckline(at: Chart):
  """How deep below the shirt's round neck a pixel lies, (H, W)."""
  return -1.20 + 0.9 * at.x * at.x - at.y
