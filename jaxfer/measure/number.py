"""A measured number, and what may be held against it."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from jaxfer.metrics.estimate import Estimate


@dataclasses.dataclass(frozen=True)
class Number:
  """One quantity of generated faces."""

  value: float | None  # None where it is undefined
  n_real: int  # real faces that it rests on
  n_fake: int  # generated faces that it rests on
  # Its 95 % interval; an end that is not known is None, and so is an interval
  # that is not known.
  ci95: Sequence[float | None] | None = None
  # The same quantity of real faces against other real faces, as many of each;
  # None where there is none.
  floor: float | None = None
  floor_ci95: Sequence[float | None] | None = None  # its interval
  # What it can be expected to reach; None where nothing bounds it.
  ceiling: float | None = None
  warnings: tuple[str, ...] = ()  # why it is to be read with care
  reason: str = ""  # why it is undefined, else empty


def beside(
  found: Estimate,
  floor: Estimate,
  n_real: int,
  n_fake: int,
  warnings: Sequence[str] = (),
  ceiling: float | None = None,
) -> Number:
  """What was found of generated faces, and of real ones in their place."""
  return Number(
    found.value,
    n_real,
    n_fake,
    found.ci95,
    floor.value,
    floor.ci95,
    ceiling,
    (*filter(None, [found.caution]), *warnings),
    found.reason,
  )


def few(count: int, least: int, words: str) -> tuple[str, ...]:
  """A warning where a number rests on too few; `words` say what that does."""
  return () if count >= least else (f"{count} are fewer than {least}: {words}",)


def absent(reason: str) -> Number:
  """A number that there is nothing to measure by."""
  return Number(None, 0, 0, reason=reason)
