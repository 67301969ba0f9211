"""The action units that the columns of a user's own label table code."""

from __future__ import annotations

import collections
from collections.abc import Sequence

from jaxfer.data import emotions
from jaxfer.data.emotions import SHOWN
from jaxfer.data.readers.labelled.tables import Columns
from jaxfer.data.table import DataError

PLAIN, PRESENCE, INTENSITY = "", "c", "r"
"""Kinds of a unit's columns, by the ending of their names."""

# What is written where nobody has looked for a unit: 9 in BP4D, 999 in
# EmotioNet.
_UNCODED = frozenset({"?", "-", "-1", "9", "99", "999"})


class Units:
  """Reads the action units of the rows of one table.

  Where a unit has several columns, that of its presence is read before the one
  without an ending, and this before that of its intensity.

  Args:
    rows: the cells of every row.
    present: the least intensity, of 0 to 5, that counts as present.

  Raises:
    DataError: if intensities are probabilities, of which it would find none.
  """

  def __init__(
    self, columns: Columns, rows: Sequence[Sequence[str]], present: float
  ):
    self._columns, self._present = columns, present
    every = [
      (kind, emotions.plain(cells[place]))
      for kinds in columns.aus.values()
      for kind, place in kinds.items()
      for cells in rows
      if place < len(cells)
    ]
    said = {cell for _, cell in every}
    # Of a table that codes absence by -1, -1 does not say that nobody looked.
    self._uncoded = _UNCODED if "0" in said else _UNCODED - {"-1"}
    self._unread = collections.Counter(
      cell for _, cell in every if cell in self._uncoded
    )
    plain = {
      value
      for kind, cell in every
      if kind == PLAIN and cell not in self._uncoded
      if (value := emotions.number(cell)) is not None
    }
    self._graded = not plain <= {0.0, 1.0}
    if self._graded and present >= 1 and min(plain) >= 0 and max(plain) <= 1:
      raise DataError(
        f"action units are numbers from {min(plain):g} to {max(plain):g}, as"
        " probabilities are: say from which on a unit is present by"
        " config.data.labelled.au_present, such as 0.5"
      )
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
    if self._unread:
      words = [f"{cell!r} ({n:,})" for cell, n in sorted(self._unread.items())]
      notes.append(f"action units not coded: {', '.join(words)}")
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
        cell = cells[place] if place < len(cells) else ""
        said = not emotions.is_empty(cell)
        if said and emotions.plain(cell) not in self._uncoded:
          found[unit] = self._value(unit, kind, cell)
          break
    return found

  def _value(self, unit: int, kind: str, cell: str) -> int:
    value = emotions.number(cell)
    name = f"AU{unit}{'_' if kind else ''}{kind}"
    if kind == PRESENCE:
      if value not in (0, 1):
        raise DataError(f"{name} is {cell[:SHOWN]!r}, not 0, 1 or empty")
      return int(value)
    if value is None or not 0 <= value <= 5:
      beside = self._range and kind == PLAIN
      raise DataError(
        f"{name} is {cell[:SHOWN]!r}, not 0 or 1, an intensity from 0 to 5, or"
        " empty" + (f" (the table's are {self._range})" if beside else "")
      )
    if kind == PLAIN and not self._graded:
      return int(value)
    return int(value >= self._present)
