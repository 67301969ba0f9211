"""A user's own folders: unlabelled faces, and faces labelled by a CSV."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from jaxfer import facs
from jaxfer.data import files
from jaxfer.data.table import DataError, Face, FaceTable, Rejection

REQUIRED = ("path", "subject", "emotion")
_AU = re.compile(r"au0*(\d+)")


def read_unlabelled(root: Path) -> FaceTable:
  """Every image below a folder, without labels.

  Args:
    root: the folder.

  Returns:
    Faces sorted by path; files that are no images by name are rejected.
  """
  faces, rejected = [], []
  for path in files.walk(root):
    if files.is_image_name(path):
      faces.append(Face(path=path, dataset="unlabelled"))
    else:
      rejected.append(Rejection(path, "not an image by its name"))
  return FaceTable(root, tuple(faces), tuple(rejected))


def read_labelled(root: Path, csv_name: str) -> FaceTable:
  """The images that a CSV names, with its labels.

  The columns are path, subject, emotion and optionally AU1 … AU27 (1 present,
  0 absent, empty not coded); comma, semicolon or tab; other columns are
  ignored. An empty emotion leaves a face unlabelled.

  Args:
    root: the folder.
    csv_name: the CSV's path, relative to the folder; image paths are relative
      to the CSV.

  Returns:
    Faces in the CSV's order. Rejected: rows with an unknown emotion or AU
    value, without a file, repeated, or contradicting one another, and images
    that no row names.

  Raises:
    DataError: if the CSV is missing or lacks a column.
  """
  rows = _rows(root, csv_name)
  folder = Path(csv_name).parent
  named: dict[str, list[tuple[int, Face]]] = defaultdict(list)
  rejected: list[Rejection] = []
  mentioned = set()
  for number, row in rows:
    path = (folder / row["path"]).as_posix() if row["path"] else ""
    mentioned.add(path)
    try:
      named[path].append((number, _face(root, path, row)))
    except DataError as error:
      rejected.append(Rejection(path, f"{csv_name} line {number}: {error}"))
  faces = []
  for path, copies in named.items():
    (first, face), *others = copies
    if any(other != face for _, other in others):
      lines = ", ".join(str(number) for number, _ in copies)
      reason = f"{csv_name} lines {lines} contradict one another"
      rejected.append(Rejection(path, reason))
      continue
    faces.append(face)
    for number, _ in others:
      reason = f"{csv_name} line {number} repeats line {first}"
      rejected.append(Rejection(path, reason))
  if any(face.subject for face in faces):
    reason = "no subject, though other rows of the CSV name one"
    rejected += [Rejection(f.path, reason) for f in faces if not f.subject]
    faces = [face for face in faces if face.subject]
  for path in files.walk(root):
    if files.is_image_name(path) and path not in mentioned:
      rejected.append(Rejection(path, f"no row of {csv_name} names it"))
  return FaceTable(root, tuple(faces), tuple(rejected))


def _rows(root: Path, csv_name: str) -> list[tuple[int, dict[str, str]]]:
  """The CSV's rows under lower-case column names, with line numbers."""
  path = files.resolve_inside(root, csv_name)
  try:
    text = path.read_text(encoding="utf-8-sig", errors="surrogateescape")
  except OSError as error:
    raise DataError(
      f"no label file {path} ({error.strerror}): expected a CSV with the"
      f" columns {', '.join(REQUIRED)}; name it by config.data.csv"
    ) from error
  lines = text.splitlines()
  header = lines[0] if lines else ""
  # The separator is whichever splits the header most.
  delimiter = max(",;\t", key=header.count)
  reader = csv.reader(lines, delimiter=delimiter)
  columns = [name.strip().lower() for name in next(reader, [])]
  missing = [name for name in REQUIRED if name not in columns]
  if missing:
    raise DataError(
      f"{path} lacks the column {', '.join(missing)}: its header is"
      f" {header[:200]!r}, expected {','.join(REQUIRED)}"
    )
  rows = []
  try:
    for cells in reader:
      if any(cell.strip() for cell in cells):
        padded = cells + [""] * (len(columns) - len(cells))
        row = dict(zip(columns, (c.strip() for c in padded), strict=False))
        rows.append((reader.line_num, row))
  except csv.Error as error:
    raise DataError(f"{path} line {reader.line_num}: {error}") from error
  return rows


def _face(root: Path, path: str, row: Mapping[str, str]) -> Face:
  if not row["path"]:
    raise DataError("no path")
  if not files.resolve_inside(root, path).is_file():
    raise DataError("file not found")
  word = row["emotion"].lower()
  if word and word not in facs.EMOTION_WORDS:
    raise DataError(
      f"unknown emotion {row['emotion']!r}; the words are"
      f" {', '.join(facs.EMOTIONS)}"
    )
  aus = {}
  for column, value in row.items():
    match = _AU.fullmatch(column)
    if match and int(match[1]) in facs.AUS and value:
      if value not in ("0", "1"):
        raise DataError(f"{column.upper()} is {value!r}, not 0, 1 or empty")
      aus[int(match[1])] = int(value)
  return Face(
    path=path,
    dataset="labelled",
    subject=row["subject"] or None,
    emotion=facs.EMOTION_WORDS[word] if word else None,
    aus=aus,
  )
