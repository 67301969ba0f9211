"""Whether two sets are known to show different people."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from jaxfer.data import people
from jaxfer.data.dataset import Dataset

_LISTED = 5  # names in a reason


@dataclasses.dataclass(frozen=True)
class Side:
  """One of two sets, as far as it is used."""

  dataset: Dataset  # what is known of the set
  # Of the person on each face used, as the set gives them; None where it names
  # nobody.
  names: tuple[str | None, ...]

  @property
  def people(self) -> dict[str, str]:
    """By name as it is compared, the name as it is given."""
    return {people.plain(name): name for name in self.names if name}

  @property
  def unnamed(self) -> int:
    """Number of faces that name nobody."""
    return sum(not name for name in self.names)


@dataclasses.dataclass(frozen=True)
class Verdict:
  """What is known of the people of two sets."""

  known: bool  # whether they are known to be different people
  shared: int  # number of names that both sets have
  reason: str  # in words, without a full stop


def judge(one: Side, other: Side, word: str = "") -> Verdict:
  """Whether the people of two sets are known to be different.

  They are where both have owners, who differ, and neither set lists the other
  among those that it overlaps: then names are each owner's own, and mean
  nothing across sets. Else names in common speak against it, whatever is said;
  where there is none, the user's word tells (`data.people_apart`), or that
  every face is named.
  """
  titles = f"{one.dataset.title} and {other.dataset.title}"
  overlap = one.dataset.overlaps.get(other.dataset.name) or (
    other.dataset.overlaps.get(one.dataset.name)
  )
  owners = one.dataset.owner, other.dataset.owner
  if all(owners) and len({*owners}) == 2 and not overlap:
    return Verdict(
      True,
      0,
      f"{titles} were collected by different owners, {' and '.join(owners)},"
      " and neither is known to show people of the other",
    )
  both = sorted(one.people.keys() & other.people.keys())
  if both:
    return Verdict(False, len(both), _named_twice(one, other, both, word))
  if word.strip():
    return Verdict(True, 0, f"data.people_apart says: “{word}”")
  if overlap and len({*owners}) == 2:  # whose names mean different things
    return Verdict(False, 0, f"{titles} may share people: {overlap}")
  if all(side.names and not side.unnamed for side in (one, other)):
    return Verdict(
      True,
      0,
      f"all faces are named, of {len(one.people):,} people in"
      f" {one.dataset.title} and {len(other.people):,} in"
      f" {other.dataset.title}, and no name is in both",
    )
  why = overlap or _unnamed((one, other))
  return Verdict(False, 0, f"whether {titles} share people is not known: {why}")


def _named_twice(one: Side, other: Side, both: list[str], word: str) -> str:
  listed = ", ".join(one.people[name] for name in both[:_LISTED])
  if len(both) > _LISTED:
    listed += ", …"
  names = "name is" if len(both) == 1 else "names are"
  said = f"{len(both):,} {names} both in {one.dataset.title}"
  said += f" ({len(one.people):,} people) and in {other.dataset.title}"
  said += f" ({len(other.people):,}): {listed}"
  if word.strip():
    said = f"data.people_apart says “{word}”, but {said}"
  return said


def _unnamed(sides: Iterable[Side]) -> str:
  found = [
    f"{side.unnamed:,} of the {len(side.names):,} faces of"
    f" {side.dataset.title} name nobody"
    for side in sides
    if side.unnamed
  ]
  return " and ".join(found)
