"""Label files: rows of cells, and one label for each name.

Copies of one label file differ in line ends, separators, blanks and byte-order
marks; their rows repeat or contradict one another. What is unambiguous is read.
"""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Generic, NamedTuple, TypeVar

from jaxfer.data import files
from jaxfer.data.table import DataError, Rejection

MAX_BYTES = 64 * 2**20
"""A larger file is not read: the largest real ones have some 25 MB."""

# The mark of UTF-32 begins with that of UTF-16.
_MARKS = {
  codecs.BOM_UTF8: "utf-8-sig",
  codecs.BOM_UTF32_LE: "utf-32",
  codecs.BOM_UTF32_BE: "utf-32",
  codecs.BOM_UTF16_LE: "utf-16",
  codecs.BOM_UTF16_BE: "utf-16",
}
# Bytes of a character, and which of them are zero in most text.
_ZEROS = {
  "utf-32-le": (4, {2, 3}),
  "utf-32-be": (4, {0, 1}),
  "utf-16-le": (2, {1}),
  "utf-16-be": (2, {0}),
}
_HEAD = 4096  # bytes by which an encoding is known
_MOSTLY = 0.6  # share of zeros

T = TypeVar("T")


class Row(NamedTuple):
  """One line of a label file: its number, from 1, and its cells."""

  line: int
  cells: tuple[str, ...]


class Label(NamedTuple, Generic[T]):
  """What one place says of one name."""

  name: str  # of what is labelled, spelt in one way by all labels
  value: T  # the label
  file: str  # path of the file or folder that says so, relative to the root
  # In that file; None where the file as a whole says so.
  line: int | None = None

  @property
  def place(self) -> str:
    """Where it stands, in words."""
    return self.file if self.line is None else f"{self.file} line {self.line}"


class Settled(NamedTuple, Generic[T]):
  """What the labels of all places come to."""

  labels: dict[str, Label[T]]  # by name, the first label of those that agree
  contradicted: dict[str, str]  # by name, the reason why it has no label
  repeated: list[Rejection]  # rows that say again what their own file has said


DELIMITERS = ",;\t|"
"""What may stand between the cells of a table that people wrote."""


def delimiter(line: str) -> str:
  """The one of `DELIMITERS` that splits a line most."""
  return max(DELIMITERS, key=line.count)


def read_bytes(root: Path, file: str) -> bytes:
  """The content of a label file; the path is relative to the dataset's folder.

  Raises:
    DataError: if it leads outside the root, cannot be read, or is larger than
      `MAX_BYTES`.
  """
  path = files.resolve_inside(root, file)
  try:
    # A named pipe would never end.
    if not files.is_file(path):
      raise DataError(f"{file}: not a file")
    with path.open("rb") as opened:
      content = opened.read(MAX_BYTES + 1)
  except OSError as error:
    raise DataError(f"{file}: unreadable: {error.strerror}") from error
  if len(content) > MAX_BYTES:
    raise DataError(f"{file}: larger than {MAX_BYTES >> 20} MiB, not read")
  return content


def read_text(root: Path, file: str) -> str:
  """The text of a label file, as `decode` has it.

  Raises:
    DataError: as `read_bytes`, or if it is no text.
  """
  text = decode(read_bytes(root, file))
  if "\0" in text:
    raise DataError(f"{file}: holds NUL bytes, so it is not text")
  return text


def decode(content: bytes) -> str:
  """The text that bytes are: UTF-8, or UTF-16 or UTF-32 as spreadsheets write.

  Without a byte-order mark the zeros in it tell one of these from UTF-8. What
  is not UTF-8 either is kept as it is, as in file names.
  """
  for mark, encoding in _MARKS.items():
    if content.startswith(mark):
      return content.decode(encoding, errors="replace")
  head = content[:_HEAD]
  for encoding, (width, zeros) in _ZEROS.items():
    if len(head) < 4 * width or len(content) % width:
      continue
    pieces = [head[i::width] for i in range(width)]
    if all(
      piece.count(0) > _MOSTLY * len(piece) if i in zeros else 0 not in piece
      for i, piece in enumerate(pieces)
    ):
      return content.decode(encoding, errors="replace")
  return content.decode("utf-8", errors="surrogateescape")


def read_rows(root: Path, file: str) -> Iterator[Row]:
  """The rows of a label file that are not blank.

  Yields:
    Cells without the blanks and quotation marks around them: those between
    commas, or else semicolons, where a line has any, or else its words.

  Raises:
    DataError: as `read_text`.
  """
  lines = io.StringIO(read_text(root, file), newline=None)
  for number, line in enumerate(lines, 1):
    cells = _cells(line)
    if any(cells):
      yield Row(number, cells)


def _cells(line: str) -> tuple[str, ...]:
  for separator in ",;":
    if separator in line:
      return tuple(cell.strip('" \t\n') for cell in line.split(separator))
  return tuple(word.strip('"') for word in line.split())


def settle(labels: Iterable[Label[T]]) -> Settled[T]:
  """Finds the names on which all labels agree.

  Labels are of any number of files, in the order of reading; that two files
  agree is no repetition.

  Returns:
    Every name once, labelled or contradicted.
  """
  places: dict[str, list[Label[T]]] = {}
  for label in labels:
    places.setdefault(label.name, []).append(label)
  settled: Settled[T] = Settled({}, {}, [])
  for name, (first, *others) in places.items():
    if any(other.value != first.value for other in others):
      where = ", ".join(label.place for label in (first, *others))
      settled.contradicted[name] = f"labels contradict one another: {where}"
      continue
    settled.labels[name] = first
    said = {first.file: first.line}
    for other in others:
      if other.file in said:
        reason = f"{other.place} repeats line {said[other.file]}"
        settled.repeated.append(Rejection(name, reason))
      said.setdefault(other.file, other.line)
  return settled
