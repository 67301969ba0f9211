"""Faces whose pixels are written in a CSV, as FER2013 circulates.

Each row has an emotion, the grey levels of a square face, and often the part
(`emotion,pixels,Usage`). Goodfellow et al., ICONIP 2013: 35,887 faces of 48×48
pixels.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from jaxfer.data import files
from jaxfer.data.readers import (
  label_files,
  own_classes,
  own_columns,
  own_csv,
  parts,
)
from jaxfer.data.readers.own_columns import Columns
from jaxfer.data.table import DataError, Face, FaceTable, Note, Rejection

_LONGEST = 2**20  # bytes of a line: some 500×500 pixels
_SMALLEST = 8  # pixels along a face's side


def header(root: Path, file: str) -> Columns | None:
  """What the first line of a file says, if it is that of a label table."""
  path = files.resolve_inside(root, file)
  try:
    if not path.is_file():
      return None
    with path.open("rb") as opened:
      line = opened.read(_LONGEST)
    first = label_files.decode(line).splitlines()[0]
    names = next(_cells(first, own_csv.delimiter(first)))
    columns = own_columns.understand([name.strip() for name in names])
  except (OSError, DataError, IndexError, StopIteration, csv.Error):
    return None
  pictured = "path" in columns.facts or "pixels" in columns.facts
  return columns if pictured and columns.labels else None


def read(root: Path, file: str, columns: Columns, codes: str) -> FaceTable:
  """Reads such a CSV.

  Args:
    root: the folder.
    file: the CSV's path, relative to it.
    columns: those of its first line.
    codes: whose numbers the emotions are; FER2013's unless said otherwise.

  Returns:
    A face for each row, in their order and without a person; its path is the
    file's name and the number of its line. Rejected: rows without a square of
    grey levels or with an unknown number.

  Raises:
    DataError: if the file cannot be read or follows another coding.
  """
  rows: list[tuple[int, int, dict[str, str]]] = []
  rejected: list[Rejection] = []
  for line, offset, content in _lines(root, file):
    try:
      cells = _split(content)
      facts = {
        fact: cells[place].strip() if place < len(cells) else ""
        for fact, place in columns.facts.items()
      }
      _picture(facts.pop("pixels"))
      rows.append((line, offset, facts))
    except (DataError, csv.Error) as error:
      rejected.append(
        Rejection(_name(file, line), f"{file} line {line}: {error}")
      )
  say = own_classes.Reader(
    [facts.get("emotion", "") for _, _, facts in rows], codes, "fer2013", file
  )
  offsets, faces = {}, []
  for line, offset, facts in rows:
    path = _name(file, line)
    try:
      emotion = say(facts.get("emotion", ""))
    except DataError as error:
      rejected.append(Rejection(path, f"{file} line {line}: {error}"))
      continue
    offsets[path] = offset
    split = parts.read(facts.get("split", ""))
    faces.append(Face(path, "labelled", emotion=emotion, split=split))
  words = own_classes.notes((face.emotion for face in faces), file)
  words += filter(None, [columns.note()])
  place = columns.facts["pixels"]

  def open_row(face: Face) -> BinaryIO:
    with (root / file).open("rb") as opened:
      opened.seek(offsets[face.path])
      content = opened.readline(_LONGEST)
    try:
      return io.BytesIO(_picture(_split(content)[place]))
    except (DataError, IndexError, csv.Error) as error:
      raise OSError(f"{face.path}: {error}") from error

  notes = tuple(Note(file, text) for text in words)
  return FaceTable(root, tuple(faces), tuple(rejected), notes, open_row)


def _name(file: str, line: int) -> str:
  return f"{file}/{line:06d}"


def _lines(root: Path, file: str) -> Iterator[tuple[int, int, bytes]]:
  """Number, place and content of each line but the first, blank ones apart."""
  path = files.resolve_inside(root, file)
  offset = 0
  try:
    with path.open("rb") as opened:
      for line, content in enumerate(
        iter(lambda: opened.readline(_LONGEST), b""), 1
      ):
        if len(content) == _LONGEST:
          raise DataError(f"{file} line {line}: too long, not read")
        if line > 1 and content.strip():
          yield line, offset, content
        offset += len(content)
  except OSError as error:
    raise DataError(f"{file}: unreadable: {error.strerror}") from error


def _split(content: bytes) -> list[str]:
  text = content.decode("utf-8", errors="replace").strip("\r\n")
  # Pixels are parted by blanks, so the first line's separator shows here too.
  return next(_cells(text, own_csv.delimiter(text)), [])


def _cells(text: str, delimiter: str) -> Iterator[list[str]]:
  return csv.reader([text], delimiter=delimiter, skipinitialspace=True)


def _picture(pixels: str) -> bytes:
  """The picture that a cell describes, as a PGM file."""
  numbers = pixels.split()
  side = math.isqrt(len(numbers))
  if side * side != len(numbers) or side < _SMALLEST:
    raise DataError(f"{len(numbers)} pixels, which make no square face")
  try:
    levels = bytes(map(int, numbers))
  except ValueError as error:
    raise DataError("pixels that are no numbers from 0 to 255") from error
  return b"P5 %d %d 255\n" % (side, side) + levels
