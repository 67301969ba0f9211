"""The ways a face is found in a photograph, by the names configs use.

Viola-Jones is OpenCV's: Viola & Jones, IJCV 57(2), 2004, with the cascade
`haarcascade_frontalface_alt2`, which fires on far fewer blank heads than
`default` does.
"""

from __future__ import annotations

import csv
import dataclasses
import io
import math
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import cv2
import cv2.data
import numpy as np

from jaxfer.data import emotions, files, label_files
from jaxfer.data.table import DataError, Face

DETECTORS = ("viola_jones", "mtcnn", "fixed", "boxes_csv", "precropped")
SEARCHES = ("viola_jones", "mtcnn")  # those that look at the picture
RULES = ("largest", "surest", "central")
"""Which of several faces is taken."""

CASCADE = "haarcascade_frontalface_alt2.xml"
_LEAST_MTCNN = 20  # pixels; it was trained on no smaller faces
_PROFILE = 0.5  # MTCNN's box of a profile is half as wide as a frontal face
_COLUMNS = ("path", "left", "top", "width", "height")


@dataclasses.dataclass(frozen=True)
class Box:
  """A face's bounding box in pixels, and how sure the detector was."""

  left: float  # of its left edge, from the image's; top likewise
  top: float
  width: float
  height: float
  confidence: float  # of the detector; comparable within one detector only
  # (x, y) of the eye on the image's left and of the other, where the detector
  # finds them.
  eyes: tuple[tuple[float, float], tuple[float, float]] | None = None
  # Number of faces found in the picture, of which this was taken.
  among: int = 1

  def scaled(self, factor: float) -> Box:
    """The same box in an image `factor` times as large."""
    eyes = self.eyes
    if eyes is not None:
      (x0, y0), (x1, y1) = eyes
      eyes = ((x0 * factor, y0 * factor), (x1 * factor, y1 * factor))
    return dataclasses.replace(
      self,
      left=self.left * factor,
      top=self.top * factor,
      width=self.width * factor,
      height=self.height * factor,
      eyes=eyes,
    )


Search = Callable[[np.ndarray], list[Box]]
"""A (H, W, 3) uint8 photograph to the boxes of all its faces, in pixels."""

Find = Callable[[Face, np.ndarray], Box | None]
"""A face and its (H, W, 3) uint8 photograph to the face's box in pixels."""


def make(settings: Mapping[str, Any], boxes: Path | None = None) -> Find:
  """A detector that threads may share.

  Settings are `detector`, one of `DETECTORS`, and what it needs: the fields of
  the config's `crop` section for those that search, `box` for `fixed`; `boxes`
  is the file that `boxes_csv` reads.

  Raises:
    DataError: if the file of boxes cannot be read.
  """
  name = settings["detector"]
  if name == "precropped":  # the face fills its picture
    return _fixed((0.0, 0.0, 1.0, 1.0))
  if name == "fixed":
    return _fixed(settings["box"])
  if name == "boxes_csv":
    assert boxes is not None
    listed = read_boxes(boxes)
    return lambda face, image: listed.get(face.path)
  search = searcher(settings)
  return lambda face, image: choose(
    search(image), settings["rule"], image.shape
  )


def searcher(settings: Mapping[str, Any]) -> Search:
  """One of `SEARCHES`, for all faces of a picture; threads may share it.

  Settings are as `make` takes them.
  """
  makers = {"viola_jones": _viola_jones, "mtcnn": _mtcnn}
  return makers[settings["detector"]](settings)


def _fixed(box: tuple[float, float, float, float]) -> Find:
  """The face stands at one place in every picture of a set."""
  left, top, wide, high = box

  def find(face: Face, image: np.ndarray) -> Box:
    height, width = image.shape[:2]
    return Box(left * width, top * height, wide * width, high * height, 1.0)

  return find


def _mtcnn(settings: Mapping[str, Any]) -> Search:
  # Here and not above: other detectors need neither JAX nor the weights.
  from jaxfer.data.mtcnn import detector

  def search(image: np.ndarray) -> list[Box]:
    small, scale = reduce(image, settings["detect_side"])
    least = round(_PROFILE * settings["min_face"] * min(small.shape[:2]))
    boxes = detector.detect(small, max(least, _LEAST_MTCNN))
    return [box.scaled(1 / scale) for box in boxes]

  return search


