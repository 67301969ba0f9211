"""What the page says of the studies in which people judged the faces."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jaxfer.report import wording
from jaxfer.report.cells import NOTHING, Cell, Row, Table
from jaxfer.report.paper import SAMPLES

_RATES: Mapping[str, str] = {
  "fooled": "generated\ntaken for real",
  "doubted": "real taken\nfor generated",
  "error": "wrong\nanswers",
}


def scores(results: Mapping[str, Any]) -> Table | None:
  """What the paper prints, for its experiments; then each study of the faces.

  Args:
    results: the numbers of a run.

  Returns:
    A row for each; None where nobody was asked.
  """
  studies = results.get("human_study")
  if not studies:
    return None
  rows: list[Row] = []
  if results.get("paper_reference"):
    (printed,) = (one.amt for one in SAMPLES if one.model == "Ours")
    assert printed is not None
    paper = Cell(wording.percent(printed), "protocol not stated")
    rows.append((Cell("paper", "Table VII"), [paper, *[NOTHING] * 3]))
  for study in studies:
    asked = f"{study['raters']} raters, {study['excluded']} excluded"
    found = [_rate(study[name]) for name in _RATES]
    rows.append((Cell(study["study"], asked), [*found, _agreement(study)]))
  return Table((*_RATES.values(), "agreement\n(alpha)"), tuple(rows))


def remarks(results: Mapping[str, Any]) -> list[str]:
  """Each study's warnings."""
  return [
    f"{study['study']}: {warning}"
    for study in results.get("human_study") or ()
    for warning in study["warnings"]
  ]


def _rate(rate: Mapping[str, Any]) -> Cell:
  if rate["value"] is None:
    return Cell(wording.MISSING, rate["reason"])
  interval = wording.bounds("rate", rate["ci95"])
  return Cell(wording.percent(rate["value"]), interval or rate["ci95_reason"])


def _agreement(study: Mapping[str, Any]) -> Cell:
  found = study["agreement"]
  if found["value"] is None:
    return Cell(wording.MISSING, found["reason"])
  return Cell(wording.write("area", found["value"]))
