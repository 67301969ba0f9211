"""The head as a height field: unions of ellipsoids, seen from any side.

K ellipsoids are rows (K, 7): centre, radii, and pitch in radians.

Head frame: x to the image's right, y up, z to the camera; the unit is half a
head's height; eyes at y = 0, chin at -0.8, crown at 0.86. The view is
orthographic, so a rotation of the head is all a camera needs.
"""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp

from jaxfer.standin.face.identities import Identity

_BLEND = 0.045  # depth over which neighbouring ellipsoids melt together
_OUTLINE = 0.03  # the same across the outline


class Surface(NamedTuple):
  """What is seen of a union of ellipsoids."""

  coverage: jax.Array  # (H, W) in [0, 1], soft at the outline
  depth: jax.Array  # (H, W), towards the camera
  normal: jax.Array  # (3, H, W), unit, in the camera's frame
  point: jax.Array  # (3, H, W), in the head's frame


def see(solids: jax.Array, turn: jax.Array, x, y, pixel) -> Surface:
  """Looks at a union of ellipsoids.

  With M an ellipsoid's matrix in the camera's frame, d = (x, y) - centre and b
  = M02 dx + M12 dy, its outline is q = 1 with

    q = M00 dx² + 2 M01 dx dy + M11 dy² - b²/M22,

  and its near side z = centre_z - b/M22 + sqrt((1 - q)/M22). Ellipsoids are
  joined by a smooth maximum of z.

  `turn` (3, 3) is from the head's frame, that of the solids, to the camera's; x
  and y, upwards, are the (H, W) camera coordinates of the pixels, `pixel` the
  size of one.

  Returns:
    The surface; where coverage is 0, the rest is finite but meaningless.
  """
  centre = solids[:, :3] @ turn.T
  form = jax.vmap(_matrix, (0, 0, None))(solids[:, 3:6], solids[:, 6], turn)

  def join(sums, solid):
    top, weights, normals, outline = sums
    middle, matrix = solid
    inside, z, normal = _near_side(middle, matrix, x, y)
    weight = jax.nn.sigmoid((inside - 0.02) / 0.022) * jnp.exp(z / _BLEND)
    return (
      jnp.maximum(top, z),
      weights + weight,
      jax.tree.map(lambda total, part: total + weight * part, normals, normal),
      outline + jnp.exp(jnp.clip(inside, -2.0, 2.0) / _OUTLINE),
    ), None

  # A loop over ellipsoids: all of them at once would not fit in the cache.
  nothing = jnp.zeros_like(x)
  start = (nothing - 9.0, nothing, (nothing,) * 3, nothing)
  sums, _ = jax.lax.scan(join, start, (centre, form))
  top, weights, normals, outline = sums
  depth = _BLEND * jnp.log(weights + 1e-30)
  depth = jnp.clip(depth, top - 0.2, top + 0.03)
  # The root of a denormal is not a number on some backends: keep away.
  scale = jax.lax.rsqrt(sum(part * part for part in normals) + 1e-30)
  normal = jnp.stack([part * scale for part in normals])
  coverage = jax.nn.sigmoid(_OUTLINE / 0.6 * jnp.log(outline + 1e-30) / pixel)
  point = jnp.einsum("ji,jhw->ihw", turn, jnp.stack([x, y, depth]))
  return Surface(coverage, depth, normal, point)


def head(who: Identity, act: dict[int, jax.Array]) -> jax.Array:
  """Skull, face, ears: everything that is skin above the neck, as 20 solids.

  The activation of each unit is (2,), for left and right.
  """
  mean = {unit: jnp.mean(pair) for unit, pair in act.items()}
  drop = 0.13 * mean[27] + 0.012 * mean[25]
  raise_chin = 0.02 * mean[17]
  w, jaw, chin = who.head_width, who.jaw, who.chin
  lift = jnp.maximum(act[6], 0.9 * act[12])
  base = who.nose_length - 0.02 * mean[9]
  nose, tip = who.nose_width, who.nose_depth
  rows = [
    _ball((0, 0.26, -0.16), (0.575 * w, 0.60, 0.66)),
    _ball(
      (0, 0.02 - chin * 0.3 - drop * 0.35, 0.02),
      (0.545 * w, 0.74 + chin * 0.3 + drop * 0.35, 0.53),
    ),
    _ball(
      (0, -0.46 - chin * 0.5 - drop * 0.5, 0.10),
      (0.405 * w * jaw, 0.37 + chin * 0.5 + drop * 0.5, 0.42),
    ),
    _ball(
      (0, -0.70 - chin - drop + raise_chin, 0.33 + raise_chin),
      (0.17 * who.chin_width, 0.12, 0.15),
    ),
    _ball(
      (0, 0.185 - 0.03 * mean[4], 0.46 + who.brow_ridge), (0.34, 0.075, 0.085)
    ),
    *(
      _ball(
        (
          side * 0.275 * w * who.cheek,
          -0.15 + 0.05 * lift[k],
          0.325 + 0.025 * lift[k],
        ),
        (0.20, 0.19, 0.14),
      )
      for k, side in enumerate((-1, 1))
    ),
    _ball(
      (0, -0.06 - 0.4 * base, 0.525 + 0.5 * tip + who.nose_hump),
      (0.052 * nose, 0.25, 0.075),
      -0.22,
    ),
    _ball((0, -0.255 - base, 0.60 + tip), (0.07 * nose, 0.06, 0.085)),
    *_pair(
      (0.08 * nose, -0.27 - base + 0.02 * mean[9], 0.535 + tip),
      (0.05 * nose, 0.048, 0.07),
    ),
    _ball((0, who.mouth_y + 0.045 + 0.02 * mean[9], 0.49), (0.15, 0.055, 0.09)),
    _ball((0, who.mouth_y - 0.065 - drop, 0.475), (0.125, 0.052, 0.085)),
    *_pair(
      (0.575 * w, -0.03, -0.10), (0.05 * who.ear, 0.155 * who.ear, 0.09), -0.2
    ),
    *_pair((0.555 * w, -0.15, -0.06), (0.035, 0.06, 0.05)),
  ]
  return jnp.stack(rows)


