"""What a result may owe to leaks: protocols, copies and people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from jaxfer import terms
from jaxfer.report import estimates, protocols, wording
from jaxfer.report.by_label import AREA, MEAN, unit_name
from jaxfer.report.estimates import Estimate
from jaxfer.report.table import Column, Record, Row, Table

_IDENTITY: Mapping[str, str] = {
  "rows": "count",
  "people": "count",
  "with_same_person": "rate",
  "accuracy": "rate",
  "chance": "rate",
  "same_sitting": "rate",
  "other_label": "rate",
}
"""What is told of it, and its unit."""


def between(results: Mapping[str, Any]) -> Table | None:
  """What protocols differ by: both numbers and the paired difference.

  A row for each difference and metric; None where there is no difference.
  """
  rows: list[Row] = []
  names = protocols.titles(results)
  emotion = results["task"] == "emotion"
  for name, pair in terms.BETWEEN.items():
    found = results["differences"].get(name)
    if not found:
      continue
    title = " − ".join(names[protocol] for protocol in pair)
    blocks = [results["protocols"][protocol] for protocol in pair]
    for metric in ("accuracy", "auc_mean") if emotion else ("auc_mean",):
      first, second = (estimates.score(block, metric) for block in blocks)
      rows.append(
        {
          "name": Estimate(title, note=terms.METRICS[metric].title),
          "first": first,
          "second": second,
          "difference": estimates.difference(found, metric),
        }
      )
  heads = [Column(name, name) for name in ("first", "second", "difference")]
  return Table([Column("name"), *heads], rows) if rows else None


def area_rows(results: Mapping[str, Any]) -> Iterator[Record]:
  """What protocols differ by in the AUC of each emotion or action unit."""
  for name, labels in (results["audit"].get("areas") or {}).items():
    for label in labels:
      value = estimates.difference({"auc": labels[label]}, "auc")
      yield {"difference": name, "label": label, "value": value}


def areas(results: Mapping[str, Any]) -> Table | None:
  """The same, a column for each difference; None where there is none."""
  names = protocols.titles(results)
  rows: dict[str, dict[str, Estimate]] = {
    label: {"name": Estimate(wording.unit_name(label))}
    for label in results["names"]
  }
  shown = set()
  for record in area_rows(results):
    shown.add(record["difference"])
    if record["label"] in rows:
      rows[record["label"]][record["difference"]] = record["value"]
  heads = [
    Column(name, " −\n".join(names[protocol] for protocol in pair))
    for name, pair in terms.BETWEEN.items()
    if name in shown
  ]
  return Table([Column("name"), *heads], [*rows.values()]) if heads else None


def copies(results: Mapping[str, Any]) -> str:
  """How many faces have a near-copy on the other side of a random fold."""
  counts = results["audit"]["near_duplicates"]
  dataset = results["data"]["probe"]["dataset"]
  pairs = counts["identical"] + counts["near"]
  if not pairs:
    said = (
      f"Random folds put no two near-copies among the {counts['of']:,} faces of"
      f" {dataset} on both sides."
    )
  else:
    said = (
      f"Random folds put {pairs:,} pairs of near-copies on both sides,"
      f" {counts['identical']:,} of them identical: {counts['faces']:,} of the"
      f" {counts['of']:,} faces of {dataset} are in one."
    )
  if protocols.crosses(results):
    said += " This run tests another set, so its scores owe nothing to them."
  return said


def identity(results: Mapping[str, Any]) -> Table | None:
  """How often the nearest training face within random folds is the same person.

  A row for each representation; None where people are not known.
  """
  what = "emotion" if results["task"] == "emotion" else "action units"
  heads = {
    "accuracy": "names the\nperson",
    "chance": "chance",
    "same_sitting": f"same person,\nsame {what}",
    "other_label": f"same person,\nother {what}",
  }
  rows: list[Row] = [
    {
      "name": Estimate(terms.representation(name).title),
      **{key: _share(entry, key) for key in heads},
    }
    for name, entry in results["audit"]["identity"].items()
  ]
  if not rows:
    return None
  return Table(
    [Column("name"), *(Column(k, v) for k, v in heads.items())], rows
  )


def rule_rows(results: Mapping[str, Any]) -> Iterator[Record]:
  """Each unit's area from the emotion recognised, beside its machine's."""
  for protocol, block in (results["audit"].get("emotion_rule") or {}).items():
    own = results["protocols"].get(protocol)
    for unit, entry in block["aus"].items():
      yield {
        "protocol": protocol,
        "action_unit": unit,
        "machine_auc": estimates.area(own, unit),
        "rule_auc": estimates.area(block, unit),
        "reason": entry.get("reason"),
      }


def emotion_rule(results: Mapping[str, Any]) -> Table | None:
  """The machines' AUC beside that of Table VI from the emotion recognised.

  By unit, and for their mean the paired difference, under each protocol; None
  where the set has no emotions.
  """
  rule = results["audit"].get("emotion_rule")
  if not rule:
    return None
  names, heads = protocols.titles(results), [AREA]
  mean, gap = {"name": MEAN}, {"name": Estimate("machines − emotion")}
  for protocol, block in rule.items():
    machine, emotion = f"{protocol} machine", f"{protocol} emotion"
    heads += [
      Column(machine, f"machines\n{names[protocol]}"),
      Column(emotion, f"by the emotion\n{names[protocol]}"),
    ]
    own = results["protocols"].get(protocol)
    mean[machine] = estimates.score(own, "auc_mean")
    mean[emotion] = estimates.score(block, "auc_mean")
    pair = block.get("difference")
    gap[machine] = Estimate(note="not the same faces")
    if pair:
      gap[machine] = estimates.difference(pair, "auc_mean")
    gap[emotion] = Estimate("")
  rows = {unit: {"name": unit_name(unit)} for unit in results["names"]}
  for record in rule_rows(results):
    row = rows.setdefault(record["action_unit"], {})
    row[f"{record['protocol']} machine"] = record["machine_auc"]
    row[f"{record['protocol']} emotion"] = record["rule_auc"]
  return Table(heads, [mean, gap, *rows.values()])


def rows(results: Mapping[str, Any]) -> Iterator[Record]:
  """Copies on the other side, identity, and label columns that are one."""
  found = results["audit"]

  def row(
    question: str, of: str, measure: str, value: Any, unit: str, why: Any = None
  ) -> Record:
    return {
      "question": question,
      "of": of,
      "measure": measure,
      "value": value,
      "unit": unit,
      "reason": why,
    }

  dataset = results["data"]["probe"]["dataset"]
  for measure, count in found["near_duplicates"].items():
    yield row("near_duplicates", dataset, measure, count, "count")
  for protocol, sides in found.get("copies", {}).items():
    why = found["unseen"].get(protocol, {}).get("reason")
    for side, counts in sides.items():
      for measure, count in counts.items():
        yield row(f"copies {side}", protocol, measure, count, "count", why)
  for side, verdict in found.get("people", {}).items():
    known, why = int(verdict["known"]), verdict["reason"]
    yield row(f"people {side}", "known to differ", "", known, "count", why)
  for name, entry in found["identity"].items():
    for measure, unit in _IDENTITY.items():
      share = _share(entry, measure)
      yield row(
        "identity", name, measure, share.value, unit, share.note or None
      )
  for group in found.get("same_columns", []):
    names = wording.sentence(group)
    yield row(
      "same_columns", dataset, "action units", len(group), "count", names
    )


def _share(entry: Mapping[str, Any], key: str) -> Estimate:
  """A share of the faces, or why there is none."""
  value = entry.get(key)
  note = entry.get("reason", "") if value is None else ""
  return Estimate(value, "rate", note=note)
