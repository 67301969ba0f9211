"""A user's own CSV: whatever program wrote it, its header and its rows."""

from __future__ import annotations

import csv
import errno
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from jaxfer.data import files
from jaxfer.data.readers import label_files
from jaxfer.data.table import DataError

_DELIMITERS = ",;\t"


class Table(NamedTuple):
  """A CSV.

  Attributes:
    file: its path.
    header: its first line.
    columns: names of the columns, without the blanks around them.
    rows: line number and cells of each row that is not empty.
  """

  file: Path
  header: str
  columns: tuple[str, ...]
  rows: list[tuple[int, list[str]]]


def read(root: Path, name: str) -> Table:
  """Reads a CSV: comma, semicolon or tab; UTF-8, UTF-16 or UTF-32.

  Args:
    root: the dataset's folder.
    name: path relative to it.

  Raises:
    DataError: if it is missing, outside, too large, or no CSV.
  """
  path, text = _text(root, name)
  header = re.split("[\r\n]", text, maxsplit=1)[0]
  reader = csv.reader(
    # Line ends are left to the reader: a file's name may hold one.
    io.StringIO(text, newline=""),
    delimiter=delimiter(header),
    skipinitialspace=True,
    strict=True,
  )
  try:
    columns = tuple(name.strip() for name in next(reader, []))
    return Table(path, header, columns, [*_rows(reader)])
  except csv.Error as error:
    raise DataError(
      f"{path} line {reader.line_num}: {error}; see whether a quotation mark"
      " is left open above"
    ) from error


def delimiter(header: str) -> str:
  """The separator that splits a header most."""
  return max(_DELIMITERS, key=header.count)


def _rows(reader) -> Iterator[tuple[int, list[str]]]:
  for cells in reader:
    cells = [cell.strip() for cell in cells]
    if any(cells):
      yield reader.line_num, cells


def _text(root: Path, name: str) -> tuple[Path, str]:
  try:
    path = files.resolve_inside(root, name)
  except DataError as error:
    raise DataError(f"config.data.labelled.index={name}: {error}") from error
  try:
    # A named pipe would never end.
    if path.exists() and not path.is_file():
      raise OSError(errno.EINVAL, "not a file")
    with path.open("rb") as file:
      content = file.read(label_files.MAX_BYTES + 1)
  except OSError as error:
    raise DataError(
      f"no label file {path} ({error.strerror}): expected a CSV with the"
      " columns path and emotion, and subject where people are known; name it"
      " by config.data.labelled.index. Without one, images lie in folders"
      " named by their class, such as train/happy/a.jpg"
    ) from error
  if len(content) > label_files.MAX_BYTES:
    size = label_files.MAX_BYTES >> 20
    raise DataError(f"{path}: larger than {size} MiB, not read")
  return path, label_files.decode(content)
