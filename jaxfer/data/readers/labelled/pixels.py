"""Faces whose pixels are written in a CSV, as FER2013 circulates.

Each row has an emotion, the grey levels of a square face, and often the part
(`emotion,pixels,Usage`). Goodfellow et al., ICONIP 2013: 35,887 faces of 48×48
pixels.
"""

from __future__ import annotations

import csv
import io
import math
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from jaxfer.data import emotions, files, parts
from jaxfer.data.dataset import Findings
from jaxfer.data.readers.labelled import doubts
from jaxfer.data.readers.labelled.tables import (
  LONGEST,
  Columns,
  declared,
  split,
)
from jaxfer.data.table import DataError, Face, FaceTable

_SMALLEST = 8  # pixels along a face's side


def read(root: Path, file: str, columns: Columns, codes: str) -> FaceTable:
  """Reads such a CSV, of these columns.

  `codes` says whose numbers the emotions are; FER2013's unless said otherwise.

  Returns:
    A face for each row, in their order; its path is the file's name and the
    number of its line. Rejected: rows without a square of
    grey levels or with an unknown number.

  Raises:
    DataError: if the file cannot be read or follows another coding.
  """
  found = Findings(root)
  rows: list[tuple[int, int, list[str]]] = []
  for line, offset, content in _lines(root, file):
    try:
      cells = _cells(content)
      _picture(columns.cell(cells, "pixels"))
    except (DataError, csv.Error) as error:
      found.reject(_name(file, line), f"{file} line {line}: {error}")
      continue
    cells[columns.facts["pixels"]] = ""  # of many faces they are long
    rows.append((line, offset, cells))
  every = [cells for _, _, cells in rows]
  said = [columns.cell(cells, "emotion") for cells in every]
  say = emotions.Reader(said, codes, "fer2013", file)
  nobody = doubts.nobody(columns, every)
  offsets, faces = {}, []
  for line, offset, cells in rows:
    path = _name(file, line)
    subject = "" if nobody else columns.cell(cells, "subject")
    try:
      face = Face(
        path,
        "labelled",
        subject=None if emotions.is_empty(subject) else subject,
        emotion=say(columns.cell(cells, "emotion")),
        split=parts.read(columns.cell(cells, "split")),
      )
    except DataError as error:
      found.reject(path, f"{file} line {line}: {error}")
      continue
    offsets[path] = offset
    faces.append(face)

  def open_row(face: Face) -> BinaryIO:
    with (root / file).open("rb") as opened:
      opened.seek(offsets[face.path])
      content = opened.readline(LONGEST)
    try:
      return io.BytesIO(_picture(columns.cell(_cells(content), "pixels")))
    except (DataError, csv.Error) as error:
      raise OSError(f"{face.path}: {error}") from error

  faces = found.of_people(faces)
  words = emotions.notes((face.emotion for face in faces), file)
  for text in (*words, *say.notes(), *doubts.notes(columns, every)):
    found.note(file, text)
  return found.table(faces, open_row)


def _name(file: str, line: int) -> str:
  return f"{file}/{line:06d}"


def _lines(root: Path, file: str) -> Iterator[tuple[int, int, bytes]]:
  """Number, place and content of each line but the first, blank ones apart."""
  path = files.resolve_inside(root, file)
  offset, above = 0, 1
  try:
    with path.open("rb") as opened:
      for line, content in enumerate(
        iter(lambda: opened.readline(LONGEST), b""), 1
      ):
        if len(content) == LONGEST:
          raise DataError(f"{file} line {line}: too long, not read")
        if line == 1 and content.startswith((BOM_UTF16_BE, BOM_UTF16_LE)):
          raise DataError(f"{file} is UTF-16: save it as UTF-8")
        if line > above and content.strip():
          yield line, offset, content
        elif line == 1 and declared(content.decode("utf-8-sig", "replace"))[0]:
          above = 2  # the header
        offset += len(content)
  except OSError as error:
    raise DataError(f"{file}: unreadable: {error.strerror}") from error


def _cells(content: bytes) -> list[str]:
  # Pixels are parted by blanks, so each line's own separator shows.
  return split(content.decode("utf-8", errors="replace").strip("\r\n"))


def _picture(pixels: str) -> bytes:
  """The picture that a cell describes, as a PGM file."""
  numbers = pixels.replace(",", " ").split()
  side = math.isqrt(len(numbers))
  if side * side != len(numbers) or side < _SMALLEST:
    raise DataError(f"{len(numbers)} pixels, which make no square face")
  try:
    levels = bytes(map(int, numbers))
  except ValueError as error:
    raise DataError("pixels that are no numbers from 0 to 255") from error
  return b"P5 %d %d 255\n" % (side, side) + levels
