"""What cells, codes and folder names say of an emotion, or of another class."""

from __future__ import annotations

import collections
import difflib
import functools
import os
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence

from jaxfer import facs
from jaxfer.data.table import DataError
from jaxfer.errors import refuse_other

CODINGS: Mapping[str, Mapping[int, str]] = {
  owner: dict(enumerate(words.split(), first))
  for owner, first, words in (
    ("fer2013", 0, "angry disgusted fearful happy sad surprised neutral"),
    (
      "affectnet",
      0,
      "neutral happy sad surprised fearful disgusted angry contemptuous"
      " none uncertain no_face",
    ),
    ("raf_db", 1, "surprised fearful disgusted happy sad angry neutral"),
    (
      "ck_plus",
      0,
      "neutral angry contemptuous disgusted fearful happy sad surprised",
    ),
  )
}
"""By owner, the class of each number."""

NAMES = "names"
"""For a coding: numbers are the user's own names of classes."""

MOST_CLASSES = 100
SHOWN = 60
"""Characters of a cell in a message."""

_NO_EMOTION = frozenset({"none", "uncertain", "no_face"})  # AffectNet's
_LONGEST = 40  # characters of a class's name
_NUMBERED = re.compile(r"\d{1,2}\s*[._ -]+\s*(?=\D)", re.ASCII)  # 0_angry
_ALIKE = 0.75  # least likeness of a word to one that may be meant
_STRAY = 0.01  # share of labels beyond which they are no slips
_WHOLE = re.compile(r"(-?\d{1,6})(?:[.,]0*)?", re.ASCII)
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,3})?", re.ASCII)
_EMPTY = frozenset({"", "nan", "na", "n/a", "<na>", "#n/a", "null", "none"})
_UNKNOWN = frozenset({"?", "-", "--", "unknown", "unlabelled", "unlabeled"})


def is_empty(cell: str) -> bool:
  """Whether a cell says nothing, as pandas or a spreadsheet leave it."""
  return cell.lower() in _EMPTY


def number(cell: str) -> float | None:
  """The number in a cell, with a decimal point or a decimal comma."""
  text = cell.lower().replace(",", ".")
  return float(text) if _NUMBER.fullmatch(text) else None


def whole(cell: str) -> int | None:
  """The whole number in a cell, which pandas may write as 1.0."""
  match = _WHOLE.fullmatch(cell)
  return int(match[1]) if match else None


def plain(cell: str) -> str:
  """A cell, without the `.0` of a whole number."""
  code = whole(cell)
  return cell if code is None else str(code)


def known(word: str) -> str | None:
  """The emotion that a word means, if it is one of those known."""
  plain = _legible(word)
  for text in (plain, _NUMBERED.sub("", plain, count=1)):
    if text in facs.EMOTION_WORDS:
      return facs.EMOTION_WORDS[text]
  return None


def name(word: str) -> str:
  """The class that a word means: an emotion, or else the word itself.

  Raises:
    DataError: for what is no name.
  """
  if found := known(word):
    return found
  plain = _legible(mend(word))
  if len(plain) > _LONGEST or not plain.isprintable():
    raise DataError(
      f"emotion is {word[:SHOWN]!r}: a class's name has at most {_LONGEST}"
      " characters that can be printed"
    )
  return plain


@functools.lru_cache(maxsize=4096)  # of many rows few differ
def _legible(text: str) -> str:
  """Text as it reads: accents in one code, nothing that no one sees."""
  text = unicodedata.normalize("NFC", text)
  seen = (one for one in text if unicodedata.category(one) != "Cf")
  return " ".join("".join(seen).lower().split())


def mend(text: str) -> str:
  """Text whose bytes were no UTF-8, read as Western European."""
  # Python keeps such a byte as half of a surrogate pair.
  if not any("\udc80" <= one <= "\udcff" for one in text):
    return text
  return os.fsencode(text).decode("cp1252", errors="replace")


def describe(owner: str) -> str:
  """One of `CODINGS` in words, such as `1 surprised, 2 fearful, …`."""
  codes = CODINGS[owner].items()
  return ", ".join(
    f"{n} {word}" for n, word in codes if word not in _NO_EMOTION
  )


