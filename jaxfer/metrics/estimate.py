"""A measured quantity, or why there is none."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence


@dataclasses.dataclass(frozen=True)
class Estimate:
  """One quantity of some rows.

  Attributes:
    value: None where it is undefined.
    ci95: its 95 % interval; an end that is not known is None, and so is an
      interval that is not known.
    reason: why it is undefined, else empty.
    caution: why it is to be read with care, else empty.
  """

  value: float | None = None
  ci95: Sequence[float | None] | None = None
  reason: str = ""
  caution: str = ""
