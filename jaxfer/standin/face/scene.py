"""How a sitting is photographed: light, background, framing, head turn."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

HALF = 0.97  # half the image's width in half head heights, at scale 1
EYES = 0.42  # where the eyes lie, from the top, as a share of the height


class Scene(NamedTuple):
  """One sitting. Angles are in radians, lengths in half head heights."""

  yaw: np.ndarray  # positive turns the face to the image's left
  pitch: np.ndarray  # positive lifts the chin
  roll: np.ndarray  # positive tilts the crown to the image's left
  scale: np.ndarray  # factor on the head's size
  shift: np.ndarray  # (2,) right and up
  light: np.ndarray  # (3,) unit vector towards the light
  ambient: np.ndarray  # light that has no direction
  exposure: np.ndarray  # factor on all colours
  warmth: np.ndarray  # positive is redder light
  backdrop: np.ndarray  # (2, 3) colours at top and bottom, or (3, H, W)


def make(**values) -> Scene:
  """A scene of these values, each as float32."""
  return Scene(**_float32(values))


def change(shown: Scene, **values) -> Scene:
  """The same scene but for these values, each as float32."""
  return shown._replace(**_float32(values))


def _float32(values) -> dict[str, np.ndarray]:
  return {name: np.asarray(value, np.float32) for name, value in values.items()}


def draw(seed: int, person: int, sitting: int) -> Scene:
  """Draws the scene of one sitting, as the frontal camera sees it.

  It is held over whatever is photographed in the sitting (gazes, cameras), so
  that images of one sitting are near-duplicates, as in a laboratory set.
  """
  rng = np.random.default_rng([seed, person, 1, sitting])
  n = rng.normal
  light = np.array([rng.uniform(-1.0, 1.0), rng.uniform(0.2, 0.7), 0.95])
  grey = rng.uniform(0.45, 0.85)
  return make(
    yaw=math.radians(np.clip(n(0.0, 5.0), -11, 11)),
    pitch=math.radians(np.clip(n(0.0, 3.0), -7, 7)),
    roll=math.radians(np.clip(n(0.0, 2.0), -5, 5)),
    scale=np.clip(n(1.0, 0.02), 0.95, 1.05),
    shift=np.clip(n(0.0, 0.015, 2), -0.04, 0.04),
    light=light / np.linalg.norm(light),
    ambient=rng.uniform(0.42, 0.62),
    exposure=rng.uniform(0.86, 1.08),
    warmth=n(0.0, 0.02),
    backdrop=[
      grey * n(1.0, 0.02, 3),
      grey * rng.uniform(0.75, 1.0) * n(1.0, 0.02, 3),
    ],
  )


def seen_from(shown: Scene, yaw: float) -> Scene:
  """The same sitting from a camera that stands `yaw` radians to one side."""
  return change(shown, yaw=shown.yaw + yaw)


def rotation(shown: Scene, numpy=np):
  """The rotation (3, 3) from the head's frame to the camera's.

  NumPy computes it, or JAX's for what JAX draws.
  """
  (cy, sy), (cp, sp), (cr, sr) = (
    (numpy.cos(angle), numpy.sin(angle))
    for angle in (shown.yaw, shown.pitch, shown.roll)
  )
  turn = numpy.array([[cy, 0, -sy], [0, 1, 0], [sy, 0, cy]])
  nod = numpy.array([[1, 0, 0], [0, cp, sp], [0, -sp, cp]])
  tilt = numpy.array([[cr, -sr, 0], [sr, cr, 0], [0, 0, 1]])
  return tilt @ turn @ nod
