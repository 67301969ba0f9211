"""Finding every face of a picture, and cutting it as a run's own were cut."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np
from PIL import Image

from jaxfer.data import cut, detect
from jaxfer.data.detect import Box
from jaxfer.errors import UserError

_INSIDE = 0.6  # share of a box that lies in a surer one: the same face


@dataclasses.dataclass(frozen=True)
class Found:
  """A face of a picture.

  Attributes:
    box: where it is, in pixels.
    pixels: (size, size, 3) uint8, cut out; of a window (frames, …).
    note: what was otherwise than with the run's own faces; or empty.
  """

  box: Box
  pixels: np.ndarray
  note: str


class Finder:
  """All faces of a picture, the largest first. Threads may share it.

  Args:
    crop: how the run found and cut its faces.
    seen: what its faces were, as `Run.seen` has it.
    detector: another way to find faces, one of `OTHERS`; empty for the run's.
  """

  def __init__(
    self, crop: Mapping[str, Any], seen: Mapping[str, Any], detector: str = ""
  ):
    own = crop["detector"]
    if detector not in ("", *OTHERS):
      raise UserError(
        f"detector {detector!r} is not one of {', '.join(OTHERS)}"
      )
    # A list of boxes says nothing of other pictures.
    self.detector = detector or ("viola_jones" if own == "boxes_csv" else own)
    self._crop = {**crop, "detector": self.detector}
    self._seen = seen
    self.note = ""
    if self.detector != own:
      self.note = f"found by {self.detector}, the run's own faces by {own}"
    if self.detector != "mtcnn":
      self._crop["align_eyes"] = False
    if self.detector in detect.SEARCHES:
      search = detect.searcher(self._crop)
      self._search = lambda image: _distinct(search(image))
    else:
      find: Any = detect.make(self._crop)
      self._search = lambda image: [find(None, image)]

  def __call__(self, image: np.ndarray) -> list[Found]:
    """The faces of (H, W, 3) uint8 RGB."""
    grey = self._seen["colour"] and self._crop["colour"] != "grey"
    grey = grey and not np.ptp(image[::8, ::8], axis=2).any()
    return [
      Found(box, self.cut(image, box), self._notes(box, grey))
      for box in self._search(image)
    ]

  def cut(self, image: np.ndarray, box: Box) -> np.ndarray:
    """What lies in a box of (H, W, 3) uint8 RGB, (size, size, 3) uint8."""
    return cut.cut(Image.fromarray(image), box, self._crop)

  def _notes(self, box: Box, grey: bool) -> str:
    notes = [self.note]
    side, least = max(box.width, box.height), self._seen["smallest"]
    if side < least:
      notes.append(f"{side:.0f} px, the run's own faces {least:.0f} or more")
    if grey:
      notes.append("grey, the run's own faces in colour")
    return "; ".join(filter(None, notes))


OTHERS = ("viola_jones", "mtcnn", "precropped")
"""Ways to find faces that need nothing but the picture."""


def _distinct(boxes: list[Box]) -> list[Box]:
  """Each face once: a box that mostly lies in a surer one is left out."""
  kept: list[Box] = []
  for box in sorted(boxes, key=lambda one: -one.confidence):
    size = box.width * box.height
    if all(
      common(box, one) / min(size, one.width * one.height) < _INSIDE
      for one in kept
    ):
      kept.append(box)
  return sorted(kept, key=lambda one: (-one.width * one.height, one.left))


def common(a: Box, b: Box) -> float:
  """The area that two boxes have in common."""
  width = min(a.left + a.width, b.left + b.width) - max(a.left, b.left)
  height = min(a.top + a.height, b.top + b.height) - max(a.top, b.top)
  return max(width, 0.0) * max(height, 0.0)
