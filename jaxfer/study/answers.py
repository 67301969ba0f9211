"""The files that raters hand in, read as what they are: somebody else's."""

from __future__ import annotations

import csv
import dataclasses
import io
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from jaxfer.errors import UserError
from jaxfer.study.key import ANSWERS, Key

COLUMNS = ("study", "rater", "position", "item", "answer", "milliseconds")

_MOST_BYTES = 2**20
_RATER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")
_NUMBER = re.compile(r"[0-9]{1,9}")
_SHOWN = 40  # characters of a value, in an error


@dataclasses.dataclass(frozen=True)
class Answer:
  """One answer: `real` or `generated`, and the milliseconds it took."""

  said: str
  milliseconds: int


@dataclasses.dataclass(frozen=True)
class Rater:
  """What one file holds.

  Attributes:
    code: the rater's, letters, digits, - and _.
    file: the file's name.
    answers: by item, attention checks among them.
  """

  code: str
  file: str
  answers: Mapping[str, Answer]


def read_all(paths: Sequence[Path], key: Key) -> list[Rater]:
  """Reads the files that raters handed in, one rater in each.

  Raises:
    ValueError: naming every file that is not what the study's page exports,
      and what is wrong with it.
  """
  raters, wrong = [], []
  for path in paths:
    try:
      raters.append(read(path, key))
    except UserError as error:
      wrong.append(str(error))
  if wrong:
    raise UserError(
      "\n".join([*wrong, "nothing was scored: mend these files or leave them"])
    )
  return raters


def read(path: Path, key: Key) -> Rater:
  """Reads one file; nothing in it is trusted, and nothing is run.

  Codes and items are held to letters, digits, - and _, and begin with a letter
  or digit, so that no cell of a table made from them is a formula.

  Raises:
    ValueError: naming the file, the line and what is wrong there.
  """
  try:
    with path.open("rb") as file:
      data = file.read(_MOST_BYTES + 1)
  except OSError as error:
    raise UserError(f"{path} cannot be read: {error.strerror}") from error
  if len(data) > _MOST_BYTES:
    raise UserError(f"{path} is larger than the {_MOST_BYTES:,} bytes allowed")
  try:
    # Spreadsheets put a byte order mark in front.
    text = data.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
  except (UnicodeDecodeError, csv.Error) as error:
    raise UserError(f"{path} is no CSV in UTF-8: {error}") from error
  if not rows or tuple(rows[0]) != COLUMNS:
    found = _quote(",".join(rows[0])) if rows else "nothing"
    raise UserError(
      f"{path} begins with {found}, but the page exports the columns"
      f" {','.join(COLUMNS)}"
    )
  codes: set[str] = set()
  positions: set[int] = set()
  answers: dict[str, Answer] = {}
  for line, row in enumerate(rows[1:], 2):
    problem = _problem(row, key)
    if problem is None:
      _, code, position, item, said, spent = row
      codes.add(code)
      if len(codes) > 1:
        problem = "another rater: a file holds one rater's answers"
      elif item in answers:
        problem = f"a second answer to {item}"
      elif int(position) in positions:
        problem = f"a second answer in position {position}"
      positions.add(int(position))
      answers[item] = Answer(said, int(spent))
    if problem is not None:
      raise UserError(f"{path}, row {line}: {problem}")
  if not answers:
    raise UserError(f"{path} holds no answer")
  # The page numbers what it exports: a row that was taken out leaves a gap.
  if gaps := set(range(1, len(answers) + 1)) - positions:
    raise UserError(f"{path} lacks position {min(gaps)}: a row is gone")
  return Rater(codes.pop(), path.name, answers)


def _problem(row: Sequence[str], key: Key) -> str | None:
  """What is wrong with one row, or None."""
  if len(row) != len(COLUMNS):
    return f"{len(row)} cells instead of {len(COLUMNS)}"
  study, rater, position, item, said, spent = row
  if study != key.study:
    return f"study {_quote(study)}, but the key is of {key.study}"
  if not _RATER.fullmatch(rater):
    return (
      f"rater {_quote(rater)} must be 1 to 32 letters, digits, - and _, the"
      " first a letter or digit"
    )
  if item not in key.faces and item not in key.checks:
    return f"item {_quote(item)} is not in the study"
  if said not in ANSWERS:
    return f"answer {_quote(said)} is not one of {', '.join(ANSWERS)}"
  for name, value in (("position", position), ("milliseconds", spent)):
    if not _NUMBER.fullmatch(value):
      return f"{name} {_quote(value)} is no whole number of at most 9 digits"
  return None


def _quote(value: str) -> str:
  """A value as an error shows it: escaped, and cut where it is long."""
  return ascii(value[:_SHOWN]) + ("…" if len(value) > _SHOWN else "")
