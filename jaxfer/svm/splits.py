"""Who a machine is fitted on and who it is tested on."""

from __future__ import annotations

import dataclasses

import numpy as np

from jaxfer.data import folds as foldlib


@dataclasses.dataclass(frozen=True)
class Split:
  """One fitting and its test; rows in neither are not looked at."""

  fold: int  # of the test; fixes the seeds of whatever is random here
  train: np.ndarray  # (n,) positions of the rows fitted on
  test: np.ndarray  # (m,) positions of the rows tested on


def by_fold(fold: np.ndarray) -> list[Split]:
  """Each fold tested by a machine fitted on all the others, in order.

  `fold` is that of each row, (N,); -1 for a row that is left out.
  """
  return [
    Split(
      k, np.flatnonzero((fold != k) & (fold >= 0)), np.flatnonzero(fold == k)
    )
    for k in range(fold.max() + 1)
  ]


def refuse_shared_people(splits: list[Split], people: np.ndarray) -> None:
  """Raises ValueError where somebody is tested who was fitted on.

  `people` is the person of each row, (N,).
  """
  for split in splits:
    shared = np.intersect1d(people[split.train], people[split.test])
    if len(shared):
      raise ValueError(
        f"person {shared[0]} stands in test fold {split.fold} and among the"
        " rows fitted on, and may stand on one side only: assign folds with"
        " person_folds"
      )


def inner_folds(
  strata: np.ndarray,
  people: np.ndarray | None,
  rows: np.ndarray,
  folds: int,
  seed: int,
) -> np.ndarray:
  """The tuning fold of each of some rows, (n,): by person where ids are known.

  Args:
    strata: (N,) class of each row, or whatever folds should share evenly.
    people: (N,) person of each row, or None.
    rows: (n,) positions of the training rows; nothing else is looked at.
    folds: how many are wanted.
    seed: fixes the assignment.
  """
  _, strata = np.unique(strata[rows], return_inverse=True)
  if np.bincount(strata).max() < 2:  # a row a class: each its own fold
    return np.arange(len(rows))
  if people is not None and len(np.unique(people[rows])) > 1:
    return foldlib.person_folds(strata, people[rows], folds, seed)
  return foldlib.random_folds(strata, folds, seed)


def turns(groups: np.ndarray) -> np.ndarray:
  """How many earlier rows are of the same group, (N,) of groups (N,)."""
  order = np.argsort(groups, kind="stable")
  ordered = groups[order]
  first = np.append(True, ordered[1:] != ordered[:-1])[: len(groups)]
  starts = np.maximum.accumulate(np.where(first, np.arange(len(groups)), 0))
  found = np.empty(len(groups), int)
  found[order] = np.arange(len(groups)) - starts
  return found
