"""What is said of a face: a row, and the tables that rows are written to."""

from __future__ import annotations

import csv
import dataclasses
import itertools
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TextIO

from jaxfer import errors
from jaxfer.data.detect import Box
from jaxfer.errors import UserError
from jaxfer.recogniser import formats
from jaxfer.recogniser.formats import Columns

NO_FACE = "no face"
SIDES = ("left", "top", "width", "height")


@dataclasses.dataclass(frozen=True, slots=True)
class Row:
  """One face of one picture; or a picture without, whose `face` is None.

  Attributes:
    input: the photograph or film.
    frame: of the film, from 0.
    time_s: seconds from its begin; None of a photograph.
    face: number of the face, held along a film.
    box: where it is.
    emotion: the class of the greatest score; empty where none is recognised.
    probabilities: by class.
    units: by action unit, whether it is present.
    unit_scores: by action unit, the decision value.
    familiar: whether the face is like those that were tested.
    note: why there is no face, or what was otherwise than in the run.
  """

  input: str
  frame: int
  time_s: float | None
  face: int | None = None
  box: Box | None = None
  emotion: str = ""
  probabilities: Mapping[str, float] = dataclasses.field(default_factory=dict)
  units: Mapping[str, bool] = dataclasses.field(default_factory=dict)
  unit_scores: Mapping[str, float] = dataclasses.field(default_factory=dict)
  familiar: bool | None = None
  note: str = ""

  def values(self) -> dict[str, Any]:
    """By column of jaxfer's own table, what stands there; None: nothing."""
    box = self.box
    sides = {side: getattr(box, side, None) for side in SIDES}
    return {
      "input": self.input,
      "frame": self.frame,
      "time_s": self.time_s,
      "face": self.face,
      **sides,
      "detector_score": box and box.confidence,
      "emotion": self.emotion or None,
      **{f"p_{name}": p for name, p in self.probabilities.items()},
      **{name: int(there) for name, there in self.units.items()},
      **{f"{name}_score": s for name, s in self.unit_scores.items()},
      "familiar": None if self.familiar is None else int(self.familiar),
      "note": self.note or None,
    }


class Table:
  """A table that rows are added to, flushed row by row.

  Args:
    file: where to, opened with `newline=""`.
    columns: of the rows.
    format: one of `formats.FORMATS`.
    head: whether the header is still to be written.
  """

  def __init__(
    self,
    file: TextIO,
    columns: Columns,
    format: str = "jaxfer",
    head: bool = True,
  ):
    self._file, self._writer = file, csv.writer(file)
    self._cells = columns.cells(format)
    self._picture, self._number = None, -1
    if head:
      self._write(self._cells)

  def add(self, values: Mapping[str, Any]) -> None:
    """Writes one row, of `Row.values` or read from jaxfer's table."""
    picture = (values["input"], values["frame"])
    if picture != self._picture:
      self._picture, self._number = picture, self._number + 1
    self._write(
      _text(name, cell(values, self._number))
      for name, cell in self._cells.items()
    )

  def _write(self, cells: Iterable[str]) -> None:
    self._writer.writerow(cells)
    self._file.flush()


class Rows(Iterator[Row]):
  """Rows as they come, one for each face, and one for a picture without.

  Args:
    rows: in order.
    columns: what they say.
  """

  def __init__(self, rows: Iterator[Row], columns: Columns):
    self._rows, self.columns = rows, columns

  def __next__(self) -> Row:
    return next(self._rows)

  def to_csv(self, path: str | Path, format: str = "jaxfer") -> None:
    """Writes what is left of the rows to a table.

    Args:
      path: a file that is not there yet.
      format: one of `formats.FORMATS`.

    Raises:
      UserError: if the file exists, or the format cannot hold the rows.
    """
    formats.refuse(self.columns, format)
    if Path(path).exists():
      raise UserError(f"{path} is there already, and is kept")
    with Path(path).open("x", newline="", encoding="utf-8") as file:
      table = Table(file, self.columns, format)
      for row in self:
        table.add(row.values())

  def to_dataframe(self) -> Any:
    """What is left of the rows as a pandas DataFrame, of jaxfer's columns.

    Raises:
      UserError: if pandas is not installed.
    """
    missing = "to_dataframe needs pandas: pip install pandas"
    pandas = errors.optional("pandas", missing)
    values = [row.values() for row in self]
    return pandas.DataFrame(values, columns=self.columns.names())


Line = dict[str, str]
"""Of jaxfer's own table, as it is read."""


def read(path: Path) -> Iterator[Line]:
  """The lines of jaxfer's own table."""
  with path.open(newline="", encoding="utf-8") as file:
    yield from csv.DictReader(file)


def by_picture(
  lines: Iterable[Line],
) -> Iterator[tuple[tuple[str, int], list[Line]]]:
  """By input and frame, the lines of each picture, in order."""
  pictures = itertools.groupby(
    lines, key=lambda line: (line["input"], int(line["frame"]))
  )
  return ((picture, list(group)) for picture, group in pictures)


def box_of(line: Line) -> tuple[int, int, int, int]:
  """Left, top, right and bottom of a line's face, in whole pixels."""
  left, top, width, height = (float(line[side]) for side in SIDES)
  return round(left), round(top), round(left + width), round(top + height)


def _text(name: str, value: Any) -> str:
  """A cell; numbers with a point, whatever the spreadsheet's country."""
  if value is None:
    return ""
  if isinstance(value, float):
    digits = 3 if name in ("time_s", "timestamp") else 6
    return f"{value:.{digits}f}"
  return str(value)
