"""Faces in the wild: any pose and light, before and behind anything."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from jaxfer.standin.face import camera, clutter, occlusion, render, scene
from jaxfer.standin.face.identities import Identity
from jaxfer.standin.face.scene import Place, Scene


class Wildness(NamedTuple):
  """How hard a set is, and how its owner has aligned it.

  Angles are in degrees; but for the eyes, the rest are shares of photographs.
  """

  yaw: float  # standard deviation; three times as much is the limit
  pitch: float
  roll: float
  occluded: float
  blurred: float
  dark: float
  grey: float
  crowd: float  # of backgrounds, with other people
  eyes: tuple[Place, Place]  # the image's left and right, as shares


class Setting(NamedTuple):
  """One photograph to be taken, everything but the face's expression."""

  # Pose and light; its scale, shift and roll are errors of alignment.
  scene: Scene
  gaze: float  # in [-1, 1]
  behind: int  # seeds the background
  before: int | None  # seeds what hides the face, or None
  faults: camera.Faults  # of the camera
  crowd: float  # chance of other people in the background
  # Where the image's left and right eye belong, as shares.
  eyes: tuple[Place, Place]


def draw(rng: np.random.Generator, wildness: Wildness) -> Setting:
  """Draws where and how somebody is photographed."""
  n, u = rng.normal, rng.uniform
  light = np.array([u(-1.6, 1.6), u(-0.2, 1.1), u(0.5, 1.1)])
  shown = scene.make(
    yaw=_turn(rng, wildness.yaw),
    pitch=_turn(rng, wildness.pitch),
    roll=_turn(rng, wildness.roll),
    scale=np.clip(n(1.0, 0.03), 0.92, 1.08),
    shift=np.clip(n(0.0, 0.02, 2), -0.06, 0.06),
    light=light / np.linalg.norm(light),
    ambient=u(0.30, 0.65),
    exposure=u(0.85, 1.1),
    warmth=n(0.0, 0.03),
    backdrop=np.zeros((2, 3)),
  )
  hidden = rng.random() < wildness.occluded
  return Setting(
    scene=shown,
    gaze=float(np.clip(n(0.0, 0.35), -1.0, 1.0)),
    behind=int(rng.integers(1 << 31)),
    before=int(rng.integers(1 << 31)) if hidden else None,
    faults=camera.draw(
      rng,
      blurred=wildness.blurred,
      dark=wildness.dark,
      grey=wildness.grey,
    ),
    crowd=wildness.crowd,
    eyes=wildness.eyes,
  )


def photograph(
  who: Identity,
  activations: np.ndarray,
  setting: Setting,
  size: tuple[int, int],
  *,
  take: int = 0,
) -> np.ndarray:
  """Photographs a face, aligned by its eyes, (H, W, 3) uint8.

  Another take of the same setting has other grain.
  """
  shown = scene.align(who, setting.scene, size, setting.eyes)
  shown = shown._replace(
    backdrop=clutter.draw(
      np.random.default_rng(setting.behind), size, crowd=setting.crowd
    )
  )
  photo = render.render(who, shown, activations, (setting.gaze,), size)[0]
  if setting.before is not None:
    photo = occlusion.draw(
      np.random.default_rng(setting.before),
      photo,
      scene.landmarks(who, shown, size),
    )
  grain = np.random.default_rng([setting.behind, take])
  return camera.expose(grain, photo, setting.faults)


def _turn(rng: np.random.Generator, degrees: float) -> float:
  limit = 3.0 * degrees
  return math.radians(np.clip(rng.normal(0.0, degrees), -limit, limit))
