"""From a table of images to aligned arrays of small faces."""

from __future__ import annotations

import collections
import dataclasses
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from jaxfer import artifacts
from jaxfer.data import images
from jaxfer.data.detect import Box, ViolaJones
from jaxfer.data.table import (
  COLUMNS,
  DataError,
  Face,
  FaceTable,
  Rejection,
  to_row,
  write_csv,
)

DETECTORS = ("viola_jones", "precropped")
MANIFEST_COLUMNS = (
  *COLUMNS,
  "left",
  "top",
  "width",
  "height",
  "detector",
  "confidence",
  "sha256",
)
_SMALLEST = 8  # pixels; a smaller image holds no face


def write_faces(
  table: FaceTable,
  out: Path,
  *,
  crop: Any,
  detector: str,
  max_megapixels: float,
  progress: Callable[[int, str], None] = lambda done, note: None,
) -> None:
  """Crops every face of a table.

  Writes `faces.npy`, uint8 (N, size, size, 3); `manifest.csv`, a row per face
  with its facts, box, detector, confidence and the source's SHA-256; and
  `rejected.csv`, everything that did not become a face, with the reason. The
  same input gives the same bytes.

  Args:
    table: the images, N or more.
    out: an existing folder.
    crop: the config's `crop` section.
    detector: one of `DETECTORS`.
    max_megapixels: the largest image that is decoded.
    progress: called with the images done so far and a note.

  Raises:
    DataError: if not one face is left, with the commonest reason.
    ValueError: for an unknown detector.
  """
  if detector not in DETECTORS:
    raise ValueError(
      f"detector {detector!r} is not one of {', '.join(DETECTORS)}:"
      " set crop.pretrain and crop.probe"
    )
  finder = _Finder(crop, detector, max_megapixels)
  shape = (crop.size, crop.size, 3)
  rows, rejected = [], list(table.rejected)
  with (out / "faces.raw").open("wb") as raw:
    results = _in_order(lambda face: finder(table.root, face), table.faces)
    for done, (face, result) in enumerate(
      zip(table.faces, results, strict=True), 1
    ):
      if isinstance(result, Rejection):
        rejected.append(result)
      else:
        raw.write(result.pixels.tobytes())
        rows.append(result.row(face, detector))
      progress(done, f"{done - len(rows)} rejected")
  write_csv(
    out / "rejected.csv",
    ("path", "reason"),
    (dataclasses.asdict(refused) for refused in rejected),
  )
  if not rows:
    raise DataError(_no_face(table, detector, rejected[len(table.rejected) :]))
  write_csv(out / "manifest.csv", MANIFEST_COLUMNS, rows)
  _raw_to_npy(out / "faces.raw", out / "faces.npy", (len(rows), *shape))


def _no_face(table: FaceTable, detector: str, rejected: list[Rejection]) -> str:
  reasons = collections.Counter(refused.reason for refused in rejected)
  words = f"none of {len(table.faces)} images under {table.root} gave a face"
  for reason, count in reasons.most_common(3):
    words += f"\n  {count} times: {reason}"
  if detector != "precropped":
    words += (
      "\n  faces that fill their image need no detector: set crop.pretrain and"
      " crop.probe to precropped"
    )
  return words


@dataclasses.dataclass(frozen=True)
class _Crop:
  pixels: np.ndarray
  box: Box
  sha256: str

  def row(self, face: Face, detector: str) -> dict[str, str]:
    box = dataclasses.asdict(self.box)
    numbers = {name: f"{value:.6g}" for name, value in box.items()}
    extra = {"detector": detector, "sha256": self.sha256}
    return to_row(face) | numbers | extra


class _Finder:
  """Decodes, detects and crops; safe in threads, a detector for each."""

  def __init__(self, crop: Any, detector: str, max_megapixels: float):
    self._crop, self._detector = crop, detector
    self._max_megapixels = max_megapixels
    self._local = threading.local()

  def __call__(self, root: Path, face: Face) -> _Crop | Rejection:
    path = root / face.path
    try:
      image = images.load(path, max_megapixels=self._max_megapixels)
    except images.ImageError as error:
      return Rejection(face.path, str(error))
    if min(image.size) < _SMALLEST:
      width, height = image.size
      reason = f"{width}×{height} pixels are too few for a face"
      return Rejection(face.path, reason)
    box = self._detect(image)
    if box is None:
      return Rejection(face.path, f"no face found by {self._detector}")
    size = self._crop.size
    square = fit_square(box, image.size, self._crop.margin)
    pixels = image.resize((size, size), Image.Resampling.BICUBIC, box=square)
    return _Crop(np.asarray(pixels), box, artifacts.sha256(path))

  def _detect(self, image: Image.Image) -> Box | None:
    if self._detector == "precropped":
      return Box(0.0, 0.0, float(image.width), float(image.height), 1.0)
    if not hasattr(self._local, "detector"):
      self._local.detector = ViolaJones(self._crop)
    return self._local.detector(np.asarray(image))


def fit_square(
  box: Box, image_size: tuple[int, int], margin: float
) -> tuple[float, float, float, float]:
  """The square around a box, widened by a margin, moved inside the image.

  Args:
    box: the face.
    image_size: width and height of the image in pixels.
    margin: what is added to each side, as a share of the box's longer side;
      a box that is the whole image is cut to its central square instead.

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


def _in_order(
  work: Callable[[Face], Any], faces: tuple[Face, ...]
) -> Iterator[Any]:
  """Results in input order from all cores, a bounded number in flight."""
  workers = os.cpu_count() or 1
  pending: collections.deque[Future] = collections.deque()
  with ThreadPoolExecutor(workers) as pool:
    for face in faces:
      pending.append(pool.submit(work, face))
      if len(pending) > 4 * workers:
        yield pending.popleft().result()
    while pending:
      yield pending.popleft().result()


def _raw_to_npy(raw: Path, npy: Path, shape: tuple[int, ...]) -> None:
  """Puts an array header before a file of bytes, and removes that file."""
  source = np.memmap(raw, np.uint8, "r", shape=shape)
  target = np.lib.format.open_memmap(npy, "w+", np.uint8, shape)
  for start in range(0, shape[0], 4096):
    target[start : start + 4096] = source[start : start + 4096]
  target.flush()
  del source, target
  raw.unlink()
