"""What the paper prints of the experiment that a run reproduces."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from jaxfer import terms
from jaxfer.report import protocols
from jaxfer.report.estimates import NOTHING, Estimate
from jaxfer.report.paper import EMOTIONS, UNITS, ActionUnits, Emotions


@dataclasses.dataclass(frozen=True)
class Reference:
  """An experiment as printed, of emotions or of action units.

  Attributes:
    key: how results name it, such as `exp5` or `au4`.
    name: as the paper calls it.
    what: the faces learnt from and tested on.
    remark: where the print disagrees with itself; may be empty.
    scores: by metric, the number and the table or section that prints it; None
      where the paper gives none.
    areas: by label, the area under the ROC curve; None for a dash.
    train_areas: the same on the training faces, where printed.
  """

  key: str
  name: str
  what: str
  remark: str
  scores: Mapping[str, tuple[Decimal | None, str]]
  areas: Mapping[str, Decimal | None]
  train_areas: Mapping[str, Decimal]


def of(results: Mapping[str, Any]) -> Reference | None:
  """The paper's experiment of a run.

  Args:
    results: the numbers of the run.

  Returns:
    What is printed, or None where the paper has no such experiment.
  """
  key = results.get("paper_reference") or ""
  if key in EMOTIONS:
    return _emotions(EMOTIONS[key])
  if key in UNITS:
    return _units(UNITS[key])
  return None


def headings(
  results: Mapping[str, Any], reference: Reference | None
) -> dict[str, str]:
  """What stands above printed numbers, if any, and above each protocol's."""
  shown = protocols.shown(results).items()
  ours = {protocol: f"ours\n{name}" for protocol, name in shown}
  return {"printed": f"paper\n{reference.name}", **ours} if reference else ours


def printed(
  reference: Reference | None, metric: str, absent: Estimate = NOTHING
) -> Estimate:
  """The paper's number and where it stands; `absent` where it states none."""
  if reference is None or metric not in reference.scores:
    return NOTHING
  value, source = reference.scores[metric]
  unit = terms.METRICS[metric].unit
  return absent if value is None else Estimate(value, unit, note=source)


def _emotions(entry: Emotions) -> Reference:
  return Reference(
    key=entry.key,
    name=entry.name,
    what=entry.what,
    remark=entry.remark,
    scores={
      "accuracy": (entry.accuracy, entry.accuracy_source),
      "auc_mean": (entry.auc_mean, entry.auc_source),
    },
    areas=entry.auc,
    train_areas={},
  )


def _units(entry: ActionUnits) -> Reference:
  what = f"learnt from {entry.pretrained}, machines fitted on {entry.train}"
  return Reference(
    key=entry.key,
    name=entry.name,
    what=f"{what}, tested on {entry.test if entry.crosses else 'the same'}",
    remark="",
    scores={"auc_mean": (entry.auc_mean, entry.auc_source)},
    areas=entry.auc,
    train_areas=entry.auc_train,
  )
