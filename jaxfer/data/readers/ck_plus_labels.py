"""The label files of CK+: an emotion, or the action units, of a sequence."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from jaxfer import facs
from jaxfer.data.readers import coding, label_files
from jaxfer.data.readers.label_files import Row
from jaxfer.data.table import DataError

EMOTIONS = (
  "neutral",  # of no sequence
  "angry",
  "contemptuous",
  "disgusted",
  "fearful",
  "happy",
  "sad",
  "surprised",
)
"""By the owners' code, from 0."""

_SHOWN = 60  # characters of a cell in a message


class Peak(NamedTuple):
  """What one label file says.

  Attributes:
    frame: number in its name.
    emotion: None in a FACS file.
    aus: by number; none in an emotion file.
    error: why it cannot be read, else empty.
    code: of the emotion, as the file has it.
  """

  frame: int
  emotion: str | None = None
  aus: Mapping[int, int] = {}
  error: str = ""
  code: int | None = None


def refuse_another_coding(codes: Iterable[int | None], root: Path) -> None:
  """Stops where emotions follow another coding than the owners'.

  Raises:
    DataError: with both ranges.
  """
  codes = [*codes]
  # Neutral is a code of the owners', and of no sequence: without a 7 a 0 tells
  # of a coding that begins there.
  legal = range(int(7 not in codes), len(EMOTIONS))
  coding.refuse_another(codes, legal, "CK+", str(root))


def read(root: Path, path: str, kind: str, frame: int) -> Peak:
  """Reads one label file.

  Args:
    root: the dataset's folder.
    path: of the file, relative to it.
    kind: emotion or facs.
    frame: number in its name.

  Returns:
    What it says, or why it says nothing.
  """
  try:
    rows = [*label_files.read_rows(root, path)]
    if kind == "facs":
      return Peak(frame, aus=_aus(path, rows))
    code = _code(path, rows)
    return Peak(frame, emotion=EMOTIONS[code], code=code)
  except coding.CodeError as error:
    return Peak(frame, error=str(error), code=error.code)
  except DataError as error:
    return Peak(frame, error=str(error))


def _code(path: str, rows: Sequence[Row]) -> int:
  cells = [cell for row in rows for cell in row.cells]
  if len(cells) != 1:
    raise DataError(f"{path}: holds {len(cells)} numbers, expected one code")
  number = _number(cells[0])
  if number in range(len(EMOTIONS)):
    return int(number)
  reason = (
    f"{path} line {rows[0].line}: {cells[0][:_SHOWN]!r} is not a code from 0"
    f" to {len(EMOTIONS) - 1}"
  )
  if number.is_integer():
    raise coding.CodeError(int(number), reason)
  raise DataError(reason)


def _aus(path: str, rows: Sequence[Row]) -> dict[int, int]:
  present = set()
  for line, cells in rows:
    numbers = [*map(_number, cells)]
    if len(numbers) != 2 or not (
      numbers[0] in range(1, 100) and numbers[1] in range(6)
    ):
      said = " ".join(cells)[:_SHOWN]
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
