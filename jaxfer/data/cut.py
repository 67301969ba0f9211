"""Cutting a square around a face out of a photograph."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from PIL import Image

from jaxfer.data.detect import Box
from jaxfer.data.table import Face, to_row

FILTERS: Mapping[str, Image.Resampling] = {
  "bicubic": Image.Resampling.BICUBIC,
  "bilinear": Image.Resampling.BILINEAR,
  "lanczos": Image.Resampling.LANCZOS,
  "box": Image.Resampling.BOX,
}


def cut(
  image: Image.Image, box: Box, settings: Mapping[str, Any]
) -> np.ndarray:
  """Cuts the square around a box out of an RGB photograph, and scales it.

  Settings are `size` in pixels, `margin`, `filter` (one of `FILTERS`), `colour`
  (rgb, or grey for three equal channels) and `align_eyes`, which turns the
  photograph about the point between the eyes until they are level.

  Returns:
    (size, size, 3) uint8.
  """
  if settings["align_eyes"] and box.eyes is not None:
    image, box = _level(image, box)
  square = fit_square(box, image.size, settings["margin"])
  size = settings["size"]
  face = image.resize((size, size), FILTERS[settings["filter"]], box=square)
  if settings["colour"] == "grey":
    face = face.convert("L").convert("RGB")
  return np.asarray(face)


def fit_square(
  box: Box, image_size: tuple[int, int], margin: float
) -> tuple[float, float, float, float]:
  """The square around a box, widened by a margin, moved inside the image.

  The margin, a share of the box's longer side, is added to each side; a box
  that is the whole image is cut to its central square instead.

  Returns:
    Left, top, right, bottom in pixels; equal sides, within the image.
  """
  width, height = image_size
  side = max(box.width, box.height) * (1 + 2 * margin)
  side = min(side, width, height)
  left = box.left + (box.width - side) / 2
  top = box.top + (box.height - side) / 2
  left = min(max(left, 0.0), width - side)
  top = min(max(top, 0.0), height - side)
  return left, top, left + side, top + side


def _level(image: Image.Image, box: Box) -> tuple[Image.Image, Box]:
  """The photograph turned so that the eyes are level, and the turned box."""
  assert box.eyes is not None
  (x0, y0), (x1, y1) = box.eyes
  angle = math.atan2(y1 - y0, x1 - x0)
  about = ((x0 + x1) / 2, (y0 + y1) / 2)
  turned = image.rotate(
    math.degrees(angle), Image.Resampling.BICUBIC, center=about
  )
  # The box keeps its size; its centre turns with the picture.
  dx = box.left + box.width / 2 - about[0]
  dy = box.top + box.height / 2 - about[1]
  cos, sin = math.cos(angle), math.sin(angle)
  left = about[0] + dx * cos + dy * sin - box.width / 2
  top = about[1] - dx * sin + dy * cos - box.height / 2
  return turned, Box(left, top, box.width, box.height, box.confidence)


@dataclasses.dataclass(frozen=True)
class Crop:
  """A face as it was cut out, its box, and its source's checksum."""

  pixels: np.ndarray
  box: Box
  sha256: str

  def row(self, face: Face, detector: str) -> dict[str, str]:
    """Its row of the manifest."""
    numbers = {
      name: f"{getattr(self.box, name):.6g}"
      for name in ("left", "top", "width", "height", "confidence")
    }
    extra = {
      "detector": detector,
      "found": str(self.box.among),
      "sha256": self.sha256,
    }
    return to_row(face) | numbers | extra
