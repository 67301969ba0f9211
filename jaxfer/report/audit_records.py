"""The audit and the extensions of a run as rows of plain values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from jaxfer import terms
from jaxfer.report import wording
from jaxfer.report.records import Row, bounds

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


def audit(results: Mapping[str, Any]) -> Iterator[Row]:
  """Copies on the other side, identity, and label columns that are one.

  Args:
    results: the numbers of a run.
  """
  found = results["audit"]

  def row(
    question: str, of: str, measure: str, value: Any, unit: str, why: Any = None
  ) -> Row:
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
      value = entry.get(measure)
      why = entry.get("reason") if value is None else None
      yield row("identity", name, measure, value, unit, why)
  for group in found.get("same_columns", []):
    names = wording.sentence(group)
    yield row(
      "same_columns", dataset, "action units", len(group), "count", names
    )


def areas(results: Mapping[str, Any]) -> Iterator[Row]:
  """What protocols differ by in the AUC of each emotion or action unit.

  Args:
    results: the numbers of a run.
  """
  for name, labels in (results["audit"].get("areas") or {}).items():
    for label, found in labels.items():
      yield {
        "difference": name,
        "label": label,
        "value": found["value"],
        **bounds("value", found["ci95"]),
      }


def emotion_rule(results: Mapping[str, Any]) -> Iterator[Row]:
  """Each unit's area from the emotion recognised, beside its machine's.

  Args:
    results: the numbers of a run.
  """
  for protocol, block in results["audit"].get("emotion_rule", {}).items():
    own = results["protocols"].get(protocol) or {"aus": {}}
    for unit, entry in block["aus"].items():
      machine = own["aus"].get(unit, {})
      yield {
        "protocol": protocol,
        "action_unit": unit,
        "machine_auc": machine.get("auc"),
        **bounds("machine_auc", machine.get("auc_ci95")),
        "rule_auc": entry["auc"],
        **bounds("rule_auc", entry["auc_ci95"]),
        "reason": entry.get("reason"),
      }


def labels(results: Mapping[str, Any]) -> Iterator[Row]:
  """Accuracy by labels per class; `labels` is `all` for all of them.

  Args:
    results: the numbers of a run.
  """
  found = results["label_efficiency"] or {"curves": {}}
  for name, points in found["curves"].items():
    ahead = found["differences"].get(f"trained - {name}")
    for place, point in enumerate(points):
      gap = ahead[place] if ahead else {"value": None, "ci95": None}
      low, high = point["spread"]
      yield {
        "representation": name,
        "labels": "all" if point["labels"] is None else point["labels"],
        "draws": point["draws"],
        "accuracy": point["accuracy"],
        **bounds("accuracy", point["ci95"]),
        "smallest_draw": low,
        "largest_draw": high,
        "trained_ahead": gap["value"],
        **bounds("trained_ahead", gap["ci95"]),
      }


def seeds(results: Mapping[str, Any]) -> Iterator[Row]:
  """Each metric by pretraining seed, and the mean difference.

  Args:
    results: the numbers of a run.
  """
  found = results["seeds"]
  if not found:
    return

  def row(
    name: str, protocol: str, metric: str, unit: str, seed: Any, value: Any
  ) -> Row:
    return {
      "representation": name,
      "protocol": protocol,
      "metric": metric,
      "seed": seed,
      "value": value,
      **bounds("value", None),
      "unit": unit,
    }

  for name in ("trained", "untrained"):
    for protocol, metrics in found[name].items():
      for metric, values in metrics.items():
        unit = terms.METRICS[metric].unit
        for seed, value in zip(found["seeds"], values, strict=True):
          yield row(name, protocol, metric, unit, seed, value)
  name = "trained - untrained"
  for protocol, metrics in found[name].items():
    for metric, entry in metrics.items():
      unit = terms.METRICS[metric].difference
      for seed, value in zip(found["seeds"], entry["by_seed"], strict=True):
        yield row(name, protocol, metric, unit, seed, value)
      mean = row(name, protocol, metric, unit, "mean", entry["value"])
      yield mean | bounds("value", entry["ci95"])
