"""How a sitting is photographed: light, background, framing, head turn."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from jaxfer.standin.face.identities import Identity

HALF = 0.97  # half the image's width in half head heights, at scale 1
EYES = 0.42  # where the eyes lie, from the top, as a share of the height
_EYE_Z = 0.47  # how far the eyes lie before the head's centre

Place = tuple[float, float]  # in an image, as shares of its size


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


def move(shown: Scene, **by) -> Scene:
  """The same scene with these added to its values."""
  return change(
    shown, **{k: getattr(shown, k) + more for k, more in by.items()}
  )


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


def landmarks(who: Identity, shown: Scene, size: tuple[int, int]) -> np.ndarray:
  """Where five points of the face come to lie, of a mouth at rest.

  Returns:
    (5, 2) x, y in pixels: the image's left eye, its right eye, nose tip, left
    and right corner of the mouth. A point that is turned away is hidden.
  """
  width, height = size
  nose = -0.255 - who.nose_length
  points = np.array(
    [
      (-who.eye_x, who.eye_y, _EYE_Z),
      (who.eye_x, who.eye_y, _EYE_Z),
      (0.0, nose, 0.67 + who.nose_depth),
      (-who.mouth_width, who.mouth_y, 0.44),
      (who.mouth_width, who.mouth_y, 0.44),
    ],
    np.float64,
  )
  seen = (points @ rotation(shown).T)[:, :2] + shown.shift
  pixel = 2.0 * HALF / (shown.scale * width)
  column = 0.5 * (width - 1) + seen[:, 0] / pixel
  row = EYES * height - 0.5 - seen[:, 1] / pixel
  return np.stack([column, row], axis=1)


def portrait(
  shown: Scene, size: tuple[int, int], *, head: float, eyes: float
) -> Scene:
  """Frames a sitter as a studio does; the scene's scale and shift stay on top.

  `head` (chin to crown) and `eyes` (their height, from the top) are shares of
  the image's height.
  """
  width, height = size
  # A head is 1.66 units high; the image's width is 2 HALF / scale units.
  scale = head * height * 2.0 * HALF / (1.66 * width)
  unit = scale * width / (2.0 * HALF)  # pixels
  down = (eyes - EYES) * height / unit
  return change(
    shown, scale=shown.scale * scale, shift=shown.shift - np.array([0.0, down])
  )


def align(
  who: Identity,
  shown: Scene,
  size: tuple[int, int],
  eyes: tuple[Place, Place],
) -> Scene:
  """Frames a face as alignment by its eyes does.

  The middle between the eyes comes to its place, and the scale follows their
  distance; half of what turning the head takes from that distance is made up
  for, so that profiles do not burst the picture. The scene's own scale, shift
  and roll stay as errors of alignment. `eyes` is where the image's left and
  right eye belong.
  """
  width, height = size
  left, right = eyes
  middle = 0.5 * (np.array(left) + np.array(right)) * (width, height)
  distance = (right[0] - left[0]) * width
  unit = distance / (2.0 * float(who.eye_x))
  unit *= min(1.0 / np.cos(shown.yaw) ** 0.5, 1.25)
  scale = shown.scale * unit * 2.0 * HALF / width
  base = change(shown, scale=scale, shift=np.zeros(2))
  pixel = 2.0 * HALF / (base.scale * width)
  seen = landmarks(who, base, size)[:2].mean(axis=0)
  away = (middle - seen) * pixel
  return change(base, shift=shown.shift + np.array([away[0], -away[1]]))