def _viola_jones(settings: Mapping[str, Any]) -> Search:
  # OpenCV's own threads would fight those that images are spread over.
  cv2.setNumThreads(1)
  # A cascade keeps state while it looks, so each thread has one.
  own = threading.local()

  def search(image: np.ndarray) -> list[Box]:
    if not hasattr(own, "cascade"):
      path = Path(cv2.data.haarcascades) / CASCADE
      own.cascade = cv2.CascadeClassifier(str(path))
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    grey, scale = reduce(grey, settings["detect_side"])
    smallest = max(1, round(settings["min_face"] * min(grey.shape)))
    boxes, _, weights = own.cascade.detectMultiScale3(
      grey,
      scaleFactor=settings["scale_factor"],
      minNeighbors=settings["min_neighbors"],
      minSize=(smallest, smallest),
      outputRejectLevels=True,
    )
    return [
      Box(*sides, confidence=float(weight)).scaled(1 / scale)
      for sides, weight in zip(
        np.asarray(boxes, float).reshape(-1, 4).tolist(), weights, strict=True
      )
    ]

  return search


def choose(
  boxes: Sequence[Box], rule: str, shape: tuple[int, ...]
) -> Box | None:
  """One face of several in an image of that shape, height first.

  Returns:
    The best by that rule, one of `RULES`, and of equals the surest, which says
    among how many it was; None if there are none.
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
  best = max(boxes, key=lambda box: (merit(box), box.confidence), default=None)
  return best and dataclasses.replace(best, among=len(boxes))


def reduce(image: np.ndarray, side: int) -> tuple[np.ndarray, float]:
  """An image reduced to `side` pixels at its longer side, and the factor.

  A smaller one stays as it is, and the factor is 1.
  """
  scale = min(1.0, side / max(image.shape[:2]))
  if scale == 1:
    return image, scale
  size = [max(1, round(length * scale)) for length in image.shape[1::-1]]
  return cv2.resize(image, size, interpolation=cv2.INTER_AREA), scale


def read_boxes(path: Path) -> dict[str, Box]:
  """Boxes by image path, from a CSV of path,left,top,width,height in pixels.

  Paths are relative to the dataset's root.

  Raises:
    DataError: if it cannot be read, naming file and line.
  """
  boxes: dict[str, Box] = {}
  try:
    text = label_files.decode(path.read_bytes())
    between = label_files.delimiter(text.partition("\n")[0])
    reader = csv.DictReader(
      io.StringIO(text, newline=""), delimiter=between, skipinitialspace=True
    )
    names = [name.strip().lower() for name in reader.fieldnames or ()]
    reader.fieldnames = names
    missing = {*_COLUMNS} - {*names}
    if missing:
      raise DataError(
        f"{path} lacks the column {', '.join(sorted(missing))}: expected"
        f" {','.join(_COLUMNS)}"
      )
    for row in reader:
      if not any(row[name] for name in _COLUMNS):
        continue
      where = f"{path} line {reader.line_num}"
      if not row["path"]:
        raise DataError(f"{where}: no path")
      try:
        image = files.resolve_inside(Path(), row["path"].strip()).as_posix()
      except DataError as error:
        raise DataError(f"{where}: {row['path']!r}: {error}") from error
      box = _box(row, where)
      if boxes.setdefault(image, box) != box:
        raise DataError(f"{where}: a second box for {image}")
  except (OSError, csv.Error) as error:
    raise DataError(f"config.crop.boxes={path}: {error}") from error
  return boxes


def _box(row: Mapping[str, str | None], where: str) -> Box:
  sides = [emotions.number((row[n] or "").strip()) for n in _COLUMNS[1:]]
  left, top, width, height = (math.nan if n is None else n for n in sides)
  if not np.isfinite([left, top, width, height]).all():
    said = ", ".join(repr(row[name]) for name in _COLUMNS[1:])
    raise DataError(f"{where}: not four numbers: {said[: emotions.SHOWN]}")
  if not 0 < width < 1e6 > height > 0:
    raise DataError(f"{where}: width and height must be above 0")
  return Box(left, top, width, height, 1.0)
