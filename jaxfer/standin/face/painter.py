"""A sitting painted in JAX: once, and its eyes for each gaze."""

from __future__ import annotations

import functools

import jax
import jax.numpy as jnp

from jaxfer import facs
from jaxfer.standin.face import geometry, scene
from jaxfer.standin.face.identities import Identity
from jaxfer.standin.face.marks import (
  Chart,
  bell,
  chart,
  cover,
  over,
  smoothstep,
  value_noise,
)
from jaxfer.standin.face.paint import eyes, hair, mouth, skin, wear
from jaxfer.standin.face.scene import Scene


@functools.partial(jax.jit, static_argnames="size")
def paint(
  who: Identity, shown: Scene, activations, gazes, *, size: tuple[int, int]
):
  """The photographs of `render.render` as planes, (G, 3, H, W) uint8.

  Each size is compiled once.
  """
  act = {unit: activations[k] for k, unit in enumerate(facs.AUS)}
  pixel = jnp.asarray(2.0 * scene.HALF / (shown.scale * size[0]))
  x, y = _grid(shown, pixel, size)
  turn = scene.rotation(shown, jnp)
  look = functools.partial(geometry.see, turn=turn, pixel=pixel)

  image = _backdrop(shown, size)
  depth = jnp.full_like(x, -3.0)
  ragged_x, ragged_y = _ragged(who, x, y)

  locks = look(geometry.locks(who), x=ragged_x, y=ragged_y)
  tips = chart(locks.point, pixel)
  # Locks leave the face free: they hang beside it and behind it.
  free = smoothstep(0.30, 0.42, tips.out) + smoothstep(0.06, -0.04, tips.z)
  fall = locks.coverage * who.hair_long * jnp.clip(free, 0.0, 1.0)
  lock_colour = _lit(
    hair.strands(who, locks.normal, tips), locks.normal, shown, gloss=0.04
  )

  neck = look(geometry.neck(who), x=x, y=y)
  body = look(geometry.body(who), x=x, y=y)
  at_neck, at_body = chart(neck.point, pixel), chart(body.point, pixel)
  throat = skin.complexion(who, at_neck)
  deep = wear.neckline(at_neck)
  throat = over(throat, wear.shirt(who, at_neck), cover(deep, 0.8 * pixel))
  throat = throat * (1.0 - 0.5 * _chin_shadow(who, act, at_neck))[None]
  cloth = wear.shirt(who, at_body)
  cloth = over(
    cloth,
    skin.complexion(who, at_body),
    cover(-wear.neckline(at_body), 0.8 * pixel),
  )
  hem = bell(wear.neckline(at_body) - 0.02, 0.016 + 0.4 * pixel)
  cloth = cloth * (1.0 - 0.30 * hem)[None]
  image, depth = _layer(image, depth, _lit(throat, neck.normal, shown), neck)
  image, depth = _layer(image, depth, _lit(cloth, body.normal, shown), body)
  image, depth = _layer(
    image, depth, lock_colour, locks._replace(coverage=fall)
  )

  face = look(geometry.head(who, act), x=x, y=y)
  at = chart(face.point, pixel)
  scalp = look(geometry.scalp(who), x=ragged_x, y=ragged_y)
  on_scalp = chart(scalp.point, pixel)
  crop = scalp.coverage * hair.growth(who, on_scalp, 0.012 + 0.5 * pixel)
  crown = _lit(
    hair.strands(who, scalp.normal, on_scalp),
    scalp.normal,
    shown,
    gloss=0.04,
  )
  eye = eyes.lids(who, act, at)
  under = _skin(who, act, at)
  light = _light(face.normal, shown, gloss=0.07)
  visible = face.coverage * _in_front(face.depth, depth)
  hidden = scalp.coverage * _in_front(scalp.depth + 0.05, face.depth)
  hidden = hidden * crop

  def look_at(gaze):
    painted = eyes.eyes(under, gaze, who, shown.light, eye, at)
    painted = eyes.lid_lines(painted, who, act, eye, at)
    painted = eyes.brows(painted, who, act, at)
    painted = wear.glasses(painted, who, at)
    painted = painted * light[0][None] + light[1][None]
    photo = over(image, painted, visible)
    photo = over(photo, crown, jnp.clip(hidden, 0.0, 1.0))
    cast = jnp.stack(
      [1.0 + shown.warmth, 1.0 + 0.0 * shown.warmth, 1.0 - shown.warmth]
    )
    photo = photo * (shown.exposure * cast)[:, None, None]
    # A shoulder keeps highlights from clipping flat.
    photo = jnp.where(
      photo > 0.8, 0.8 + 0.2 * jnp.tanh((photo - 0.8) / 0.2), photo
    )
    return jnp.clip(photo * 255.0 + 0.5, 0.0, 255.0).astype(jnp.uint8)

  # A loop, not a batch: what the gazes share is then drawn once.
  return jax.lax.map(look_at, gazes)


