"""What a disagreement is, and its opposite."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Literal

Kind = Literal["contradiction", "source", "reading"]

KINDS: Mapping[Kind, str] = {
  "contradiction": "the paper prints two things that cannot both hold",
  "source": "the paper differs from a source outside it",
  "reading": "there is a reading under which the paper is right",
}
"""How strong an inconsistency is."""


@dataclasses.dataclass(frozen=True)
class Inconsistency:
  """A place where the paper does not agree with itself or with its sources.

  Attributes:
    title: one line.
    printed: what the paper prints; its words in quotation marks.
    computed: what follows from its tables, from the code or from a source.
    where: the tables, figures and sections concerned.
    comment: what it means, and what would explain it; may be empty.
    kind: one of `KINDS`.
  """

  title: str
  printed: str
  computed: str
  where: str
  comment: str
  kind: Kind = "contradiction"


@dataclasses.dataclass(frozen=True)
class Agreement:
  """A place that was checked the same way, and holds.

  Attributes:
    title: one line.
    printed: what the paper prints.
    computed: what follows from its tables, from the code or from a source.
    where: the tables, figures and sections concerned.
  """

  title: str
  printed: str
  computed: str
  where: str


def quoted(text: str) -> str:
  """A sentence of the paper in quotation marks."""
  return f"“{text}”"


def signed(difference: float) -> str:
  """A difference of areas with its sign, such as `+0.0175`."""
  return f"{difference:+.4f}".replace("-", "\N{MINUS SIGN}")
