"""From a table of images to aligned arrays of small faces."""

from __future__ import annotations

import collections
import logging
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from jaxfer import artifacts, logs
from jaxfer.data import clips, cut, detect, images
from jaxfer.data.cut import Crop
from jaxfer.data.journal import Journal
from jaxfer.data.ordered import map_in_order
from jaxfer.data.table import (
  COLUMNS,
  DataError,
  Face,
  FaceTable,
  Rejection,
  count_reasons,
  write_csv,
)

_log = logging.getLogger(__name__)
_NOTES = 20  # of a reader, that are logged

MANIFEST_COLUMNS = (
  *COLUMNS,
  *("left", "top", "width", "height"),
  *("detector", "confidence", "found", "sha256"),
)


def write_faces(
  table: FaceTable,
  out: Path,
  settings: Mapping[str, Any],
  *,
  boxes: Path | None = None,
  progress: logs.Progress | None = None,
) -> None:
  """Crops every face of a table, going on where an interrupted call stopped.

  Writes `faces.npy`, uint8 (N, size, size, 3), of clips (N, frames, size, size,
  3); `manifest.csv`, a row per face with its facts, box, detector, confidence,
  the number of faces found in its picture and the source's SHA-256; and
  `rejected.csv`, everything that did not become a face, with the reason. The
  same input gives the same bytes.

  Args:
    table: the images.
    out: an existing folder, empty or left by an interrupted call with the same
      arguments.
    settings: `max_megapixels`, and what `detect.make` and `cut.cut` take; for
      clips also what `clips.Finder` does.
    boxes: the file that the detector `boxes_csv` reads.
    progress: told the images done so far, with a note.

  Raises:
    DataError: if not one face is left, with the commonest reason.
  """
  if table.clips:
    finder = clips.Finder(table, settings, boxes)
  else:
    finder = _Finder(table, settings, boxes)
  with Journal(out, finder.shape) as journal:
    rest = table.faces[journal.done :]
    if progress is not None:
      progress.resume(journal.done)
    for face, result in zip(rest, map_in_order(finder, rest), strict=True):
      if isinstance(result, Rejection):
        journal.add({"path": result.path, "reason": result.reason}, None)
      else:
        journal.add(result.row(face, settings["detector"]), result.pixels)
      if progress is not None:
        rejected = len(table.rejected) + journal.done - journal.faces
        progress(journal.done, f"{rejected} rejected")
    rejections = _rejections(table, journal)
    write_csv(out / "rejected.csv", ("path", "reason"), rejections)
    if not journal.faces:
      reasons = (facts["reason"] for _, facts in journal.records())
      raise DataError(_no_face(table, settings["detector"], reasons))
    write_csv(
      out / "manifest.csv",
      MANIFEST_COLUMNS,
      (facts for is_face, facts in journal.records() if is_face),
    )
    _tell(table, settings, journal)
    journal.finish(out / "faces.npy")


def _tell(
  table: FaceTable, settings: Mapping[str, Any], journal: Journal
) -> None:
  """Says in the log what was read, what was refused, and what was chosen."""
  name = settings.get("dataset", table.root.name)
  for note in table.notes[:_NOTES]:
    where = "" if note.path == "." else f"{note.path}: "
    _log.info("%s: %s%s", name, where, note.text)
  if len(table.notes) > _NOTES:
    _log.info("%s: … and %d more notes", name, len(table.notes) - _NOTES)
  refused = count_reasons(row["reason"] for row in _rejections(table, journal))
  _log.info("%s: %s faces, %s", name, f"{journal.faces:,}", refused)
  several = sum(
    is_face and int(facts["found"]) > 1 for is_face, facts in journal.records()
  )
  if several:
    _log.info(
      "%s: pictures with several faces, of which the %s one is taken"
      " (crop.rule): %d",
      name,
      settings["rule"],
      several,
    )


def _rejections(table: FaceTable, journal: Journal) -> Iterator[dict[str, str]]:
  for refused in table.rejected:
    yield {"path": refused.path, "reason": refused.reason}
  for is_face, facts in journal.records():
    if not is_face:
      yield facts


def _no_face(table: FaceTable, detector: str, reasons: Iterable[str]) -> str:
  words = f"none of {len(table.faces)} images under {table.root} gave a face"
  for reason, count in collections.Counter(reasons).most_common(3):
    words += f"\n  {count} times: {reason}"
  if detector in detect.SEARCHES:
    words += (
      "\n  faces that fill their image need no detector: set"
      f" data.{table.faces[0].dataset}.detector to precropped"
    )
  return words


class _Finder:
  """Decodes, detects and crops; safe in threads."""

  def __init__(
    self, table: FaceTable, settings: Mapping[str, Any], boxes: Path | None
  ):
    self._table, self._settings = table, settings
    self._find = detect.make(settings, boxes)
    self.shape = (settings["size"], settings["size"], 3)
    self._none_found = f"no face found by {settings['detector']}"
    if settings["detector"] == "boxes_csv":
      self._none_found = f"no box listed in {boxes and boxes.name}"

  def __call__(self, face: Face) -> Crop | Rejection:
    try:
      with images.faults(), self._table.open(face) as file:
        sha256 = artifacts.digest(file)
        file.seek(0)
        image = images.load_face(
          file, max_megapixels=self._settings["max_megapixels"]
        )
    except images.ImageError as error:
      return Rejection(face.path, str(error))
    box = self._find(face, np.asarray(image))
    if box is None:
      return Rejection(face.path, self._none_found)
    return Crop(cut.cut(image, box, self._settings), box, sha256)
