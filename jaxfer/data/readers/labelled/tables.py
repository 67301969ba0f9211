"""A user's own label table, whatever program wrote it: its columns and rows.

Programs and people name one fact in many ways: AffectNet's paths are a
`subDirectory_filePath`, OpenFace writes the presence of a unit as ` AU12_c` and
its intensity as ` AU12_r`.
"""

from __future__ import annotations

import collections
import csv
import dataclasses
import io
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from jaxfer import facs
from jaxfer.data import files, label_files
from jaxfer.data.table import DataError

SYNONYMS: Mapping[str, tuple[str, ...]] = {
  "path": (
    *("path", "file", "filename", "filepath", "pth", "image", "imagepath"),
    *("imagename", "imagefile", "imageid", "img", "imgpath", "imgname"),
    *("picture", "photo", "subdirectoryfilepath"),
  ),
  "subject": (
    *("subject", "subjectid", "person", "personid", "participant"),
    *("participantid", "identity", "identityid", "actor", "actorid", "id"),
  ),
  "emotion": (
    *("emotion", "label", "expression", "class", "facialexpression"),
    *("emotionlabel", "labelname", "classname", "category"),
  ),
  "split": ("split", "usage", "partition", "subset", "set"),
  "pixels": ("pixels",),
}
"""By fact, the names of its column, the best first; case, blanks, hyphens and
underscores do not matter."""

LONGEST = 2**20
"""Bytes of a line: some 500×500 pixels."""

csv.field_size_limit(LONGEST)

_AU = re.compile(r"au[\s_-]*0*(\d{1,3})(?:[\s_-]*([cr]))?", re.ASCII)
_LISTED = 10  # columns named in a note
_DECLARED = re.compile(r'"?sep=([^"\r\n])"?(?:\r\n|\r|\n)', re.IGNORECASE)


@dataclasses.dataclass(frozen=True)
class Columns:
  """Where each fact stands."""

  names: tuple[str, ...]  # of the columns
  # By fact, a key of `SYNONYMS`, the place of its column.
  facts: Mapping[str, int]
  # By FACS number and the ending of its name, the place of a unit's column: c
  # of its presence, r of its intensity, or nothing.
  aus: Mapping[int, Mapping[str, int]]
  unused: tuple[str, ...]  # names of the columns that nothing is read from

  @property
  def label(self) -> bool:
    """Whether any of them says what a face shows."""
    return "emotion" in self.facts or bool(self.aus)

  def cell(self, cells: Sequence[str], fact: str) -> str:
    """What a row says of a fact, or nothing."""
    place = self.facts.get(fact, len(cells))
    return cells[place].strip() if place < len(cells) else ""

  def notes(self) -> list[str]:
    """What is to be said of the columns that are not used."""
    if not self.unused:
      return []
    more = len(self.unused) - _LISTED
    text = f"columns not used: {', '.join(self.unused[:_LISTED])}"
    return [text + (f" and {more} more" if more > 0 else "")]


def read(
  root: Path, name: str, dataset: str = "labelled"
) -> tuple[Columns, list[tuple[int, list[str]]]]:
  """Reads paths and labels, in any Unicode, between `label_files.DELIMITERS`.

  A first line `sep=;`, by which spreadsheets say what stands between, counts.

  Returns:
    The columns, and line number and cells of each row.

  Raises:
    DataError: if it is missing, outside the root, too large, no CSV, or lacks
      paths or labels.
  """
  path = root / name
  try:
    text = label_files.decode(label_files.read_bytes(root, name))
  except DataError as error:
    reason = str(error).removeprefix(f"{name}: ")
    raise DataError(
      f"no label file {path} (config.data.{dataset}.index={name}: {reason}):"
      " expected a CSV with the columns path and emotion, and subject where"
      " people are known. Without one, images lie in folders named by their"
      " class, such as train/happy/a.jpg"
    ) from error
  between, text = declared(text)
  above = 1 if between else 0
  header = re.split("[\r\n]", text, maxsplit=1)[0]
  # Line ends are left to the reader: a file's name may hold one.
  lines = io.StringIO(text, newline="")
  reader = csv.reader(
    lines,
    delimiter=between or label_files.delimiter(header),
    skipinitialspace=True,
    strict=True,
  )
  try:
    names = next(reader, [])
    rows = [
      (above + reader.line_num, cells)
      for row in reader
      if any(cells := [cell.strip() for cell in row])
    ]
  except csv.Error as error:
    raise DataError(
      f"{path} line {above + reader.line_num}: {error}; see whether a quotation"
      " mark is left open above"
    ) from error
  try:
    columns = understand(names)
    missing = [] if "path" in columns.facts else ["path"]
    missing += [] if columns.label else ["emotion"]
    if missing:
      raise DataError(f"lacks the column {', '.join(missing)}")
  except DataError as error:
    raise DataError(
      f"{path} {error}: its header is {header[:200]!r}, expected path and"
      " emotion, or AU1 … AU27, and subject where people are known"
    ) from error
  return columns, rows


def header(root: Path, file: str) -> Columns | None:
  """What the first line of a file says, if it is that of a label table."""
  try:
    path = files.resolve_inside(root, file)
    if not path.is_file():
      return None
    with path.open("rb") as opened:
      between, text = declared(label_files.decode(opened.read(LONGEST)))
    columns = understand(split(text.splitlines()[0], between))
  except (OSError, DataError, IndexError, csv.Error):
    return None
  pictured = "path" in columns.facts or "pixels" in columns.facts
  return columns if pictured and columns.label else None


def split(line: str, between: str = "") -> list[str]:
  """The cells of a line that stands alone, by default by what splits it most.

  Raises:
    csv.Error: if a quotation mark is left open.
  """
  between = between or label_files.delimiter(line)
  cells = csv.reader([line], delimiter=between, skipinitialspace=True)
  return next(cells, [])


def declared(text: str) -> tuple[str, str]:
  """What a first line `sep=;` says separates cells, or nothing; the rest."""
  said = _DECLARED.match(text)
  return (said[1], text[said.end() :]) if said else ("", text)


def understand(names: Sequence[str]) -> Columns:
  """Finds the facts among the names of a table's columns.

  Raises:
    DataError: if two columns have one name that means something.
  """
  names = [name.strip() for name in names]
  facts: dict[str, int] = {}
  aus: dict[int, dict[str, int]] = collections.defaultdict(dict)
  plain = [re.sub(r"[\s_-]+", "", name.lower()) for name in names]
  for fact, synonyms in SYNONYMS.items():
    for synonym in synonyms:
      places = [i for i, name in enumerate(plain) if name == synonym]
      if len(places) > 1:
        raise DataError(f"has {synonym} twice")
      if places:
        facts.setdefault(fact, places[0])
  used = {*facts.values()}
  for place, name in enumerate(names):
    match = _AU.fullmatch(name.lower())
    if match and int(match[1]) in facs.AUS:
      if aus[int(match[1])].setdefault(match[2] or "", place) != place:
        raise DataError(f"has {name} twice")
      used.add(place)
  unused = [name for i, name in enumerate(names) if name and i not in used]
  return Columns(tuple(names), facts, dict(aus), tuple(unused))