class Reader:
  """Reads the cells, or folder names, that say what faces show.

  Args:
    cells: all of them; empty ones are no labels.
    codes: whose numbers these are: a key of `CODINGS`, `NAMES` where numbers
      are names of classes, or empty; None where nobody can say it.
    likely: what they are taken for where `codes` is empty, if the layout says.
    where: they stand, in words.

  Raises:
    DataError: for numbers of nobody's, or outside the owner's range.
    UserError: for an unknown coding.
  """

  def __init__(
    self, cells: Sequence[str], codes: str | None, likely: str, where: str
  ):
    legal = (*CODINGS, NAMES)
    if codes:
      refuse_other("data.labelled.codes", codes, legal)
    unknown = filter(_says_unknown, cells)
    self._unknown = collections.Counter(w for w in unknown if not is_empty(w))
    said = [c for c in cells if not is_empty(c) and not _says_unknown(c)]
    numbers = [n for n in map(whole, said) if n is not None]
    self._owner = codes or likely
    self._assumed = "" if codes or not numbers else likely
    if numbers and len(numbers) == len(said) and not self._owner:
      said_so = f"{where}: emotions are the numbers {_span(numbers)}"
      if codes is None:
        raise DataError(f"{said_so}: write the words that they mean")
      choices = "; ".join(f"{one} ({describe(one)})" for one in CODINGS)
      raise DataError(
        f"{said_so}; say whose by config.data.labelled.codes: {choices}; or"
        f" {NAMES}, where the numbers are your own names of classes"
      )
    if self._owner in CODINGS:
      try:
        refuse_another(numbers, CODINGS[self._owner], self._owner, where)
      except DataError as error:
        raise DataError(
          f"{error}; or say whose they are by config.data.labelled.codes:"
          f" {', '.join(legal)}"
        ) from error

  def notes(self) -> list[str]:
    """What was a choice in reading them."""
    found = []
    if self._assumed:
      found.append(
        f"the numbers of emotions are read as {self._assumed}'s:"
        f" {describe(self._assumed)}; another coding is named by"
        " config.data.labelled.codes"
      )
    if self._unknown:
      words = [f"{word} ({n:,})" for word, n in sorted(self._unknown.items())]
      found.append(f"read as no label: {', '.join(words)}")
    return found

  def __call__(self, cell: str) -> str | None:
    """The class that one cell says, or None.

    Raises:
      DataError: if it is no class.
    """
    if is_empty(cell) or _says_unknown(cell):
      return None
    code = whole(cell)
    if code is None and number(cell) is None:
      return name(cell)
    said = f"emotion is {cell[:SHOWN]!r}"
    if code is None:
      raise DataError(f"{said}, which is no class")
    if self._owner == NAMES:
      return str(code)
    legal = CODINGS.get(self._owner)
    if legal is None:
      raise DataError(f"{said}, a number among words")
    if code not in legal:
      raise DataError(f"{said}, where {self._owner} has {_span(legal)}")
    return None if legal[code] in _NO_EMOTION else legal[code]


def _says_unknown(cell: str) -> bool:
  """Whether a word says that nobody can tell, as AffectNet's do."""
  word = _legible(cell)
  return word in _UNKNOWN or re.sub("[ -]", "_", word) in _NO_EMOTION


def refuse_another(
  found: Iterable[int | None], legal: Collection[int], owner: str, where: str
) -> None:
  """Stops where labels follow another coding than their owner's.

  A slip here and there is none; codes that are all one off are, and so are
  codes outside the owner's range that come again and again. Of what was `found`
  None is no code; owner and where they stand are in words.

  Raises:
    DataError: with both ranges.
  """
  counts = collections.Counter(code for code in found if code is not None)
  outside = sum(count for code, count in counts.items() if code not in legal)
  if not outside:
    return
  shifts = [s for s in (-1, 1) if counts.keys() <= {c + s for c in legal}]
  shifted = bool(shifts) and len(counts) == len(legal)
  if not shifted and (outside < 2 or outside <= _STRAY * counts.total()):
    return
  hint = ""
  if shifts:
    less, verb = {-1: ("less", "add 1 to"), 1: ("more", "take 1 from")}[
      shifts[0]
    ]
    hint = f", each one {less} than the owner's: {verb} every label"
  if -1 in counts and -1 not in legal:
    hint += "; if -1 says that there is no label, leave it empty instead"
  raise DataError(
    f"{where}: the labels are {_span(counts)}, where {owner} has"
    f" {_span(legal)}: another coding{hint}"
  )


def _span(codes: Iterable[int]) -> str:
  """A range in words, such as `0…6`."""
  low, high = min(codes := [*codes]), max(codes)
  return str(low) if low == high else f"{low}…{high}"


def notes(classes: Iterable[str | None], where: str) -> list[str]:
  """What is to be said of the classes of all faces, and of where they stand.

  Raises:
    DataError: if they are too many to be classes.
  """
  counts = collections.Counter(word for word in classes if word)
  if len(counts) > MOST_CLASSES:
    raise DataError(
      f"{where}: {len(counts):,} different emotions, such as"
      f" {', '.join(map(repr, [*counts][:3]))}; at most {MOST_CLASSES} are"
      " classes"
    )
  words = []
  for word in facs.sort_classes(counts):
    if word not in facs.EMOTIONS:
      near = difflib.get_close_matches(word, facs.EMOTION_WORDS, 1, _ALIKE)
      hint = f": {near[0]} may be meant" if near else ""
      words.append(f"{word} ({counts[word]:,}{hint})")
  if not words:
    return []
  return [f"classes besides the eight emotions: {', '.join(words)}"]
