"""A user's own CSV of paths and labels, row by row."""

from __future__ import annotations

import collections
import functools
import os
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath

from jaxfer.data import emotions, files, parts
from jaxfer.data.dataset import Findings
from jaxfer.data.readers.labelled import doubts, tables
from jaxfer.data.readers.labelled.units import Units
from jaxfer.data.table import DataError, Face, FaceTable

_ELSEWHERE = "; images elsewhere need config.data.labelled.image_root"
_TRIED = 20  # paths that tell what they are relative to
_AFFECTNET = "subdirectory_filepath"  # how its own label files name a path


def read(
  root: Path, index: str, image_root: str, au_present: float, codes: str
) -> FaceTable:
  """Reads a CSV of paths and labels, with arguments as of `labelled.read`.

  Raises:
    DataError, UserError: as it does.
  """
  images = Path(image_root) if image_root else root
  if image_root and not images.is_dir():
    raise DataError(
      f"config.data.labelled.image_root={image_root} is no folder"
    )
  columns, rows = tables.read(root, index)
  every = [cells for _, cells in rows]
  units = Units(columns, every, au_present)
  names = [name.lower() for name in columns.names]
  say = emotions.Reader(
    [columns.cell(cells, "emotion") for cells in every],
    codes,
    "affectnet" if _AFFECTNET in names else "",
    index,
  )
  nobody = doubts.nobody(columns, every)

  def face(path: str, cells: Sequence[str]) -> Face:
    if surplus := [*filter(None, cells[len(names) :])]:
      said = surplus[0][: emotions.SHOWN]
      raise DataError(f"more cells than columns: {said!r}")
    subject = "" if nobody else columns.cell(cells, "subject")
    return Face(
      path=path,
      dataset="labelled",
      subject=None if emotions.is_empty(subject) else subject,
      emotion=say(columns.cell(cells, "emotion")),
      aus=units.read(cells),
      split=parts.read(columns.cell(cells, "split")),
    )

  found = Findings(images)
  named: dict[str, list[tuple[int, Face]]] = collections.defaultdict(list)
  mentioned = set()
  spelt = functools.cache(lambda: spellings(files.walk(images)))
  folder = Path() if image_root else Path(index).parent
  paths = [columns.cell(cells, "path") for cells in every]

  def leads(folder: Path) -> bool:
    """Whether one of the first paths leads to a file from there."""
    for path in paths[:_TRIED]:
      try:
        _existing(images, resolve(images, folder, path), spelt)
      except DataError:
        continue
      return True
    return False

  if folder != Path() and not leads(folder) and leads(Path()):
    folder = Path()
    found.note(index, "its paths are relative to the whole folder")
  for (line, cells), path in zip(rows, paths, strict=True):
    try:
      path = resolve(images, folder, path, _ELSEWHERE)
      mentioned.add(path)
      path = _existing(images, path, spelt)
      mentioned.add(path)
      if files.is_unread_picture(path):
        raise DataError(files.not_read(path))
      shown = face(path, cells)
      named[path].append((line, shown))
    except DataError as error:
      found.reject(path, f"{index} line {line}: {error}")
  faces = found.of_people(_agreed(named, index, found))
  notes = [*doubts.notes(columns, every), *say.notes(), *units.notes()]
  notes += emotions.notes((one.emotion for one in faces), index)
  unnamed = [path for path in found.images() if path not in mentioned]
  if image_root:
    notes.append(f"images that no row names: {len(unnamed):,}")
  else:
    for path in unnamed:
      found.reject(path, f"no row of {index} names it")
  for text in notes:
    found.note(index, text)
  found.rejected += [
    one for one in files.unread(root) if one.path not in mentioned
  ]
  return found.table(faces)


def resolve(root: Path, folder: Path, name: str, elsewhere: str = "") -> str:
  """The path below the root of an image that a row names, spelt in one way.

  Raises:
    DataError: if it leads elsewhere, with what that needs.
  """
  if not name:
    raise DataError("no path")
  slashed = name.replace("\\", "/")
  if "\0" not in name and PurePosixPath(slashed).is_absolute():
    normal = PurePosixPath(os.path.normpath(slashed))
    for top in (root.absolute(), root.resolve()):
      if normal.is_relative_to(top):
        return normal.relative_to(top).as_posix()
  try:
    path = files.resolve_inside(root, (folder / name).as_posix())
  except DataError as error:
    raise DataError(f"{error}{elsewhere}") from error
  return path.relative_to(root).as_posix()


def _existing(
  root: Path, path: str, spelt: Callable[[], Mapping[str, str]]
) -> str:
  """The path as its file spells it, which may not be as the CSV does."""
  try:
    for spelling in (path, emotions.mend(path)):
      if files.is_file(root / spelling):
        return spelling
      found = spelt().get(plain(spelling))
      if found and files.is_file(root / found):
        return found
  except (OSError, ValueError) as error:
    reason = getattr(error, "strerror", None) or error
    raise DataError(f"unreadable: {reason}") from error
  raise DataError("file not found")


def spellings(paths: Iterable[str]) -> dict[str, str]:
  """By plain spelling, each path that alone is spelt so."""
  found = collections.defaultdict(list)
  for path in paths:
    found[plain(path)].append(path)
  return {plain: one for plain, (one, *more) in found.items() if not more}


def plain(path: str) -> str:
  """A path without case, and with accents in one code: Macs part them."""
  return unicodedata.normalize("NFC", path).casefold()


def _agreed(
  named: dict[str, list[tuple[int, Face]]], index: str, found: Findings
) -> list[Face]:
  """The faces of which all rows, by line, say the same."""
  faces = []
  for path, ((first, face), *others) in named.items():
    if any(other != face for _, other in others):
      lines = ", ".join(str(line) for line, _ in named[path])
      found.reject(path, f"{index} lines {lines} contradict one another")
      continue
    faces.append(face)
    for line, _ in others:
      found.reject(path, f"{index} line {line} repeats line {first}")
  return faces
