"""Arithmetic: column averages, and accuracies as whole numbers of faces."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from decimal import Decimal

import numpy as np

from jaxfer.report import wording
from jaxfer.report.inconsistencies.inconsistency import Inconsistency
from jaxfer.report.published import Paper, Published, PublishedAUs

# Areas are rounded to 0.001: their mean is known to 0.0005, and the printed
# average is itself rounded by up to 0.0005.
_ROUNDING = 0.001 + 1e-9


@dataclasses.dataclass(frozen=True)
class Column:
  """An experiment's column in Table II or IV.

  Attributes:
    table: the table.
    name: the experiment, as the table names it.
    areas: its areas under the ROC curve, without dashes.
    printed: its average row.
  """

  table: str
  name: str
  areas: tuple[Decimal, ...]
  printed: Decimal

  @property
  def mean(self) -> float:
    """The mean of the areas, float64."""
    return float(np.mean(np.array(self.areas, np.float64)))

  @property
  def agrees(self) -> bool:
    """Whether the average row is the mean, rounding allowed for."""
    return abs(self.mean - float(self.printed)) <= _ROUNDING


def columns(paper: Paper) -> list[Column]:
  """The columns of Tables II and IV, in that order."""
  emotions = [
    Column(e.auc_source, e.name, areas(e), e.auc_mean)
    for e in paper.emotions.values()
  ]
  units = [
    Column(e.auc_source, e.name, areas(e), e.auc_mean)
    for e in paper.units.values()
    if e.auc_mean is not None
  ]
  return emotions + units


def areas(experiment: Published | PublishedAUs) -> tuple[Decimal, ...]:
  """The areas of an experiment that are printed as numbers."""
  return tuple(a for a in experiment.auc.values() if a is not None)


def mean_area(experiment: Published | PublishedAUs) -> float:
  """The mean of an experiment's areas, whatever its average row says."""
  return float(np.mean(np.array(areas(experiment), np.float64)))


def averages(paper: Paper) -> Iterator[Inconsistency]:
  """Columns of Tables II and IV whose average row is not their mean."""
  every = columns(paper)
  agreeing = sum(column.agrees for column in every)
  for column in every:
    if not column.agrees:
      comment = (
        f"{agreeing} of the {len(every)} columns of Tables II and IV agree with"
        " their average row within rounding."
      )
      if column.printed in column.areas:
        comment += (
          f" {wording.area(column.printed)} is also one of the column's own"
          " areas: perhaps a slip in copying."
        )
      yield Inconsistency(
        f"The average of {column.name} is not the mean of its column",
        wording.area(column.printed),
        wording.area(column.mean),
        column.table,
        comment,
      )


def nearest_counts(share: float | Decimal, faces: int) -> tuple[int, int]:
  """The whole numbers of faces just below and just above a share of them."""
  below = int(np.floor(float(share) * faces + 1e-9))
  return below, below + 1


def is_count(share: float | Decimal, faces: int) -> bool:
  """Whether a share, in percent to two places, is one of so many faces."""
  printed = f"{100 * share:.2f}"
  return any(
    f"{100 * count / faces:.2f}" == printed
    for count in nearest_counts(share, faces)
  )


def whole_faces(paper: Paper) -> Iterator[Inconsistency]:
  """The KDEF accuracy as a number of the images that Table I counts."""
  share = paper.accuracies["KDEF"][-1].accuracy
  faces = paper.datasets["kdef"].images
  if is_count(share, faces):
    return
  below, above = nearest_counts(share, faces)
  yield Inconsistency(
    "The KDEF accuracy is not a whole number of its images",
    f"{wording.percent(share)} of KDEF, {faces:,} images",
    f"{below:,} right are {wording.percent(below / faces, 2)}, {above:,} are"
    f" {wording.percent(above / faces, 2)}",
    "Tables I and III",
    "So not all images were scored, or the number was cut off rather than"
    " rounded, or it is a mean over folds of unequal size. The paper does not"
    " say which images it used.",
    "reading",
  )
