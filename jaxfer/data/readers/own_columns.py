"""What the columns of a user's own label file mean, and what their cells say.

Programs and people name one fact in many ways: pandas writes 1 as 1.0, OpenFace
the presence of a unit as ` AU12_c` and its intensity as ` AU12_r`.
"""

from __future__ import annotations

import collections
import dataclasses
import re
from collections.abc import Mapping, Sequence

from jaxfer import facs
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

PLAIN, PRESENCE, INTENSITY = "", "c", "r"
"""Kinds of an action unit's columns, by the ending of their names."""

_AU = re.compile(r"au[\s_-]*0*(\d{1,3})(?:[\s_-]*([cr]))?", re.ASCII)
_EMPTY = frozenset({"", "nan", "na", "n/a", "<na>", "null", "none"})
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,3})?", re.ASCII)
_SHOWN = 60  # characters of a cell in a message
_LISTED = 10  # columns named in a note


@dataclasses.dataclass(frozen=True)
class Columns:
  """Where each fact stands.

  Attributes:
    facts: by fact, a key of `SYNONYMS`, the place of its column.
    aus: by FACS number and kind, the place of a unit's column.
    unused: names of the columns that nothing is read from.
  """

  facts: Mapping[str, int]
  aus: Mapping[int, Mapping[str, int]]
  unused: tuple[str, ...]

  @property
  def labels(self) -> bool:
    """Whether any of them says what a face shows."""
    return "emotion" in self.facts or bool(self.aus)

  def note(self) -> str:
    """What is to be said of the columns that are not used, if any."""
    if not self.unused:
      return ""
    more = len(self.unused) - _LISTED
    return f"columns not used: {', '.join(self.unused[:_LISTED])}" + (
      f" and {more} more" if more > 0 else ""
    )


def understand(names: Sequence[str]) -> Columns:
  """Finds the facts among the columns of a table.

  Args:
    names: of the columns.

  Raises:
    DataError: if two columns have one name that means something.
  """
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
      kinds = aus[int(match[1])]
      if (kind := match[2] or PLAIN) in kinds:
        raise DataError(f"has {name} twice")
      kinds[kind] = place
      used.add(place)
  unused = [name for i, name in enumerate(names) if name and i not in used]
  return Columns(facts, dict(aus), tuple(unused))


def is_empty(cell: str) -> bool:
  """Whether a cell says nothing, as pandas or a spreadsheet leave it."""
  return cell.lower() in _EMPTY


def number(cell: str) -> float | None:
  """The number in a cell, with a decimal point or a decimal comma."""
  text = cell.lower().replace(",", ".")
  return float(text) if _NUMBER.fullmatch(text) else None


class Units:
  """Reads the action units of the rows of one table.

  Where a unit has several columns, that of its presence is read before the one
  without an ending, and this before that of its intensity.

  Args:
    columns: of the table.
    rows: the cells of every row.
    present: the least intensity, of 0 to 5, that counts as present.
  """

  def __init__(
    self, columns: Columns, rows: Sequence[Sequence[str]], present: float
  ):
    self._columns, self._present = columns, present
    plain = {
      value
      for kinds in columns.aus.values()
      if PLAIN in kinds
      for cells in rows
      if (value := _number_at(cells, kinds[PLAIN])) is not None
    }
    self._graded = not plain <= {0.0, 1.0}
    inside = [value for value in plain if abs(value) < 1e6]
    self._range = f"{min(inside):g} to {max(inside):g}" if inside else ""

  def notes(self) -> list[str]:
    """How the columns are read, where that is a choice."""
    kinds = self._columns.aus.values()
    notes = []
    if self._graded or any(INTENSITY in k and len(k) == 1 for k in kinds):
      notes.append(
        "action units are read as intensities from 0 to 5, present from"
        f" {self._present:g} on (config.data.labelled.au_present)"
      )
    if any(PRESENCE in k and len(k) > 1 for k in kinds):
      notes.append(
        "of a unit with several columns that of its presence (_c) is read"
      )
    return notes

  def read(self, cells: Sequence[str]) -> dict[int, int]:
    """By FACS number, 1 present and 0 absent; what is not coded is not there.

    Raises:
      DataError: for a value outside its range.
    """
    found = {}
    for unit, kinds in self._columns.aus.items():
      for kind in (PRESENCE, PLAIN, INTENSITY):
        place = kinds.get(kind, len(cells))
        if place < len(cells) and not is_empty(cells[place]):
          found[unit] = self._value(unit, kind, cells[place])
          break
    return found

  def _value(self, unit: int, kind: str, cell: str) -> int:
    value = number(cell)
    name = f"AU{unit}{'_' if kind else ''}{kind}"
    if kind == PRESENCE:
      if value not in (0, 1):
        raise DataError(f"{name} is {cell[:_SHOWN]!r}, not 0, 1 or empty")
      return int(value)
    if value is None or not 0 <= value <= 5:
      beside = self._range and kind == PLAIN
      raise DataError(
        f"{name} is {cell[:_SHOWN]!r}, not 0 or 1, an intensity from 0 to 5, or"
        " empty" + (f" (the table's are {self._range})" if beside else "")
      )
    if kind == PLAIN and not self._graded:
      return int(value)
    return int(value >= self._present)


def _number_at(cells: Sequence[str], place: int) -> float | None:
  return number(cells[place]) if place < len(cells) else None
