"""What carries over: results by set learnt from, fitted on and tested on."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from jaxfer import terms
from jaxfer.report.collection.members import Collection, Member
from jaxfer.report.figures import matrices
from jaxfer.report.figures.entry import Entry

Matrix = tuple[list[str], list[str], np.ndarray, np.ndarray, str]
"""(R,) sets learnt from and fitted on; (C,) sets tested; (R, C) ours, NaN where
there is none; (R, C) the paper's, each a `Decimal`, None where there is none;
what they are, a key of `terms.METRICS`.
"""


def figures(collection: Collection) -> Iterator[Entry]:
  """A map of each task, within random folds and on unseen people."""
  unseen = collection.titles["subject"]
  for task, alt, paper, subject in (
    (
      "au",
      "Mean AUC of action units by sets",
      "Action units within random folds; in brackets the paper's.",
      f"Action units on {unseen}. Across sets nothing is random, and what"
      " differs is how C is chosen.",
    ),
    (
      "emotion",
      "Accuracy on emotions by sets",
      "Emotions within random folds; machines are fitted on the set that is"
      " tested.",
      f"Emotions on {unseen}.",
    ),
  ):
    for protocol, caption in (("paper", paper), ("subject", subject)):
      if found := matrix(collection, task, protocol):
        yield Entry(
          f"transfer_{task}_{protocol}",
          partial(matrices.transfer_heat_map, *found, protocol),
          f"{alt}, {collection.titles[protocol]}",
          caption,
          place="transfer",
        )


def matrix(collection: Collection, task: str, protocol: str) -> Matrix | None:
  """The transfer matrix of a task under a protocol.

  Args:
    collection: the experiments.
    task: `emotion`, by accuracy, or `au`, by mean AUC.
    protocol: such as `subject`.

  Returns:
    The matrix, or None where no experiment has that protocol.

  Reference: the paper's Table V.
  """
  every = {"emotion": collection.emotions, "au": collection.units}[task]()
  metric = terms.headline(task)
  found = {}
  for one in every:
    if one.member is not None:
      ours = (one.member.block(protocol) or {}).get(metric)
      found.setdefault(_place(one.member), (ours, one.printed(metric)))
  if all(ours is None for ours, _ in found.values()):
    return None
  rows = list(dict.fromkeys(row for row, _ in found))
  columns = list(dict.fromkeys(column for _, column in found))
  values = np.full((len(rows), len(columns)), np.nan)
  theirs = np.full_like(values, None, object)
  for (row, column), (ours, printed) in found.items():
    place = rows.index(row), columns.index(column)
    values[place] = np.nan if ours is None else ours
    theirs[place] = printed
  return rows, columns, values, theirs, metric


def _place(member: Member) -> tuple[str, str]:
  """Where an experiment stands: what it learnt from, what it tested."""
  pretrain, fitted, tested = (
    member.set_name(role) for role in ("pretrain", "probe", member.tested)
  )
  if member.task == "emotion" and fitted == tested:
    fitted = "as tested"
  return f"{pretrain} · {fitted}", tested
