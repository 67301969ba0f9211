"""A user's own folders: unlabelled faces, and faces labelled by a CSV."""

from __future__ import annotations

import collections
import csv
import errno
import io
import re
from collections.abc import Mapping
from pathlib import Path

from jaxfer import facs
from jaxfer.data import files
from jaxfer.data.readers.dataset import Dataset
from jaxfer.data.readers.label_files import MAX_BYTES
from jaxfer.data.table import DataError, Face, FaceTable, Rejection

REQUIRED = ("path", "subject", "emotion")
_AU = re.compile(r"au(\d+)", re.ASCII)
_SURPLUS = "\0surplus"  # key of what stands beyond a row's last column
_SHOWN = 60  # characters of a cell in a message


def read_unlabelled(root: Path) -> FaceTable:
  """Every image below a folder, without labels.

  Args:
    root: the folder.

  Returns:
    Faces in the order of `files.walk`; files that are no images by name are
    rejected.
  """
  faces, rejected = [], []
  for path in files.walk(root):
    if files.is_image_name(path):
      faces.append(Face(path=path, dataset="unlabelled"))
    else:
      reason = "not an image by its name"
      rejected.append(Rejection(path, reason, known=True))
  return FaceTable(root, tuple(faces), tuple(rejected))


def read_labelled(root: Path, index: str = "index.csv") -> FaceTable:
  """The images that a CSV names, with its labels.

  The columns are path, subject, emotion and optionally AU1 … AU27 (1 present,
  0 absent, empty not coded); comma, semicolon or tab; other columns are
  ignored. An empty emotion leaves a face unlabelled.

  Args:
    root: the folder.
    index: the CSV's path, relative to the folder; image paths are relative
      to the CSV.

  Returns:
    Faces in the CSV's order. Rejected: rows with an unknown emotion or AU
    value, without a file, repeated, or contradicting one another, and images
    that no row names.

  Raises:
    DataError: if the CSV is missing or malformed, or lacks a column.
  """
  rows = _rows(root, index)
  folder = Path(index).parent
  named: dict[str, list[tuple[int, Face]]] = collections.defaultdict(list)
  rejected: list[Rejection] = []
  mentioned = set()
  for number, row in rows:
    path = row["path"]
    try:
      path = _resolve(root, folder, path)
      mentioned.add(path)
      face = _face(root, path, row)
      named[path].append((number, face))
    except DataError as error:
      rejected.append(Rejection(path, f"{index} line {number}: {error}"))
  faces = []
  for path, copies in named.items():
    (first, face), *others = copies
    if any(other != face for _, other in others):
      lines = ", ".join(str(number) for number, _ in copies)
      reason = f"{index} lines {lines} contradict one another"
      rejected.append(Rejection(path, reason))
      continue
    faces.append(face)
    for number, _ in others:
      reason = f"{index} line {number} repeats line {first}"
      rejected.append(Rejection(path, reason))
  if any(face.subject for face in faces):
    reason = "no subject, though other rows of the CSV name one"
    rejected += [Rejection(f.path, reason) for f in faces if not f.subject]
    faces = [face for face in faces if face.subject]
  for path in files.walk(root):
    if files.is_image_name(path) and path not in mentioned:
      rejected.append(Rejection(path, f"no row of {index} names it"))
  return FaceTable(root, tuple(faces), tuple(rejected))


