"""The columns of tables: jaxfer's own, py-feat's Fex, OpenFace 2's.

What a run does not recognise has no column; what a picture does not hold, an
empty cell.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
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
    units = [_padded(unit) for unit in self.units]
    if format == "fex":
      known = [own for own in _FEX if own in self.emotions]
      others = [name for name in self.emotions if name not in _FEX]
      return [
        *("FaceRectX", "FaceRectY", "FaceRectWidth", "FaceRectHeight"),
        *("FaceScore", *units, *(_FEX[one] for one in known), *others),
        *("input", "frame", "approx_time"),
      ]
    if format == "openface":
      own = [f"{unit}_c" for unit in units]
      head = ("frame", "face_id", "timestamp", "confidence", "success")
      return [*head, *own]
    return [
      *("input", "frame", "time_s", "face", "left", "top", "width", "height"),
      *("detector_score", *(("emotion",) if self.emotions else ())),
      *(f"p_{name}" for name in self.emotions),
      *self.units,
      *(f"{name}_score" for name in self.units),
      *("familiar", "note"),
    ]


def convert(
  row: Mapping[str, Any],
  format: str,
  number: int = 0,
) -> dict[str, Any]:
  """The cells of a row in another format.

  Args:
    row: what `Row.values` gives, or a line of jaxfer's table.
    format: one of `FORMATS`.
    number: of the picture in the table, from 0, for formats that count so.
  """
  there = row["face"] not in (None, "")
  if format == "fex":
    seconds = row["time_s"]
    minutes, rest = (
      divmod(int(float(seconds)), 60) if _known(seconds) else (0, 0)
    )
    return {
      **_renamed(
        row,
        {
          "left": "FaceRectX",
          "top": "FaceRectY",
          "width": "FaceRectWidth",
          "height": "FaceRectHeight",
          "detector_score": "FaceScore",
          "input": "input",
          "frame": "frame",
        },
      ),
      **{_padded(k): v for k, v in row.items() if _is_unit(k)},
      **{
        _FEX.get(k[2:], k[2:]): v for k, v in row.items() if k.startswith("p_")
      },
      "approx_time": f"{minutes:02d}:{rest:02d}" if _known(seconds) else None,
    }
  if format == "openface":
    film = _known(row["time_s"])
    return {
      "frame": int(row["frame"]) + 1 if film else number + 1,
      "face_id": row["face"] if there else 0,
      "timestamp": row["time_s"] if film else 0,
      "confidence": row["detector_score"] if there else 0,
      "success": int(there),
      **{f"{_padded(k)}_c": v for k, v in row.items() if _is_unit(k)},
    }
  return dict(row)


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


def _padded(unit: str) -> str:
  return f"AU{int(unit[2:]):02d}"


def _is_unit(name: str) -> bool:
  return name.startswith("AU") and name[2:].isdecimal()


def _known(value: Any) -> bool:
  return value not in (None, "")


def _renamed(
  row: Mapping[str, Any], names: Mapping[str, str]
) -> dict[str, Any]:
  return {new: row[old] for old, new in names.items()}
