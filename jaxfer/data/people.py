"""Names of people, as they are compared."""

from __future__ import annotations

import re
import unicodedata

from jaxfer.data import emotions


def plain(name: str) -> str:
  """A name without case, accents' codes, and zeros before or behind a number.

  Two people of one set whose plain names are equal may be one, and so may two
  people of two sets.
  """
  text = unicodedata.normalize("NFKC", emotions.plain(name.strip()))
  return re.sub(r"(?<!\d)0+(?=\d)", "", text.casefold())