def neck(who: Identity) -> jax.Array:
  """The neck and the muscles that slope from it to the shoulders."""
  w = who.neck
  return jnp.stack(
    [
      _ball((0, -1.0, -0.24), (0.33 * w, 0.80, 0.37)),
      _ball((0, -1.40, -0.24), (0.62 * w, 0.34, 0.30)),
    ]
  )


def body(who: Identity) -> jax.Array:
  """Shoulders and chest."""
  w = 0.6 + 0.4 * who.neck
  return jnp.stack(
    [
      _ball((0, -1.90, -0.18), (1.02 * w, 0.70, 0.46)),
      *_pair((0.66 * w, -1.66, -0.2), (0.38, 0.36, 0.34)),
    ]
  )


def scalp(who: Identity) -> jax.Array:
  """The shell of hair over the skull; `hair.growth` says where there is any."""
  v, w = who.hair_volume, who.head_width
  top = jnp.maximum(who.hair_top, -0.02)
  return jnp.stack(
    [
      _ball(
        (0, 0.26 + 0.3 * top, -0.17),
        (0.585 * w + v, 0.61 + v + 0.7 * top, 0.66 + 0.8 * v),
      ),
      _ball((0, 0.60 + top, 0.02), (0.42 * w + 0.5 * v, 0.28 + v, 0.40)),
    ]
  )


def locks(who: Identity) -> jax.Array:
  """Hair that falls behind the ears to the shoulders."""
  v, w, low = who.hair_volume, who.head_width, 0.28 * who.hair_low
  return jnp.stack(
    [
      _ball((0, 0.0, -0.30), (0.60 * w + v, 0.84 + v, 0.48)),
      _ball((0, -0.55 - low, -0.42), (0.52 * w + v, 0.62 + low, 0.26)),
      *_pair(
        (0.50 * w + 0.5 * v, -0.40 - low, -0.14), (0.17 + v, 0.66 + low, 0.27)
      ),
    ]
  )


def _ball(centre, radii, pitch=0.0):
  return jnp.array([*centre, *radii, pitch], dtype=jnp.float32)


def _pair(centre, radii, pitch=0.0):
  """A ball on the right side, and before it its mirror image on the left."""
  x, y, z = centre
  return [_ball((side * x, y, z), radii, pitch) for side in (-1, 1)]


def _near_side(centre, form, x, y):
  """One ellipsoid's signed depth inside its outline, z and unit normal."""
  M00, M01, M02 = form[0, 0], form[0, 1], form[0, 2]
  M11, M12, M22 = form[1, 1], form[1, 2], form[2, 2]
  dx, dy = x - centre[0], y - centre[1]
  b = M02 * dx + M12 * dy
  gx = M00 * dx + M01 * dy - b * M02 / M22
  gy = M01 * dx + M11 * dy - b * M12 / M22
  q = gx * dx + gy * dy
  slope = 2.0 * jnp.sqrt(gx * gx + gy * gy)
  inside = (1.0 - q) / jnp.maximum(slope, 0.5)
  rise = jnp.sqrt(jnp.maximum(1.0 - q, 1e-4) / M22)
  dz = rise - b / M22
  z = centre[2] + dz - 2.0 * jnp.maximum(-inside, 0.0)
  nx = M00 * dx + M01 * dy + M02 * dz
  ny = M01 * dx + M11 * dy + M12 * dz
  nz = M22 * rise
  scale = jax.lax.rsqrt(nx * nx + ny * ny + nz * nz)
  return inside, z, (nx * scale, ny * scale, nz * scale)


def _matrix(radii, pitch, turn):
  """The quadratic form of one ellipsoid in the camera's frame."""
  c, s = jnp.cos(pitch), jnp.sin(pitch)
  axes = turn @ jnp.array([[1, 0, 0], [0, c, -s], [0, s, c]])
  return (axes / jnp.square(radii)[None]) @ axes.T
