"""The label files of CK+: an emotion, or the action units, of a sequence."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from jaxfer import facs
from jaxfer.data import emotions, label_files
from jaxfer.data.label_files import Row
from jaxfer.data.table import DataError

EMOTIONS = emotions.CODINGS["ck_plus"]
"""By the owners' code; neutral, 0, is of no sequence."""


class Peak(NamedTuple):
  """What one label file says of its sequence's peak."""

  frame: int  # number in the file's name
  emotion: str | None = None  # None in a FACS file
  aus: Mapping[int, int] = {}  # by number; none in an emotion file
  error: str = ""  # why it cannot be read, else empty
  code: int | None = None  # of the emotion, as the file has it


def read(root: Path, path: str, kind: str, frame: int) -> Peak:
  """What a label file says, or why it says nothing."""
  try:
    rows = [*label_files.read_rows(root, path)]
    if kind == "facs":
      return Peak(frame, aus=_aus(path, rows))
  except DataError as error:
    return Peak(frame, error=str(error))
  cells = [cell for row in rows for cell in row.cells]
  if len(cells) != 1:
    error = f"{path}: holds {len(cells)} numbers, expected one code"
    return Peak(frame, error=error)
  number = _number(cells[0])
  code = int(number) if number.is_integer() else None
  if code is not None and code in EMOTIONS:
    return Peak(frame, EMOTIONS[code], code=code)
  error = (
    f"{path} line {rows[0].line}: {cells[0][: emotions.SHOWN]!r} is not a code"
    f" from 0 to {len(EMOTIONS) - 1}"
  )
  return Peak(frame, error=error, code=code)


def _aus(path: str, rows: Sequence[Row]) -> dict[int, int]:
  present = set()
  for line, cells in rows:
    numbers = [*map(_number, cells)]
    if len(numbers) != 2 or not (
      numbers[0] in range(1, 100) and numbers[1] in range(6)
    ):
      said = " ".join(cells)[: emotions.SHOWN]
      raise DataError(
        f"{path} line {line}: {said!r} is not an AU and its intensity, 0 to 5"
      )
    present.add(int(numbers[0]))
  return {number: int(number in present) for number in facs.AUS}


def _number(text: str) -> float:
  try:
    return float(text)
  except ValueError:
    return math.nan
