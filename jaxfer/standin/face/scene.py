"""How a sitting is photographed: light, background, framing, head turn."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np


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


def draw(seed: int, person: int, sitting: int) -> Scene:
  """Draws the scene of one sitting.

  It is held over whatever is photographed in the sitting (gazes, cameras), so
  that images of one sitting are near-duplicates, as in a laboratory set.

  Args:
    seed: of the whole set.
    person: number of the person.
    sitting: number of the sitting.

  Returns:
    The scene, as seen by the frontal camera; every leaf float32.
  """
  rng = np.random.default_rng([seed, person, 1, sitting])
  n = rng.normal
  light = np.array([rng.uniform(-1.0, 1.0), rng.uniform(0.2, 0.7), 0.95])
  grey = rng.uniform(0.45, 0.85)
  values = {
    "yaw": math.radians(np.clip(n(0.0, 5.0), -11, 11)),
    "pitch": math.radians(np.clip(n(0.0, 3.0), -7, 7)),
    "roll": math.radians(np.clip(n(0.0, 2.0), -5, 5)),
    "scale": np.clip(n(1.0, 0.02), 0.95, 1.05),
    "shift": np.clip(n(0.0, 0.015, 2), -0.04, 0.04),
    "light": light / np.linalg.norm(light),
    "ambient": rng.uniform(0.42, 0.62),
    "exposure": rng.uniform(0.86, 1.08),
    "warmth": n(0.0, 0.02),
    "backdrop": [
      grey * n(1.0, 0.02, 3),
      grey * rng.uniform(0.75, 1.0) * n(1.0, 0.02, 3),
    ],
  }
  return Scene(**{k: np.asarray(v, np.float32) for k, v in values.items()})


def seen_from(scene: Scene, yaw: float) -> Scene:
  """The same sitting from a camera that stands `yaw` radians to one side."""
  return scene._replace(yaw=np.asarray(scene.yaw + yaw, np.float32))


def still(*, yaw: float = 0.0) -> Scene:
  """A scene without chance: even light, centred, for sheets and tests."""
  light = np.array([-0.3, 0.45, 0.95])
  values = {
    "yaw": yaw,
    "pitch": 0.0,
    "roll": 0.0,
    "scale": 1.0,
    "shift": np.zeros(2),
    "light": light / np.linalg.norm(light),
    "ambient": 0.52,
    "exposure": 1.0,
    "warmth": 0.0,
    "backdrop": np.array([[0.80, 0.81, 0.83], [0.66, 0.67, 0.70]]),
  }
  return Scene(**{k: np.asarray(v, np.float32) for k, v in values.items()})
