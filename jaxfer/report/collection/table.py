"""A table once, for the page, for CSV and for LaTeX."""

from __future__ import annotations

import csv
import dataclasses
import itertools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jaxfer.report import latex, wording
from jaxfer.report.collection.values import Value, excludes_zero
from jaxfer.report.table import neutralise


@dataclasses.dataclass(frozen=True)
class Column:
  """One column.

  Attributes:
    name: the rows' key, and the name in CSV.
    title: what stands above it.
    unit: of its values, a key of `terms.UNITS`; differences get a sign, and
      the heading says that those of rates are in points.
    interval: whether CSV and LaTeX have columns for its bounds.
    link: name of the experiment whose page the heading leads to, or nothing.
  """

  name: str
  title: str
  unit: str = "text"
  interval: bool = False
  link: str = ""


Row = Mapping[str, Value]


@dataclasses.dataclass(frozen=True)
class Cell:
  """A cell as the page prints it.

  Attributes:
    text: the number as it is written.
    detail: its interval, or small print.
    sure: whether it is a difference whose interval excludes 0.
    words: whether it is text rather than a number.
    link: name of the experiment whose page it leads to, or nothing.
  """

  text: str
  detail: str
  sure: bool = False
  words: bool = False
  link: str = ""


@dataclasses.dataclass(frozen=True)
class Table:
  """Rows of one kind.

  Attributes:
    name: stem of its files.
    caption: plain text without a full stop.
    columns: the first names the row.
    rows: by column name; what is absent is a dash. `data` in a row is what the
      CSV says of it, `published` for one that is printed in the paper.
    group: name of a text column by which neighbouring rows are grouped, printed
      as a heading over them; or nothing.
    records: the rows of the CSV where it is laid out otherwise, one
      observation each.
    standin: whether any of its numbers was measured on drawn faces.
  """

  name: str
  caption: str
  columns: tuple[Column, ...]
  rows: tuple[Row, ...]
  group: str = ""
  records: tuple[Mapping[str, Any], ...] = ()
  standin: bool = False

  @property
  def shown(self) -> tuple[Column, ...]:
    """The columns of the page: all but the one that groups."""
    return tuple(c for c in self.columns if c.name != self.group)

  def groups(self) -> list[tuple[str, list[list[Cell]]]]:
    """Heading of each group, which may be empty, and its rows as cells."""

    def heading(row: Row) -> str:
      return str(row[self.group].number) if self.group else ""

    return [
      (
        title,
        [[_cell(row.get(c.name), c) for c in self.shown] for row in rows],
      )
      for title, rows in itertools.groupby(self.rows, heading)
    ]

  def write(self, folder: Path) -> None:
    """Writes `<name>.csv` in full precision, and `<name>.tex`.

    A number that is another by construction is marked `=` in LaTeX, and in a
    column `<column>_equals` of the CSV.

    Args:
      folder: an existing folder.
    """
    records = self.records or [self._record(row) for row in self.rows]
    path = folder / f"{self.name}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
      # Records may have columns of their own, such as bounds.
      fields = dict.fromkeys(key for record in records for key in record)
      writer = csv.DictWriter(file, list(fields), lineterminator="\n")
      writer.writeheader()
      for record in records:
        writer.writerow({k: neutralise(v) for k, v in record.items()})
    columns, rows = self._latex()
    note = wording.STANDIN if self.standin else ""
    latex.write(folder / f"{self.name}.tex", columns, rows, self.caption, note)

  def _record(self, row: Row) -> dict[str, Any]:
    data = row.get("data", Value("stand-in" if self.standin else "real"))
    record: dict[str, Any] = {"data": data.number}
    for column in self.columns:
      value = row.get(column.name, Value())
      record[column.name] = value.number
      if column.interval:
        low, high = value.interval or (None, None)
        record |= {f"{column.name}_low": low, f"{column.name}_high": high}
      if self._has_equals(column):
        record[f"{column.name}_equals"] = value.equals
    return record

  def _latex(self) -> tuple[list[latex.Column], list[dict[str, Any]]]:
    columns, rows = [], [{} for _ in self.rows]
    for column in self.columns:
      columns.append(latex.Column(column.name, column.title, column.unit))
      if column.interval:
        columns.append(latex.Column(f"{column.name} ci", "95 %"))
      for row, out in zip(self.rows, rows, strict=True):
        value = row.get(column.name, Value())
        out[column.name] = value.number
        if value.equals and value.number is not None:
          out[column.name] = f"= {_written(value.number, column)}"
        out[f"{column.name} ci"] = (
          wording.bounds(column.unit, value.interval) or None
        )
    return columns, rows

  def _has_equals(self, column: Column) -> bool:
    """Whether some of its numbers are others by construction."""
    return any(row.get(column.name, Value()).equals for row in self.rows)


def _cell(value: Value | None, column: Column) -> Cell:
  value, words = value or Value(), column.unit == "text"
  if value.number is None:
    return Cell(wording.MISSING, value.detail, words=words)
  text = _written(value.number, column)
  return Cell(
    f"= {text}" if value.equals else text,
    wording.bounds(column.unit, value.interval) or value.detail,
    sure=_subtracts(column) and excludes_zero(value.interval),
    words=words,
    link=value.link,
  )


def _written(number: Any, column: Column) -> str:
  """A number as its column has it: a difference above 0 with its sign."""
  text = wording.write(column.unit, number).removesuffix(" points")
  return f"+{text}" if _subtracts(column) and number > 0 else text


def _subtracts(column: Column) -> bool:
  return column.unit in ("rate_difference", "area_difference")
