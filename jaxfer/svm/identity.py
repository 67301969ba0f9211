"""How well the same features name the person, beside the emotion.

Where a test row's nearest training row is the same person, a recogniser may
answer from the person; where it is the same person with the same expression,
the test row was as good as seen.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from jaxfer.svm import kernels
from jaxfer.svm.kernels import Distances
from jaxfer.svm.splits import Split


def nearest(distances: Distances, tested: list[Split]) -> np.ndarray:
  """The position of each row's nearest training row, (N,).

  Of rows equally near it is the earlier; -1 for a row that no split tests.
  """
  found = np.full(len(distances), -1)
  for split in tested:
    near = kernels.nearest(distances, split.test, split.train, 1)
    found[split.test] = split.train[near[:, 0]]
  return found


def summary(
  distances: Distances,
  people: np.ndarray,
  labels: np.ndarray,
  tested: list[Split],
) -> dict[str, Any]:
  """How often the nearest training row is the same person.

  Args:
    distances: squared, between the feature vectors of N rows.
    people: (N,) person of each row.
    labels: (N,) class of each row.
    tested: the splits.

  Returns:
    Over all test rows: their number `rows` and that of their `people`;
    `with_same_person`, the share with a training row of the same person;
    `accuracy`, the share whose nearest training row is one; `chance`, the
    accuracy expected of naming training people in proportion to their rows;
    `same_sitting`, the share whose nearest training row is the same person
    showing the same class. The last three are None, with a `reason`, where
    people are on one side only, which makes them 0 by construction.
  """
  tests = np.concatenate([split.test for split in tested])

  def own_share(split: Split) -> np.ndarray:
    """Of each test row, the share of training rows of the same person."""
    rows = np.bincount(people[split.train], minlength=people.max() + 1)
    return rows[people[split.test]] / len(split.train)

  shares = np.concatenate([own_share(split) for split in tested])
  out: dict[str, Any] = {
    "rows": len(tests),
    "people": len(np.unique(people[tests])),
    "with_same_person": float((shares > 0).mean()),
  }
  if not shares.any():
    missing = dict.fromkeys(("accuracy", "chance", "same_sitting"))
    reason = "nobody is on both sides of a split: 0 by construction"
    return out | missing | {"reason": reason}
  found = nearest(distances, tested)[tests]
  person = people[found] == people[tests]
  same = person & (labels[found] == labels[tests])
  return out | {
    "accuracy": float(person.mean()),
    "chance": float(shares.mean()),
    "same_sitting": float(same.mean()),
  }
