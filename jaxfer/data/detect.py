"""Finding the face in a photograph: Viola-Jones through OpenCV.

Viola & Jones, IJCV 57(2), 2004. The cascade is OpenCV's
`haarcascade_frontalface_alt2`, which fires on far fewer blank heads than
`default` does.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import cv2
import cv2.data
import numpy as np

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
  """

  left: float
  top: float
  width: float
  height: float
  confidence: float


class ViolaJones:
  """Detects the largest face of an image.

  Not safe to share between threads: OpenCV's classifier keeps state.

  Args:
    crop: the config's `crop` section.
  """

  def __init__(self, crop: Any):
    path = Path(cv2.data.haarcascades) / CASCADE
    self._cascade = cv2.CascadeClassifier(str(path))
    self._crop = crop

  def __call__(self, image: np.ndarray) -> Box | None:
    """Finds the largest face.

    Args:
      image: (H, W, 3) uint8 RGB.

    Returns:
      Its box in pixels of `image`, or None where there is no face.
    """
    crop = self._crop
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    scale = min(1.0, crop.detect_side / max(grey.shape))
    if scale < 1:
      size = tuple(max(1, round(side * scale)) for side in grey.shape[::-1])
      grey = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    smallest = max(1, round(crop.min_face * min(grey.shape)))
    boxes, _, weights = self._cascade.detectMultiScale3(
      grey,
      scaleFactor=crop.scale_factor,
      minNeighbors=crop.min_neighbors,
      minSize=(smallest, smallest),
      outputRejectLevels=True,
    )
    if len(boxes) == 0:
      return None
    best = max(range(len(boxes)), key=lambda i: (boxes[i][2], weights[i]))
    left, top, width, height = (float(side) / scale for side in boxes[best])
    return Box(left, top, width, height, float(weights[best]))
