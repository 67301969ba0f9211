"""What the page says of action units, unit by unit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jaxfer import terms
from jaxfer.report import cells, finding, protocols, sections, wording
from jaxfer.report.cells import NOTHING, Cell, Row, Table
from jaxfer.report.reference import Reference

_METRICS = {k: v for k, v in terms.metrics("label").items() if k != "auc"}
_MEAN = Cell("mean of the units")


def areas(results: Mapping[str, Any], reference: Reference | None) -> Table:
  """Each action unit and their mean: the paper's AUC, then ours.

  Args:
    results: the numbers of a run.
    reference: what the paper prints of it, or None.
  """
  shown = sections.columns(results)
  blocks = {p: results["protocols"][p] for p in shown}
  printed = reference.areas if reference else {}
  twins = {p: cells.twin(blocks, p) for p in shown}
  mean = [cells.metric(blocks[p], "auc_mean", twins[p]) for p in shown]
  if reference:
    value, source = reference.scores["auc_mean"]
    mean.insert(
      0,
      NOTHING if value is None else Cell(wording.write("area", value), source),
    )
  rows: list[Row] = [(_MEAN, mean)]
  for unit in wording.in_order([*results["names"], *printed]):
    found = [cells.area(blocks[p], unit, twins[p]) for p in shown]
    if reference:
      found.insert(0, cells.number(printed.get(unit)))
    rows.append((_name(unit), found))
  return Table(sections.headings(results, reference), tuple(rows))


def details(results: Mapping[str, Any]) -> dict[str, Table]:
  """By protocol, what else there is to know of each unit.

  Args:
    results: the numbers of a run.

  Returns:
    Average precision, the three F1, base rate, faces, folds and the AUC on
    training faces, by the name of the protocol; first the one that findings
    are told of.
  """
  shown, best = sections.columns(results), finding.best_protocol(results)
  order = sorted(shown, key=lambda protocol: protocol != best)
  return {shown[p]: _details(results["protocols"][p]) for p in order}


def provenance(results: Mapping[str, Any]) -> list[tuple[str, str, str]]:
  """Who coded the units: use, dataset, and words, for each labelled set.

  Args:
    results: the numbers of a run.
  """

  def words(coder: str) -> str:
    return "coded by people" if coder == "people" else coder

  return [
    (use, entry["dataset"], words(entry["coded_by"]))
    for use, entry in results["data"].items()
    if "coded_by" in entry
  ]


def emotion_rule(results: Mapping[str, Any]) -> Table | None:
  """The machines' AUC beside that of Table VI from the emotion recognised.

  Args:
    results: the numbers of a run.

  Returns:
    By unit, and for their mean the paired difference, under each protocol; or
    None where the set has no emotions.
  """
  rule = results["audit"].get("emotion_rule")
  if not rule:
    return None
  names = protocols.titles(results)
  headings = [
    f"{what}\n{names[protocol]}"
    for protocol in rule
    for what in ("machines", "by the emotion")
  ]
  mean, gap = [], []
  for protocol, block in rule.items():
    own = results["protocols"].get(protocol)
    mean += [cells.metric(b, "auc_mean") for b in (own, block)]
    pair = block.get("difference")
    why = Cell(wording.MISSING, "not the same faces")
    gap += [cells.difference(pair, "auc_mean") if pair else why, Cell("")]
  rows: list[Row] = [(_MEAN, mean), (Cell("machines − emotion"), gap)]
  for unit in results["names"]:
    found = []
    for protocol, block in rule.items():
      own = results["protocols"].get(protocol)
      found += [cells.area(b, unit) for b in (own, block)]
    rows.append((_name(unit), found))
  return Table(tuple(headings), tuple(rows))


def _details(block: Mapping[str, Any]) -> Table:
  entries = block["aus"]
  trained = any(
    entry.get("train_auc") is not None for entry in entries.values()
  )
  columns = [
    row.heading or row.title.replace(" ", "\n", 1) for row in _METRICS.values()
  ]
  columns += ["base\nrate", "faces\nwith it", "folds\nused"]
  means = [cells.metric(block, f"{name}_mean") for name in _METRICS]
  rows: list[Row] = [(_MEAN, means + [Cell("")] * (3 + trained))]
  for unit, entry in entries.items():
    coded = entry["n_pos"] + entry["n_neg"]
    found = [
      *(cells.unit(entry, name) for name in _METRICS),
      cells.rate(entry["base_rate"]),
      Cell(f"{entry['n_pos']:,}", f"of {coded:,}"),
      Cell(str(entry["folds_used"]), f"of {block['folds']}"),
    ]
    if trained:
      found.append(cells.number(entry.get("train_auc")))
    rows.append((_name(unit), found))
  if trained:
    columns.append("AUC on\ntraining faces")
  return Table(tuple(columns), tuple(rows))


def _name(unit: str) -> Cell:
  number, _, name = wording.unit_name(unit).partition(" ")
  return Cell(number, name)
