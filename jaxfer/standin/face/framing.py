"""Where a head lies in the picture: what a set's owner cropped or aligned."""

from __future__ import annotations

import numpy as np

from jaxfer.standin.face import scene
from jaxfer.standin.face.identities import Identity
from jaxfer.standin.face.scene import Scene

_EYE_Z = 0.47  # how far the eyes lie before the head's centre


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
  seen = (points @ scene.rotation(shown).T)[:, :2] + shown.shift
  pixel = 2.0 * scene.HALF / (shown.scale * width)
  column = 0.5 * (width - 1) + seen[:, 0] / pixel
  row = scene.EYES * height - 0.5 - seen[:, 1] / pixel
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
  scale = head * height * 2.0 * scene.HALF / (1.66 * width)
  unit = scale * width / (2.0 * scene.HALF)  # pixels
  down = (eyes - scene.EYES) * height / unit
  shift = shown.shift - np.array([0.0, down])
  return scene.change(shown, scale=shown.scale * scale, shift=shift)


def align(
  who: Identity,
  shown: Scene,
  size: tuple[int, int],
  *,
  left: tuple[float, float],
  right: tuple[float, float],
) -> Scene:
  """Frames a face as alignment by its eyes does.

  The middle between the eyes comes to its place, and the scale follows their
  distance; half of what turning the head takes from that distance is made up
  for, so that profiles do not burst the picture. The scene's own scale, shift
  and roll stay as errors of alignment. `left` and `right` are where the image's
  left and right eye belong, x and y as shares of its size in pixels.
  """
  width, height = size
  middle = 0.5 * (np.array(left) + np.array(right)) * (width, height)
  distance = (right[0] - left[0]) * width
  unit = distance / (2.0 * float(who.eye_x))
  unit *= min(1.0 / np.cos(shown.yaw) ** 0.5, 1.25)
  scale = shown.scale * unit * 2.0 * scene.HALF / width
  base = scene.change(shown, scale=scale, shift=np.zeros(2))
  pixel = 2.0 * scene.HALF / (base.scale * width)
  eyes = landmarks(who, base, size)[:2]
  away = (middle - eyes.mean(axis=0)) * pixel
  return scene.change(base, shift=shown.shift + np.array([away[0], -away[1]]))
