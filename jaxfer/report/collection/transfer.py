"""What carries over: results by set learnt from, fitted on and tested on."""

from __future__ import annotations

import dataclasses

import numpy as np

from jaxfer import terms
from jaxfer.report.collection.members import Collection, Experiment
from jaxfer.report.collection.values import score


@dataclasses.dataclass(frozen=True)
class Matrix:
  """Results by what was learnt from and what was tested.

  Attributes:
    rows: (R,) sets learnt from and fitted on.
    columns: (C,) sets tested.
    values: (R, C) ours; NaN where there is none.
    printed: (R, C) the paper's, each a `Decimal`; None where there is none.
    metric: what they are, a key of `terms.METRICS`.
  """

  rows: tuple[str, ...]
  columns: tuple[str, ...]
  values: np.ndarray
  printed: np.ndarray
  metric: str


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
      ours = score(one.member.block(protocol), metric).number
      printed = getattr(one.reference, metric, None)
      found.setdefault(_place(one), (ours, printed))
  if all(ours is None for ours, _ in found.values()):
    return None
  rows = tuple(dict.fromkeys(row for row, _ in found))
  columns = tuple(dict.fromkeys(column for _, column in found))
  values = np.full((len(rows), len(columns)), np.nan)
  theirs = np.full_like(values, None, object)
  for (row, column), (ours, number) in found.items():
    place = rows.index(row), columns.index(column)
    values[place] = np.nan if ours is None else ours
    theirs[place] = number
  return Matrix(rows, columns, values, theirs, metric)


def _place(experiment: Experiment) -> tuple[str, str]:
  member = experiment.member
  assert member is not None
  pretrain, fitted, tested = (
    member.set_name(role) for role in ("pretrain", "probe", member.tested)
  )
  if member.task == "emotion" and fitted == tested:
    fitted = "as tested"
  return f"{pretrain} · {fitted}", tested
