"""The classes of a user's own labels: the eight emotions, or other words."""

from __future__ import annotations

import collections
import difflib
import os
import re
from collections.abc import Iterable, Sequence

from jaxfer import facs
from jaxfer.data.readers import coding, own_columns
from jaxfer.data.table import DataError
from jaxfer.errors import UserError

MOST_CLASSES = 100
_LONGEST = 40  # characters of a class's name
_SHOWN = 60  # characters of a cell in a message
_NUMBERED = re.compile(r"\d{1,2}\s*[._ -]+\s*(?=\D)", re.ASCII)  # 0_angry
_ALIKE = 0.75  # least likeness of a word to one that may be meant


def known(word: str) -> str | None:
  """The emotion that a word means, if it is one of those known."""
  plain = " ".join(word.lower().split())
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
  plain = " ".join(mend(word).lower().split())
  if len(plain) > _LONGEST or not plain.isprintable():
    raise DataError(
      f"emotion is {word[:_SHOWN]!r}: a class's name has at most {_LONGEST}"
      " characters that can be printed"
    )
  return plain


def mend(text: str) -> str:
  """Text whose bytes were no UTF-8, read as Western European."""
  if text.isprintable():
    return text
  return os.fsencode(text).decode("cp1252", errors="replace")


class Reader:
  """Reads the cells, or folder names, that say what faces show.

  Args:
    cells: all of them; empty ones are no labels.
    codes: whose numbers these are: a key of `coding.CODINGS`, `coding.NAMES`
      where numbers are names of classes, or empty.
    likely: what they are taken for where `codes` is empty, if the layout says.
    where: they stand, in words.

  Raises:
    DataError: for numbers of nobody's, or outside the owner's range.
    UserError: for an unknown coding.
  """

  def __init__(self, cells: Sequence[str], codes: str, likely: str, where: str):
    legal = ("", *coding.CODINGS, coding.NAMES)
    if codes not in legal:
      raise UserError(
        f"data.labelled.codes={codes!r} is not one of {', '.join(legal[1:])}"
      )
    said = [cell for cell in cells if not own_columns.is_empty(cell)]
    numbers = [n for n in map(coding.whole, said) if n is not None]
    self._owner = codes or likely
    if numbers and len(numbers) == len(said) and not self._owner:
      choices = "; ".join(
        f"{owner} ({coding.describe(owner)})" for owner in coding.CODINGS
      )
      raise DataError(
        f"{where}: emotions are the numbers {coding.span(numbers)}; say whose"
        f" by config.data.labelled.codes: {choices}; or {coding.NAMES}, where"
        " the numbers are your own names of classes"
      )
    if self._owner in coding.CODINGS:
      try:
        coding.refuse_another(
          numbers, coding.CODINGS[self._owner], self._owner, where
        )
      except DataError as error:
        raise DataError(
          f"{error}; or say whose they are by config.data.labelled.codes:"
          f" {', '.join(legal[1:])}"
        ) from error

  def __call__(self, cell: str) -> str | None:
    """The class that one cell says, or None.

    Raises:
      DataError: if it is no class.
    """
    if own_columns.is_empty(cell):
      return None
    number = coding.whole(cell)
    if number is None:
      if own_columns.number(cell) is not None:
        raise DataError(f"emotion is {cell[:_SHOWN]!r}, which is no class")
      return name(cell)
    if self._owner == coding.NAMES:
      return str(number)
    legal = coding.CODINGS.get(self._owner)
    if legal is None:
      raise DataError(f"emotion is {cell[:_SHOWN]!r}, a number among words")
    if number not in legal:
      raise DataError(
        f"emotion is {cell[:_SHOWN]!r}, where {self._owner} has"
        f" {coding.span(legal)}"
      )
    return legal[number] or None


def notes(classes: Iterable[str | None], where: str) -> list[str]:
  """What is to be said of the classes of all faces.

  Args:
    classes: of each face.
    where: they are named.

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
  own = [
    word for word in facs.sort_classes(counts) if word not in facs.EMOTIONS
  ]
  if not own:
    return []
  words = []
  for word in own:
    near = difflib.get_close_matches(word, facs.EMOTION_WORDS, 1, _ALIKE)
    hint = f": {near[0]} may be meant" if near else ""
    words.append(f"{word} ({counts[word]:,}{hint})")
  return [f"classes besides the eight emotions: {', '.join(words)}"]
