"""What is recognised, in whom, and the splits of every protocol.

`paper` tests random folds. `subject` tests people who were not fitted on.
`sealed` tests people whom the network has not seen either; `unsealed` are the
same splits with a network that has, so that the difference is the network's.
`official` is the owner's split, and `official_sealed` the same with a network
that has seen its training part only.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from jaxfer import terms
from jaxfer.data import assignment
from jaxfer.data.assignment import Folds
from jaxfer.data.selection import Labelled
from jaxfer.errors import UserError
from jaxfer.svm import splits
from jaxfer.svm.splits import Split

PROTOCOLS: Mapping[str, str] = {
  name: row.split for name, row in terms.PROTOCOLS.items() if row.split
}
"""The protocols, and the kind of split each tests."""

SEALED = tuple(name for name, row in terms.PROTOCOLS.items() if row.seen)
"""Protocols whose network has not seen the faces that are tested."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Problem(Labelled):
  """A recognition problem over the rows of one set, or of two, one below other.

  Its `rows` are positions in the table of faces fitted on.
  """

  # Positions in the table of another set, which is tested.
  test_rows: np.ndarray
  # (N,) as `people`, where the set that is tested alone names them.
  tested_people: np.ndarray | None = None
  splits: Mapping[str, list[Split]]  # by kind, for those that exist
  reasons: Mapping[str, str]  # by kind, why there is none

  @property
  def drawn(self) -> np.ndarray:
    """What a bootstrap draws, (N,): the person of each row, or the row."""
    if self.people is not None:
      return self.people
    if self.tested_people is not None:
      return self.tested_people
    return np.arange(len(self.labels))

  def tested(self, protocol: str) -> list[Split] | None:
    """The splits of a protocol, or None where it does not exist."""
    return self.splits.get(PROTOCOLS[protocol])


def read(folds: str | Path, test_folds: str | Path = "") -> Problem:
  """The problem of a set, or of one set fitted on and another tested.

  Both are folders of fold assignments; there may be no other.
  """
  fitted = assignment.read(Path(folds))
  if not test_folds:
    return within(fitted)
  return across(fitted, assignment.read(Path(test_folds)))


def within(folds: Folds) -> Problem:
  """Fitted on and tested within one set.

  Raises:
    ValueError: if person-disjoint folds divide a person.
  """
  found = {kind: splits.by_fold(fold) for kind, fold in folds.fold.items()}
  if folds.people is not None:
    for kind in ("subject", "sealed"):
      splits.refuse_shared_people(found.get(kind, []), folds.people)
  if folds.official is not None:
    train, test = (
      np.flatnonzero(folds.official == part) for part in ("train", "test")
    )
    found["official"] = [Split(0, train, test)]
  shared = {
    field.name: getattr(folds, field.name)
    for field in dataclasses.fields(Labelled)
  }
  return Problem(
    **shared,
    test_rows=np.empty(0, int),
    splits=found,
    reasons=folds.reasons,
  )


def across(fitted: Folds, tested: Folds) -> Problem:
  """Fitted on all of one set, tested on all of another.

  What both sets have labels for is recognised. People are numbered on, so that
  tuning and draws have somebody to keep together; whether the sets share any is
  not known from these numbers, and `results.claims` says it by their names.

  Raises:
    ValueError: if they have nothing to recognise in common.
  """
  names = tuple(name for name in fitted.names if name in tested.names)
  if len(names) < (2 if fitted.task == "emotion" else 1):
    raise UserError(
      "the sets have too few labels in common to test one on the other:"
      f" {', '.join(fitted.names)} against {', '.join(tested.names)}"
    )
  one, first = _kept(fitted, names)
  other, second = _kept(tested, names)
  labels = np.concatenate([first, second])
  everyone, below = np.split(np.arange(len(labels)), [len(one)])
  whole = [Split(0, everyone, below)]
  found = {"paper": whole, "subject": whole}
  reasons = {"official": "two sets have no common split"}
  if "sealed" in tested.fold:
    fold = tested.fold["sealed"][other]
    found["sealed"] = [
      Split(k, everyone, below[fold == k]) for k in range(fold.max() + 1)
    ]
  else:
    reasons["sealed"] = tested.reasons["sealed"]
  who = _everyone(fitted, one, tested, other)
  # Unknown people in the set fitted on leave its tuning folds random.
  known = fitted.people is not None
  return Problem(
    task=fitted.task,
    names=names,
    labels=labels,
    strata=np.unique(labels, axis=0, return_inverse=True)[1],
    people=who if known else None,
    tested_people=None if known else who,
    rows=fitted.rows[one],
    test_rows=tested.rows[other],
    splits=found,
    reasons=reasons,
  )


def _kept(
  folds: Folds, names: tuple[str, ...]
) -> tuple[np.ndarray, np.ndarray]:
  """Rows with a label among those names, and these labels."""
  if folds.task == "emotion":
    place = {name: k for k, name in enumerate(names)}
    labels = np.array([place.get(n, -1) for n in folds.names])[folds.labels]
    kept = np.flatnonzero(labels >= 0)
  else:
    labels = folds.labels[:, [folds.names.index(name) for name in names]]
    kept = np.flatnonzero((labels >= 0).any(1))
  return kept, labels[kept]


def _everyone(
  fitted: Folds, one: np.ndarray, tested: Folds, other: np.ndarray
) -> np.ndarray:
  """People of both sets, numbered on, which says nothing of who they are.

  Unknown ones are each row's own.
  """
  first, second = (
    np.arange(len(rows)) if folds.people is None else folds.people[rows]
    for folds, rows in ((fitted, one), (tested, other))
  )
  return np.concatenate([first, first.max() + 1 + second])
