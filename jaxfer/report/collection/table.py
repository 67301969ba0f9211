"""A table once, for the page, for CSV and for LaTeX."""

from __future__ import annotations

import csv
import dataclasses
import itertools
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from jaxfer.report import latex, tables, wording

Number = float | int | str | None


def _signed(text: str, number: float) -> str:
  return f"+{text}" if number > 0 else text


def _area_difference(number: float) -> str:
  return _signed(wording.area(number).replace("-", "\N{MINUS SIGN}"), number)


def _points(number: float) -> str:
  return _signed(wording.points(number).removesuffix(" points"), number)


@dataclasses.dataclass(frozen=True)
class _Style:
  """How a number is written, how its bounds are, and LaTeX's style for it."""

  write: Callable[[Any], str]
  bounds: Callable[[Sequence[float] | None], str]
  latex: str


_STYLES: Mapping[str, _Style] = {
  "text": _Style(str, lambda _: "", "text"),
  "count": _Style("{:,}".format, lambda _: "", "count"),
  "area": _Style(wording.area, wording.area_interval, "area"),
  "percent": _Style(wording.percent, wording.percent_interval, "percent"),
  "area_difference": _Style(_area_difference, wording.area_interval, "area"),
  "points": _Style(_points, wording.percent_interval, "percent"),
}


@dataclasses.dataclass(frozen=True)
class Value:
  """What stands in a cell.

  Attributes:
    number: the number or text; None is a dash.
    interval: its 95 % bounds.
    detail: small print: why there is none, or what it is.
    equals: whether it is another number of its row by construction.
  """

  number: Number = None
  interval: Sequence[float] | None = None
  detail: str = ""
  equals: bool = False


@dataclasses.dataclass(frozen=True)
class Column:
  """One column.

  Attributes:
    name: the rows' key, and the name in CSV.
    title: what stands above it.
    style: `text`, `count`, `area`, `percent`, or, with a sign,
      `area_difference` and `points`.
    interval: whether CSV and LaTeX have columns for its bounds.
    link: of the heading, or nothing.
  """

  name: str
  title: str
  style: str = "text"
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
  """

  text: str
  detail: str
  sure: bool
  words: bool


@dataclasses.dataclass(frozen=True)
class Table:
  """Rows of one kind.

  Attributes:
    name: stem of its files.
    caption: plain text without a full stop.
    columns: the first names the row.
    rows: by column name; what is absent is a dash.
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
        writer.writerow({k: tables.neutralise(v) for k, v in record.items()})
    columns, rows = self._latex()
    note = wording.STANDIN if self.standin else ""
    latex.write(
      folder / f"{self.name}.tex", columns, rows, self.caption, note
    )

  def _record(self, row: Row) -> dict[str, Any]:
    record: dict[str, Any] = {"data": "stand-in" if self.standin else "real"}
    for column in self.columns:
      value = row.get(column.name, Value())
      record[column.name] = value.number
      if column.interval:
        low, high = value.interval or (None, None)
        record |= {f"{column.name}_low": low, f"{column.name}_high": high}
    return record

  def _latex(self) -> tuple[list[latex.Column], list[dict[str, Any]]]:
    columns, rows = [], [{} for _ in self.rows]
    for column in self.columns:
      style = _STYLES[column.style]
      columns.append(latex.Column(column.name, column.title, style.latex))
      if column.interval:
        columns.append(latex.Column(f"{column.name} ci", "95 %"))
      for row, out in zip(self.rows, rows, strict=True):
        value = row.get(column.name, Value())
        out[column.name] = value.number
        out[f"{column.name} ci"] = style.bounds(value.interval) or None
    return columns, rows


def _cell(value: Value | None, column: Column) -> Cell:
  value, style = value or Value(), _STYLES[column.style]
  words = column.style == "text"
  if value.number is None:
    return Cell(wording.MISSING, value.detail, False, words)
  text = style.write(value.number)
  sure = column.style in ("area_difference", "points") and excludes_zero(
    value.interval
  )
  detail = style.bounds(value.interval) or value.detail
  return Cell(f"= {text}" if value.equals else text, detail, sure, words)


def excludes_zero(interval: Sequence[float] | None) -> bool:
  """Whether an interval lies wholly above or wholly below 0."""
  return bool(interval) and (interval[0] > 0 or interval[1] < 0)


def score(block: Mapping[str, Any] | None, metric: str) -> Value:
  """A metric of a block of scores, with its interval.

  Args:
    block: the scores of a protocol, or None.
    metric: such as `accuracy` or `auc_mean`.
  """
  if not block:
    return Value()
  return Value(
    block.get(metric),
    block.get(f"{metric}_ci95"),
    block.get(f"{metric}_reason", ""),
    "same_as" in block,
  )


def area(block: Mapping[str, Any] | None, name: str) -> Value:
  """The area under the ROC curve of one emotion or action unit.

  Args:
    block: the scores of a protocol, or None.
    name: such as `angry` or `AU12`.
  """
  entry = area_entry(block, name)
  return Value(
    entry.get("value"),
    entry.get("ci95"),
    entry.get("reason", ""),
    bool(block) and "same_as" in block,
  )


def area_entry(block: Mapping[str, Any] | None, name: str) -> dict[str, Any]:
  """The area of a class with its counts: `value`, `ci95`, `n_pos`, `n_neg`.

  Args:
    block: the scores of a protocol, or None.
    name: such as `angry` or `AU12`.

  Returns:
    The entry, of emotions and action units alike; empty where there is none.
  """
  if not block:
    return {}
  if "aus" in block:
    entry = block["aus"].get(name, {})
    return entry and entry | {
      "value": entry.get("auc"),
      "ci95": entry.get("auc_ci95"),
    }
  return block.get("auc", {}).get(name, {})
