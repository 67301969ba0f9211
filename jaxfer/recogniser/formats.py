"""The columns of tables: jaxfer's own, py-feat's Fex, OpenFace 2's.

What a run does not recognise has no column; what a picture does not hold, an
empty cell.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from jaxfer.errors import UserError

FORMATS = ("jaxfer", "fex", "openface")

_FEX = {
  "angry": "anger",
  "disgusted": "disgust",
  "fearful": "fear",
  "happy": "happiness",
  "sad": "sadness",
  "surprised": "surprise",
  "neutral": "neutral",
  "contemptuous": "contempt",
}
"""py-feat's words for the emotions, in its order."""

Cell = Callable[[Mapping[str, Any], int], Any]
"""What stands in a column: of a row of jaxfer's own columns, as `Row.values`
has it or read from a table, and of its picture's number, from 0."""


@dataclasses.dataclass(frozen=True)
class Columns:
  """The columns of a table.

  Attributes:
    emotions: the classes, in order; none of action units.
    units: the action units, as `AU12`.
  """

  emotions: tuple[str, ...]
  units: tuple[str, ...]

  def names(self, format: str = "jaxfer") -> list[str]:
    """Of a table in one of `FORMATS`."""
    return [*self.cells(format)]

  def cells(self, format: str) -> dict[str, Cell]:
    """By column, what stands there, in one of `FORMATS`."""
    units = {f"AU{int(unit[2:]):02d}": _of(unit) for unit in self.units}
    if format == "fex":
      known = [one for one in _FEX if one in self.emotions]
      others = [one for one in self.emotions if one not in _FEX]
      return {
        "FaceRectX": _of("left"),
        "FaceRectY": _of("top"),
        "FaceRectWidth": _of("width"),
        "FaceRectHeight": _of("height"),
        "FaceScore": _of("detector_score"),
        **units,
        **{_FEX.get(one, one): _of(f"p_{one}") for one in (*known, *others)},
        "input": _of("input"),
        "frame": _of("frame"),
        "approx_time": lambda row, _: _clock(row["time_s"]),
      }
    if format == "openface":
      return {
        "frame": lambda row, number: (
          int(row["frame"] if _known(row["time_s"]) else number) + 1
        ),
        "face_id": _of("face", 0),
        "timestamp": _of("time_s", 0),
        "confidence": _of("detector_score", 0),
        "success": lambda row, _: int(_known(row["face"])),
        **{f"{name}_c": cell for name, cell in units.items()},
      }
    names = (
      *("input", "frame", "time_s", "face", "left", "top", "width", "height"),
      *("detector_score", *(("emotion",) if self.emotions else ())),
      *(f"p_{name}" for name in self.emotions),
      *self.units,
      *(f"{name}_score" for name in self.units),
      *("familiar", "note"),
    )
    return {name: _of(name) for name in names}


def refuse(columns: Columns, format: str) -> None:
  """Raises where a format has no place for what is recognised.

  Raises:
    UserError: saying which has.
  """
  if format not in FORMATS:
    raise UserError(f"format {format!r} is not one of {', '.join(FORMATS)}")
  if format == "openface" and not columns.units:
    raise UserError(
      "OpenFace's table holds action units, and this run recognises emotions:"
      " take --format=fex, or jaxfer"
    )


def _of(name: str, absent: Any = None) -> Cell:
  return lambda row, _: row[name] if _known(row.get(name)) else absent


def _known(value: Any) -> bool:
  return value not in (None, "")


def _clock(seconds: Any) -> str | None:
  """Minutes and seconds."""
  if not _known(seconds):
    return None
  minutes, rest = divmod(int(float(seconds)), 60)
  return f"{minutes:02d}:{rest:02d}"
