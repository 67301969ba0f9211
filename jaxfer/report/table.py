"""A table once: cells for a page, rows for CSV, and for LaTeX."""

from __future__ import annotations

import csv
import dataclasses
import itertools
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from jaxfer import terms
from jaxfer.report.estimates import EVEN, NOTHING, Estimate

Row = Mapping[str, Any]
"""By column name an estimate, or a plain number or text.

In CSV an estimate takes three columns.
"""


@dataclasses.dataclass(frozen=True)
class Column:
  """One column.

  Attributes:
    name: the rows' key, and the name in CSV.
    title: what stands above it.
    unit: of all its values, a key of `terms.UNITS`: differences get a sign, and
      the heading says that those of rates are in points. In a column of `text`
      each number has its own.
    interval: whether CSV and LaTeX have columns for its bounds.
    link: name of the experiment whose page the heading leads to, or nothing.
  """

  name: str
  title: str = ""
  unit: str = "text"
  interval: bool = False
  link: str = ""

  @property
  def words(self) -> bool:
    """Whether it holds text rather than numbers of one unit."""
    return self.unit == "text"

  def cell(self, estimate: Estimate) -> Cell:
    """An estimate as this column prints it."""
    if not self.words:
      estimate = dataclasses.replace(estimate, unit=self.unit)
    text, detail, link = estimate.text, estimate.detail, estimate.link
    unit, value, sure = terms.UNITS[self.unit], estimate.value, False
    if unit.subtracts and value is not None:
      text, sure = text.removesuffix(unit.sign), estimate.side != EVEN
      text = f"+{text}" if not isinstance(value, str) and value > 0 else text
    return Cell(text, detail, sure, self.words, link)


@dataclasses.dataclass(frozen=True)
class Cell:
  """A cell as it is printed: as an `Estimate`, in a `Column`.

  It is sure where it is a difference whose interval excludes 0.
  """

  text: str
  detail: str
  sure: bool
  words: bool
  link: str


@dataclasses.dataclass(frozen=True)
class Table:
  """Rows of one kind.

  Attributes:
    columns: the first names the row.
    rows: by column name; what is absent is a dash. `data` in a row is what CSV
      says of it, `published` for one that is printed in the paper.
    name: stem of its files.
    title: what stands before the caption on a page, such as `Table II`.
    caption: plain text without a full stop.
    group: name of a text column by which neighbouring rows are grouped, printed
      as a heading over them; or nothing.
    records: the rows of CSV where it is laid out otherwise.
    standin: whether any of its numbers was measured on drawn faces.
  """

  columns: Sequence[Column]
  rows: Sequence[Row]
  name: str = ""
  title: str = ""
  caption: str = ""
  group: str = ""
  records: Sequence[Row] = ()
  standin: bool = False

  @property
  def shown(self) -> list[Column]:
    """The columns of the page: all but the one that groups."""
    return [c for c in self.columns if c.name != self.group]

  @property
  def is_papers(self) -> bool:
    """Whether it is one of the paper's own, of which LaTeX is written."""
    return self.title.startswith("Table ")

  def groups(self) -> list[tuple[str, list[list[Cell]]]]:
    """Heading of each group, which may be empty, and its rows as cells."""

    def heading(row: Row) -> str:
      return at(row, self.group).text if self.group else ""

    return [
      (title, [self.cells(row) for row in rows])
      for title, rows in itertools.groupby(self.rows, heading)
    ]

  def cells(self, row: Row) -> list[Cell]:
    """A row as the page prints it."""
    return [c.cell(at(row, c.name)) for c in self.shown]

  def write_csv(self, folder: Path) -> Path:
    """Writes `<name>.csv` in full precision into a folder.

    A number that is another by construction is told by `<column>_equals`.
    """
    records = self.records or [self._record(row) for row in self.rows]
    return write_csv(folder / f"{self.name}.csv", records)

  def _record(self, row: Row) -> dict[str, Any]:
    data = at(row, "data").value or ("stand-in" if self.standin else "real")
    record: dict[str, Any] = {"data": data}
    for column in self.columns:
      name, estimate = column.name, at(row, column.name)
      record[name] = estimate if column.interval else estimate.value
      if any(at(other, name).equal for other in self.rows):
        record[f"{name}_equals"] = estimate.equal
    return record


def columns_of(heads: Mapping[str, str], first: str = "") -> list[Column]:
  """The column `name`, and others by their titles, all of their own units."""
  return [Column("name", first), *(Column(k, v) for k, v in heads.items())]


def at(row: Row, name: str) -> Estimate:
  """What stands in a column of a row; nothing where it is absent."""
  found = row.get(name)
  if isinstance(found, Estimate):
    return found
  return NOTHING if found is None else Estimate(found)


def write_csv(path: Path, records: Iterable[Row]) -> Path:
  """Writes rows, one observation each, in full precision.

  There is at least one. An estimate takes three columns, its own and two for
  the bounds of its interval; what is undefined is an empty cell.
  """
  rows = [_spread(record) for record in records]
  with path.open("w", encoding="utf-8", newline="") as file:
    fields = dict.fromkeys(name for row in rows for name in row)
    writer = csv.DictWriter(file, list(fields), lineterminator="\n")
    writer.writeheader()
    for row in rows:
      writer.writerow({name: neutralise(cell) for name, cell in row.items()})
  return path


def neutralise(cell: Any) -> Any:
  """Keeps a spreadsheet from running a text cell as a formula.

  Text that begins like one gets an apostrophe before it; numbers pass.

  Reference: https://owasp.org/www-community/attacks/CSV_Injection
  """
  starts = ("=", "+", "-", "@", "\t", "\r")
  runs = isinstance(cell, str) and cell.startswith(starts)
  return f"'{cell}" if runs else cell


def _spread(record: Row) -> dict[str, Any]:
  """An estimate as its value and its bounds; all else as it is."""
  row: dict[str, Any] = {}
  for name, value in record.items():
    row[name] = value
    if isinstance(value, Estimate):
      low, high = value.bounds
      row |= {name: value.value, f"{name}_low": low, f"{name}_high": high}
  return row
