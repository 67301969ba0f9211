"""Emotions as numbers: whose code they are, and when they are another's."""

from __future__ import annotations

import collections
import re
from collections.abc import Collection, Iterable, Mapping

from jaxfer.data.table import DataError

_FER2013 = (
  *("angry", "disgusted", "fearful", "happy", "sad", "surprised"),
  "neutral",
)
_AFFECTNET = (
  *("neutral", "happy", "sad", "surprised", "fearful", "disgusted", "angry"),
  *("contemptuous", "", "", ""),
)
_RAF_DB = (
  *("surprised", "fearful", "disgusted", "happy", "sad", "angry", "neutral"),
)
_CK_PLUS = (
  *("neutral", "angry", "contemptuous", "disgusted", "fearful", "happy"),
  *("sad", "surprised"),
)

CODINGS: Mapping[str, Mapping[int, str]] = {
  "fer2013": dict(enumerate(_FER2013)),
  "affectnet": dict(enumerate(_AFFECTNET)),
  "raf_db": dict(enumerate(_RAF_DB, 1)),
  "ck_plus": dict(enumerate(_CK_PLUS)),
}
"""By owner, the class of each number.

AffectNet's 8, 9 and 10 (none, uncertain, no face) say no emotion.
"""

NAMES = "names"
"""For a coding: numbers are the user's own names of classes."""

_WHOLE = re.compile(r"(-?\d{1,6})(?:[.,]0*)?", re.ASCII)
_STRAY = 0.01  # share of labels beyond which they are no slips


class CodeError(DataError):
  """A number that is no code of its owner's.

  Args:
    code: the number.
    reason: the message.
  """

  def __init__(self, code: int, reason: str):
    super().__init__(reason)
    self.code = code


def whole(cell: str) -> int | None:
  """The whole number in a cell, which pandas may write as 1.0."""
  match = _WHOLE.fullmatch(cell)
  return int(match[1]) if match else None


def plain(cell: str) -> str:
  """A cell, without the `.0` of a whole number."""
  number = whole(cell)
  return cell if number is None else str(number)


def span(codes: Iterable[int]) -> str:
  """A range in words, such as `0…6`."""
  low, high = min(codes := [*codes]), max(codes)
  return str(low) if low == high else f"{low}…{high}"


def describe(owner: str) -> str:
  """One of `CODINGS` in words, such as `1 surprised, 2 fearful, …`."""
  return ", ".join(f"{n} {word}" for n, word in CODINGS[owner].items() if word)


def refuse_another(
  found: Iterable[int | None], legal: Collection[int], owner: str, where: str
) -> None:
  """Stops where labels follow another coding than their owner's.

  A slip here and there is none; codes that are all one off are, and so are
  codes outside the owner's range that come again and again.

  Args:
    found: the codes of all labels; None is none.
    legal: the owner's.
    owner: in words.
    where: they stand.

  Raises:
    DataError: with both ranges.
  """
  counts = collections.Counter(code for code in found if code is not None)
  outside = sum(count for code, count in counts.items() if code not in legal)
  if not outside:
    return
  shifts = [s for s in (-1, 1) if counts.keys() <= {c + s for c in legal}]
  whole = bool(shifts) and len(counts) == len(legal)
  if not whole and (outside < 2 or outside <= _STRAY * counts.total()):
    return
  hint = ""
  if shifts:
    less, verb = {-1: ("less", "add 1 to"), 1: ("more", "take 1 from")}[
      shifts[0]
    ]
    hint = f", each one {less} than the owner's: {verb} every label"
  raise DataError(
    f"{where}: the labels are {span(counts)}, where {owner} has"
    f" {span(legal)}: another coding{hint}"
  )