def _rows(root: Path, csv_name: str) -> list[tuple[int, dict[str, str]]]:
  """The CSV's rows under lower-case column names, with line numbers."""
  try:
    path = files.resolve_inside(root, csv_name)
  except DataError as error:
    raise DataError(
      f"config.data.labelled.index={csv_name}: {error}"
    ) from error
  try:
    # A named pipe would never end.
    if path.exists() and not path.is_file():
      raise OSError(errno.EINVAL, "not a file")
    # Line ends are left to the CSV reader: a file's name may hold one.
    with path.open(
      encoding="utf-8-sig", errors="surrogateescape", newline=""
    ) as file:
      text = file.read(MAX_BYTES + 1)
  except OSError as error:
    raise DataError(
      f"no label file {path} ({error.strerror}): expected a CSV with the"
      f" columns {', '.join(REQUIRED)}; name it by config.data.labelled.index"
    ) from error
  if len(text) > MAX_BYTES:
    raise DataError(f"{path}: larger than {MAX_BYTES >> 20} MiB, not read")
  header = re.split("[\r\n]", text, maxsplit=1)[0]
  # The separator is whichever splits the header most.
  delimiter = max(",;\t", key=header.count)
  reader = csv.reader(
    io.StringIO(text, newline=""),
    delimiter=delimiter,
    skipinitialspace=True,
    strict=True,
  )
  rows = []
  try:
    columns = [name.strip().lower() for name in next(reader, [])]
    _check_header(path, header, columns)
    for cells in reader:
      cells = [cell.strip() for cell in cells]
      if any(cells):
        padded = cells + [""] * (len(columns) - len(cells))
        row = dict(zip(columns, padded, strict=False))
        row[_SURPLUS] = delimiter.join(filter(None, cells[len(columns) :]))
        rows.append((reader.line_num, row))
  except csv.Error as error:
    raise DataError(
      f"{path} line {reader.line_num}: {error}; see whether a quotation mark"
      " is left open above"
    ) from error
  return rows


def _check_header(path: Path, header: str, columns: list[str]) -> None:
  expected = f"its header is {header[:200]!r}, expected {','.join(REQUIRED)}"
  missing = [name for name in REQUIRED if name not in columns]
  if missing:
    raise DataError(f"{path} lacks the column {', '.join(missing)}: {expected}")
  counts = collections.Counter(filter(None, columns))
  twice = [name for name, count in counts.items() if count > 1]
  if twice:
    raise DataError(f"{path} has {', '.join(twice)} twice: {expected}")


def _resolve(root: Path, folder: Path, name: str) -> str:
  """The path of an image below the root, spelt in one way."""
  if not name:
    raise DataError("no path")
  path = files.resolve_inside(root, (folder / name).as_posix())
  return path.relative_to(root).as_posix()


def _face(root: Path, path: str, row: Mapping[str, str]) -> Face:
  try:
    found = (root / path).is_file()
  except OSError as error:
    raise DataError(f"unreadable: {error.strerror}") from error
  if not found:
    raise DataError("file not found")
  if row[_SURPLUS]:
    raise DataError(f"more cells than columns: {row[_SURPLUS][:_SHOWN]!r}")
  word = row["emotion"].lower()
  if word and word not in facs.EMOTION_WORDS:
    raise DataError(
      f"unknown emotion {row['emotion'][:_SHOWN]!r}; the words are"
      f" {', '.join(facs.EMOTIONS)}"
    )
  aus = {}
  for column, value in row.items():
    match = _AU.fullmatch(column)
    if match and int(match[1]) in facs.AUS and value:
      if value not in ("0", "1"):
        raise DataError(
          f"{column.upper()} is {value[:_SHOWN]!r}, not 0, 1 or empty"
        )
      aus[int(match[1])] = int(value)
  return Face(
    path=path,
    dataset="labelled",
    subject=row["subject"] or None,
    emotion=facs.EMOTION_WORDS[word] if word else None,
    aus=aus,
  )


UNLABELLED = Dataset(
  name="unlabelled",
  title="your own unlabelled faces",
  read=read_unlabelled,
  layout="images (JPEG, PNG, …), at any depth",
  request="any folder of faces: --config.data.paths.unlabelled=FOLDER",
  restricted=False,
  emotions=False,
)

LABELLED = Dataset(
  name="labelled",
  title="your own labelled faces",
  read=read_labelled,
  layout="a CSV with the columns path, subject, emotion, and the images it"
  " names",
  request="a folder with labels: --config.data.paths.labelled=FOLDER",
  restricted=False,
)
