"""One table of facts for every dataset: a row per face, and all refused."""

from __future__ import annotations

import collections
import csv
import dataclasses
import errno
import math
import re
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from jaxfer import facs
from jaxfer.errors import UserError

_REASONS = 3  # reasons for refusal in one line, the commonest
_LONGEST = 90  # characters of one of them


class DataError(UserError):
  """A dataset is missing or is not what it should be."""


class MissingError(DataError):
  """A dataset is not where it is looked for."""


@dataclasses.dataclass(frozen=True, slots=True)
class Face:
  """One image of one face, and what is known of it."""

  path: str  # relative to the dataset's root, with forward slashes
  dataset: str  # name of the dataset
  # The person, or None where the dataset does not say.
  subject: str | None = None
  # One of `facs.EMOTIONS`, or of a user's own set any other class; or None
  # where unlabelled.
  emotion: str | None = None
  # By FACS number, 1 present and 0 absent; a number not listed was not coded.
  aus: Mapping[int, int] = dataclasses.field(default_factory=dict)
  # Yaw in degrees, or None; which side is negative is each dataset's own.
  pose: float | None = None
  pose_raw: str | None = None  # the dataset's own code for the pose
  gaze: str | None = None  # left, frontal, right, or None
  session: str | None = None  # recording session or film, or None
  sequence: str | None = None  # image sequence, or None
  split: str | None = None  # train, valid, val or test, or None
  frame: int | None = None  # number within the sequence, or None
  # Whatever else the dataset says holds of the face, as its own words without
  # blanks, such as CelebA's `Smiling`.
  attributes: tuple[str, ...] = ()

  @property
  def group(self) -> str | None:
    """What folds keep together: the person, or else the session (a film)."""
    return self.subject if self.subject is not None else self.session


@dataclasses.dataclass(frozen=True, slots=True)
class Rejection:
  """A file or label that does not become a face, and why."""

  path: str  # relative to the dataset's root
  reason: str  # in words
  known: bool = False  # whether the owner's own copy is known to be so


@dataclasses.dataclass(frozen=True, slots=True)
class Note:
  """What was read around, or chosen in reading; it cost no face."""

  path: str  # relative to the dataset's root
  text: str  # in words
  missing: bool = False  # whether a part of the labels is not there at all


@dataclasses.dataclass(frozen=True)
class Clip:
  """Where a clip lies."""

  # A video, or pictures in the order of time; relative to the root.
  files: tuple[str, ...]
  start: float = 0.0  # seconds of a video where it begins
  end: float = math.inf  # and before which it ends


@dataclasses.dataclass(frozen=True)
class FaceTable:
  """All faces of a dataset, in a fixed order, and everything refused."""

  root: Path  # the folder that paths are relative to
  faces: tuple[Face, ...]  # what was read
  rejected: tuple[Rejection, ...] = ()  # what was not, with the reason
  notes: tuple[Note, ...] = ()  # what was read around, or chosen in reading
  # Opens a face's image where it is not a file of its own.
  opener: Callable[[Face], BinaryIO] | None = None
  # Where faces are clips, by a face's path, which tells apart parts of one
  # video; else empty.
  clips: Mapping[str, Clip] = dataclasses.field(default_factory=dict)
  peaks: bool = False  # whether a clip's last frame matters most

  def open(self, face: Face) -> BinaryIO:
    """The encoded image of one of the faces.

    Raises:
      OSError: if it cannot be opened.
    """
    if self.opener is not None:
      return self.opener(face)
    return open_file(self.root / face.path)


def open_file(path: Path) -> BinaryIO:
  """A file for reading.

  Raises:
    OSError: if it cannot be opened, or is none of data.
  """
  # Neither a named pipe nor a device need ever end.
  mode = path.stat().st_mode
  if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
    raise OSError(errno.EINVAL, "not a file of data", str(path))
  return path.open("rb")


def count_reasons(reasons: Iterable[str]) -> str:
  """How many were rejected, and the commonest reasons, in one line.

  What tells one reason from another of its kind, such as the line or the file,
  is left out.
  """
  counts = collections.Counter(map(_kind, reasons))
  if not counts:
    return "0 rejected"
  most = counts.most_common(_REASONS)
  words = ", ".join(f"{count:,} {reason}" for reason, count in most)
  rest = counts.total() - sum(count for _, count in most)
  more = f", {rest:,} for other reasons" if rest else ""
  return f"{counts.total():,} rejected: {words}{more}"


def _kind(reason: str) -> str:
  """A reason without what is of one image or row only."""
  kind = re.sub(r"^\S+ lines? [\d, ]*\d:? ", "", reason)
  kind = re.sub(r"^(a second copy|no row) of \S+.*", r"\1", kind)
  kind = re.sub(r"'[^']*'|\d+([.,×]\d+)*", "…", kind)
  return kind if len(kind) <= _LONGEST else f"{kind[:_LONGEST]}…"


_FACTS = tuple(
  field.name for field in dataclasses.fields(Face) if field.name != "aus"
)
COLUMNS = (*_FACTS, *(f"AU{number}" for number in facs.AUS))
"""Columns of a table on disk; empty where a fact is not known."""


def to_row(face: Face) -> dict[str, str]:
  """A face as one row of `COLUMNS`, everything text."""
  facts = {name: getattr(face, name) for name in _FACTS}
  row = {name: "" if v is None else str(v) for name, v in facts.items()}
  row["pose"] = row["pose"].removesuffix(".0")
  row["attributes"] = " ".join(face.attributes)
  return row | {f"AU{n}": str(face.aus.get(n, "")) for n in facs.AUS}


def from_row(row: Mapping[str, str]) -> Face:
  """The face that `to_row` wrote."""
  facts: dict[str, Any] = {name: row[name] for name in _FACTS if row[name]}
  for name, read in (("pose", float), ("frame", int)):
    if name in facts:
      facts[name] = read(facts[name])
  facts["attributes"] = tuple(row["attributes"].split())
  facts["aus"] = {n: int(row[f"AU{n}"]) for n in facs.AUS if row[f"AU{n}"]}
  return Face(**facts)


def write_csv(
  path: Path, columns: Iterable[str], rows: Iterable[Mapping[str, object]]
) -> None:
  """Writes rows under a header, in UTF-8, as RFC 4180 has it."""
  # File names need not be text; what is not survives the round trip. Lines end
  # in CR LF because a CR within a cell is quoted only then.
  with path.open(
    "w", newline="", encoding="utf-8", errors="surrogateescape"
  ) as file:
    writer = csv.DictWriter(file, list(columns))
    writer.writeheader()
    writer.writerows(rows)


def iterate_csv(path: Path) -> Iterator[dict[str, str]]:
  """The rows of a file that `write_csv` wrote, one at a time."""
  with path.open(
    newline="", encoding="utf-8", errors="surrogateescape"
  ) as file:
    yield from csv.DictReader(file)


def read_csv(path: Path) -> list[dict[str, str]]:
  """The rows of a file that `write_csv` wrote."""
  return list(iterate_csv(path))
