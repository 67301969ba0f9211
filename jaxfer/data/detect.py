"""Finding the face in a photograph: Viola-Jones through OpenCV.

Viola & Jones, IJCV 57(2), 2004. The cascade is OpenCV's
`haarcascade_frontalface_alt2`, which fires on far fewer blank heads than
`default` does.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import cv2
import cv2.data
import numpy as np

RULES = ("largest", "surest", "central")
"""Which of several faces is taken."""

CASCADE = "haarcascade_frontalface_alt2.xml"


@dataclasses.dataclass(frozen=True)
class Box:
  """A face's bounding box in pixels, and how sure the detector was.

  Attributes:
    left: of the box's left edge, from the image's.
    top: of the box's upper edge, from the image's.
    width: of the box.
    height: of the box.
    confidence: of the detector; comparable within one detector only.
    eyes: (x, y) of the eye on the image's left and of the other, where the
      detector finds them.
    among: number of faces found in the picture, of which this was taken.
  """

  left: float
  top: float
  width: float
  height: float
  confidence: float
  eyes: tuple[tuple[float, float], tuple[float, float]] | None = None
  among: int = 1

  def scaled(self, factor: float) -> Box:
    """The same box in an image `factor` times as large."""
    eyes = None
    if self.eyes is not None:
      (x0, y0), (x1, y1) = self.eyes
      eyes = ((x0 * factor, y0 * factor), (x1 * factor, y1 * factor))
    return dataclasses.replace(
      self,
      left=self.left * factor,
      top=self.top * factor,
      width=self.width * factor,
      height=self.height * factor,
      eyes=eyes,
    )


class ViolaJones:
  """Detects the frontal faces of an image.

  Not safe to share between threads: OpenCV's classifier keeps state.

  Args:
    settings: `detect_side`, `min_face`, `scale_factor` and `min_neighbors` of
      the config's `crop` section.
  """

  def __init__(self, settings: Mapping[str, Any]):
    path = Path(cv2.data.haarcascades) / CASCADE
    self._cascade = cv2.CascadeClassifier(str(path))
    # Images are spread over threads already; OpenCV's own would fight them.
    cv2.setNumThreads(1)
    self._settings = settings

  def __call__(self, image: np.ndarray) -> list[Box]:
    """Finds faces.

    Args:
      image: (H, W, 3) uint8 RGB.

    Returns:
      Their boxes in pixels of `image`, in no order.
    """
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    grey, scale = reduce(grey, self._settings["detect_side"])
    smallest = max(1, round(self._settings["min_face"] * min(grey.shape)))
    boxes, _, weights = self._cascade.detectMultiScale3(
      grey,
      scaleFactor=self._settings["scale_factor"],
      minNeighbors=self._settings["min_neighbors"],
      minSize=(smallest, smallest),
      outputRejectLevels=True,
    )
    return [
      Box(*sides, confidence=float(weight)).scaled(1 / scale)
      for sides, weight in zip(
        np.asarray(boxes, float).reshape(-1, 4).tolist(), weights, strict=True
      )
    ]


def choose(
  boxes: Sequence[Box], rule: str, shape: tuple[int, ...]
) -> Box | None:
  """One face of several.

  Args:
    boxes: the faces found in an image.
    rule: one of `RULES`.
    shape: of the image's array, height first.

  Returns:
    The best by that rule, of equals the surest; None if there are none.
  """
  height, width = shape[:2]

  def off_centre(box: Box) -> float:
    x = box.left + (box.width - width) / 2
    y = box.top + (box.height - height) / 2
    return math.hypot(x, y)

  merits = {
    "largest": lambda box: box.width * box.height,
    "surest": lambda box: box.confidence,
    "central": lambda box: -off_centre(box),
  }
  merit = merits[rule]
  return max(boxes, key=lambda box: (merit(box), box.confidence), default=None)


def reduce(image: np.ndarray, side: int) -> tuple[np.ndarray, float]:
  """An image reduced to `side` pixels at its longer side, and the factor.

  A smaller one stays as it is, and the factor is 1.
  """
  scale = min(1.0, side / max(image.shape[:2]))
  if scale == 1:
    return image, scale
  size = [max(1, round(length * scale)) for length in image.shape[1::-1]]
  return cv2.resize(image, size, interpolation=cv2.INTER_AREA), scale
