"""A user's own CSV of paths and labels, row by row."""

from __future__ import annotations

import collections
import os
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from jaxfer.data import files
from jaxfer.data.readers import own_classes, own_columns, own_csv, parts
from jaxfer.data.table import DataError, Face, FaceTable, Note, Rejection

_SHOWN = 60  # characters of a cell in a message
_AFFECTNET = "subdirectory_filepath"  # how its own label files name a path


def read(
  root: Path, index: str, image_root: str, au_present: float, codes: str
) -> FaceTable:
  """Reads a CSV of paths and labels.

  Args:
    root: the folder.
    index: the CSV's path, relative to the folder.
    image_root: another folder that image paths are relative to or lie in; ""
      for none.
    au_present: the least intensity of an action unit that is present.
    codes: whose numbers the emotions are, as `own_classes.Reader` takes it.

  Returns:
    As `folder.read_labelled`, pictures in unread formats apart.

  Raises:
    DataError: if it is no label file, or follows a coding that is not its
      owner's.
    ValueError: for an unknown coding.
  """
  return _Reader(root, index, image_root, au_present, codes).read()


class _Reader:
  """Reads the rows of one table."""

  def __init__(
    self,
    root: Path,
    index: str,
    image_root: str,
    au_present: float,
    codes: str,
  ):
    self._index = index
    self._root = Path(image_root) if image_root else root
    self._folder = Path() if image_root else Path(index).parent
    if image_root and not self._root.is_dir():
      raise DataError(
        f"config.data.labelled.image_root={image_root} is no folder"
      )
    self._elsewhere = bool(image_root)
    table = own_csv.read(root, index)
    self._table, self._columns = table, _understand(table)
    cells = [cells for _, cells in table.rows]
    self._width = len(table.columns)
    self._units = own_columns.Units(self._columns, cells, au_present)
    likely = "affectnet" if _AFFECTNET in map(str.lower, table.columns) else ""
    self._class = own_classes.Reader(
      [self._cell(row, "emotion") for row in cells], codes, likely, index
    )
    self._notes = [*filter(None, [self._columns.note()]), *self._units.notes()]
    self._named_people = self._finds_people(cells)

  def read(self) -> FaceTable:
    named: dict[str, list[tuple[int, Face]]] = collections.defaultdict(list)
    rejected: list[Rejection] = []
    mentioned = set()
    for number, cells in self._table.rows:
      path = self._cell(cells, "path")
      try:
        path = self._resolve(path)
        mentioned.add(path)
        path = _existing(self._root, path)
        mentioned.add(path)
        face = self._face(path, cells)
        named[path].append((number, face))
      except DataError as error:
        rejected.append(
          Rejection(path, f"{self._index} line {number}: {error}")
        )
    faces = []
    for path, copies in named.items():
      (first, face), *others = copies
      if any(other != face for _, other in others):
        lines = ", ".join(str(number) for number, _ in copies)
        reason = f"{self._index} lines {lines} contradict one another"
        rejected.append(Rejection(path, reason))
        continue
      faces.append(face)
      for number, _ in others:
        reason = f"{self._index} line {number} repeats line {first}"
        rejected.append(Rejection(path, reason))
    if any(face.subject for face in faces):
      reason = "no subject, though other rows of the CSV name one"
      rejected += [Rejection(f.path, reason) for f in faces if not f.subject]
      faces = [face for face in faces if face.subject]
    words = [face.emotion for face in faces]
    notes = [*self._notes, *own_classes.notes(words, self._index)]
    unnamed = [
      path
      for path in files.walk(self._root)
      if files.is_image_name(path) and path not in mentioned
    ]
    if self._elsewhere:
      notes.append(f"images that no row names: {len(unnamed):,}")
    else:
      reason = f"no row of {self._index} names it"
      rejected += [Rejection(path, reason) for path in unnamed]
    return FaceTable(
      self._root,
      tuple(faces),
      tuple(rejected),
      tuple(Note(self._index, text) for text in notes),
    )

  def _finds_people(self, rows: Sequence[Sequence[str]]) -> bool:
    """Whether a column says who is shown; what numbers rows does not."""
    place = self._columns.facts.get("subject")
    if place is None:
      self._notes.append("no column says who is shown: nobody is named")
      return False
    if self._table.columns[place].lower() != "id":
      return True
    said = [self._cell(row, "subject") for row in rows]
    if len({*said}) < len(said):
      return True
    self._notes.append("column id differs in every row: it names nobody")
    return False

  def _cell(self, cells: Sequence[str], fact: str) -> str:
    place = self._columns.facts.get(fact, len(cells))
    return cells[place] if place < len(cells) else ""

  def _resolve(self, name: str) -> str:
    """The path of an image below the root, spelt in one way."""
    if not name:
      raise DataError("no path")
    slashed = name.replace("\\", "/")
    if "\0" not in name and PurePosixPath(slashed).is_absolute():
      normal = PurePosixPath(os.path.normpath(slashed))
      for top in (self._root.absolute(), self._root.resolve()):
        if normal.is_relative_to(top):
          return normal.relative_to(top).as_posix()
    try:
      path = files.resolve_inside(self._root, (self._folder / name).as_posix())
    except DataError as error:
      raise DataError(
        f"{error}; images elsewhere need config.data.labelled.image_root"
      ) from error
    return path.relative_to(self._root).as_posix()

  def _face(self, path: str, cells: Sequence[str]) -> Face:
    surplus = [*filter(None, cells[self._width :])]
    if surplus:
      raise DataError(f"more cells than columns: {surplus[0][:_SHOWN]!r}")
    subject = self._cell(cells, "subject") if self._named_people else ""
    return Face(
      path=path,
      dataset="labelled",
      subject=None if own_columns.is_empty(subject) else subject,
      emotion=self._class(self._cell(cells, "emotion")),
      aus=self._units.read(cells),
      split=parts.read(self._cell(cells, "split")),
    )


def _understand(table: own_csv.Table) -> own_columns.Columns:
  """The columns, of which there must be paths and labels."""
  expected = (
    f"its header is {table.header[:200]!r}, expected path and emotion, or"
    " AU1 … AU27, and subject where people are known"
  )
  try:
    columns = own_columns.understand(table.columns)
  except DataError as error:
    raise DataError(f"{table.file} {error}: {expected}") from error
  missing = [] if "path" in columns.facts else ["path"]
  missing += [] if columns.labels else ["emotion"]
  if missing:
    raise DataError(
      f"{table.file} lacks the column {', '.join(missing)}: {expected}"
    )
  return columns


def _existing(root: Path, path: str) -> str:
  """The path as its file spells it, which may not be as the CSV does."""
  try:
    for spelling in (path, own_classes.mend(path)):
      if (root / spelling).is_file():
        return spelling
  except (OSError, ValueError) as error:
    reason = getattr(error, "strerror", None) or error
    raise DataError(f"unreadable: {reason}") from error
  raise DataError("file not found")