def _skin(who: Identity, act, at: Chart):
  """Everything on the face but the eyes, brows and glasses."""
  image = skin.complexion(who, at)
  image = skin.relief(image, who, act, at)
  image = skin.folds(image, who, act, at)
  image = skin.beard(image, who, act, at)
  image = mouth.nostrils(image, who, act, at)
  image = mouth.mouth(image, who, act, at)
  concha = bell(at.out - 0.585 * who.head_width, 0.03) * bell(at.y + 0.02, 0.07)
  concha = concha * bell(at.z + 0.06, 0.06)
  image = image * (1.0 - 0.35 * concha)[None]
  roots = hair.growth(who, at, 0.035)
  shade = hair.growth(
    who._replace(hairline=who.hairline - 0.05, temples=who.temples - 0.03),
    at,
    0.06,
  )
  image = image * (1.0 - 0.22 * shade)[None]
  return over(image, 0.7 * who.hair_colour, 0.92 * roots)


def _grid(shown: Scene, pixel, size: tuple[int, int]):
  width, height = size
  across = (jnp.arange(width, dtype=jnp.float32) - 0.5 * (width - 1)) * pixel
  up = (
    scene.EYES * height - 0.5 - jnp.arange(height, dtype=jnp.float32)
  ) * pixel
  shape = (height, width)
  x = jnp.broadcast_to(across[None, :], shape) - shown.shift[0]
  y = jnp.broadcast_to(up[:, None], shape) - shown.shift[1]
  return x, y


def _ragged(who: Identity, x, y):
  """Pixel coordinates shaken a little: a hair's outline is never smooth."""
  amount = 0.012 + 0.045 * who.curl
  rate = 9.0 + 3.0 * who.curl
  dx = value_noise(x * rate, y * rate, who.texture + 12) - 0.5
  dy = value_noise(x * rate + 50.0, y * rate, who.texture + 13) - 0.5
  return x + amount * dx, y + amount * dy


def _backdrop(shown: Scene, size: tuple[int, int]):
  if shown.backdrop.ndim == 3:
    return shown.backdrop
  width, height = size
  down = jnp.linspace(0.0, 1.0, height)[None, :, None]
  top, low = shown.backdrop[0], shown.backdrop[1]
  rows = top[:, None, None] + (low - top)[:, None, None] * down
  return jnp.broadcast_to(rows, (3, height, width))


def _light(normal, shown: Scene, gloss):
  """Factor on colour, and shine to add, (H, W) each."""
  facing = jnp.sum(normal * shown.light[:, None, None], 0)
  soft = jnp.maximum((facing + 0.18) / 1.18, 0.0)
  diffuse = shown.ambient + (1.10 - shown.ambient) * soft
  # Surfaces that turn away or down receive less of the room's light.
  rim = 0.80 + 0.20 * smoothstep(0.0, 0.55, normal[2])
  rim = rim * (0.93 + 0.07 * normal[1])
  shine = gloss * jnp.maximum(facing, 0.0) ** 24
  return diffuse * rim, shine


def _lit(colour, normal, shown: Scene, gloss=0.0):
  factor, shine = _light(normal, shown, gloss)
  return colour * factor[None] + shine[None]


def _in_front(near, far):
  return jax.nn.sigmoid((near - far) / 0.02)


def _layer(image, depth, colour, surface):
  """Lays a surface over what is behind it."""
  mask = surface.coverage * _in_front(surface.depth, depth)
  return over(image, colour, mask), depth + (surface.depth - depth) * mask


def _chin_shadow(who: Identity, act, at: Chart):
  """The shadow that the jaw throws on the throat."""
  drop = 0.13 * jnp.mean(act[27])
  low = -0.80 - who.chin - drop
  edge = low + 0.10 + 1.3 * at.x * at.x
  return smoothstep(edge - 0.32, edge, at.y) * smoothstep(0.45, 0.25, at.out)
