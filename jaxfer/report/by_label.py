"""Scores of each emotion and each action unit, for the page and as rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from jaxfer import terms
from jaxfer.report import estimates, paper, protocols, wording
from jaxfer.report.estimates import Estimate
from jaxfer.report.paper.records import Printed
from jaxfer.report.table import Row, Table, columns_of
from jaxfer.results.evidence import Results

_MEAN = "mean of the units"
_AREA = "area under\nthe ROC curve"


def areas(results: Results, reference: Printed | None) -> Table:
  """Each emotion or action unit: the paper's AUC, then ours.

  Above action units their mean; beside emotions how many were named right,
  under the protocol that findings are told of.
  """
  au = results["task"] == "au"
  blocks = {p: results["protocols"][p] for p in protocols.shown(results)}
  theirs = reference.auc if reference else {}
  best = protocols.best_protocol(results)
  recall = results["protocols"][best].get("recall", {}) if best else {}
  heads = protocols.headings(results, reference)
  rows: list[Row] = []
  if au:
    mean = estimates.by_protocol(blocks, blocks, "auc_mean")
    printed = estimates.printed(reference, "auc_mean")
    rows.append({"name": _MEAN, "printed": printed, **mean})
  else:
    heads["recall"] = "recall"
  for label in wording.in_order([*results["names"], *theirs]):
    entries = (estimates.area_entry(b, label) for b in blocks.values())
    faces = max([entry.get("n_pos", 0) for entry in entries], default=0)
    emotion = Estimate(label, note=f"{faces:,} faces")
    ours = {
      p: estimates.area(block, label, estimates.twin(blocks, p))
      for p, block in blocks.items()
    }
    rows.append(
      {
        "name": _unit_name(label) if au else emotion,
        "printed": Estimate(theirs.get(label), "area"),
        "recall": Estimate(recall.get(label), "rate"),
        **ours,
      }
    )
  return Table(columns_of(heads, _AREA), rows)


def details(results: Results) -> dict[str, Table]:
  """By the name of the protocol, what else there is to know of each unit.

  First the protocol that findings are told of.
  """
  shown, best = protocols.shown(results), protocols.best_protocol(results)
  order = sorted(shown, key=lambda protocol: protocol != best)
  return {shown[p]: _details(results["protocols"][p]) for p in order}


def provenance(results: Results) -> list[tuple[str, str, str]]:
  """Who coded the units: use, dataset, and words, for each labelled set."""
  words = {"people": "coded by people"}
  return [
    (use, entry["dataset"], words.get(entry["coded_by"]) or entry["coded_by"])
    for use, entry in results["data"].items()
    if "coded_by" in entry
  ]


def emotion_rows(results: Results) -> Iterator[Row]:
  """Each emotion's area under the ROC curve, recall and F1."""
  published = _published(results)
  for begun, block in estimates.blocks(results):
    for emotion in wording.in_order(block["auc"]):
      entry = block["auc"][emotion]
      yield {
        **begun,
        "emotion": emotion,
        "auc": estimates.area(block, emotion),
        "published": published.get(emotion),
        "faces_of_it": entry["n_pos"],
        "other_faces": entry["n_neg"],
        "folds_used": entry["folds_used"],
        "same_as": block.get("same_as"),
        "recall": block.get("recall", {}).get(emotion),
        "f1": block.get("f1", {}).get(emotion),
        "reason": entry.get("reason"),
      }


def unit_rows(results: Results) -> Iterator[Row]:
  """Everything that is known of each action unit."""
  published = _published(results)
  for begun, block in estimates.blocks(results):
    for unit, entry in block["aus"].items():
      yield {
        **begun,
        "action_unit": unit,
        **{m: estimates.score(entry, m) for m in terms.metrics("label")},
        "published": published.get(unit),
        "train_auc": entry.get("train_auc"),
        "base_rate": entry["base_rate"],
        "faces_with_it": entry["n_pos"],
        "other_faces": entry["n_neg"],
        "folds_used": entry["folds_used"],
        "same_as": block.get("same_as"),
        "reason": entry.get("reason"),
      }


def rule_rows(results: Results) -> Iterator[Row]:
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


def emotion_rule(results: Results) -> Table | None:
  """The machines' AUC beside that of Table VI from the emotion recognised.

  By unit, and for their mean the paired difference, under each protocol; None
  where the set has no emotions.
  """
  rule = results["audit"].get("emotion_rule")
  if not rule:
    return None
  names, heads = protocols.titles(results), {}
  mean: dict[str, Any] = {"name": _MEAN}
  gap: dict[str, Any] = {"name": "classifiers − emotion"}
  rows = {unit: {"name": _unit_name(unit)} for unit in results["names"]}
  for protocol, block in rule.items():
    machine, emotion = f"{protocol} machine", f"{protocol} emotion"
    heads[machine] = f"classifiers\n{names[protocol]}"
    heads[emotion] = f"by the emotion\n{names[protocol]}"
    own = results["protocols"].get(protocol)
    mean[machine] = estimates.score(own, "auc_mean")
    mean[emotion] = estimates.score(block, "auc_mean")
    gap[machine] = rule_difference(block)
    gap[emotion] = ""
    for unit in block["aus"]:
      row = rows.setdefault(unit, {})
      row[machine] = estimates.area(own, unit)
      row[emotion] = estimates.area(block, unit)
  return Table(columns_of(heads, _AREA), [mean, gap, *rows.values()])


def rule_difference(block: Mapping[str, Any]) -> Estimate:
  """What machines of their own are ahead by of the emotion recognised."""
  if not block.get("difference"):
    return Estimate(note="not the same faces")
  return estimates.difference(block["difference"], "auc_mean")


def _unit_name(unit: str) -> Estimate:
  """An action unit, its name in small print."""
  number, _, name = wording.unit_name(unit).partition(" ")
  return Estimate(number, note=name)


def _published(results: Results) -> Mapping[str, Any]:
  """The areas that the paper prints."""
  reference = paper.experiment(results)
  return reference.auc if reference else {}


def _details(block: Mapping[str, Any]) -> Table:
  metrics = {k: v for k, v in terms.metrics("label").items() if k != "auc"}
  heads = {
    name: row.heading or row.title.replace(" ", "\n", 1)
    for name, row in metrics.items()
  }
  further = {
    "base_rate": "base\nrate",
    "faces": "faces\nwith it",
    "folds": "folds\nused",
  }
  if any(e.get("train_auc") is not None for e in block["aus"].values()):
    further["train"] = "AUC on\ntraining faces"
  rows: list[Row] = [
    {
      "name": _MEAN,
      **{name: estimates.score(block, f"{name}_mean") for name in metrics},
      **dict.fromkeys(further, Estimate("")),
    }
  ]
  for unit, entry in block["aus"].items():
    coded = entry["n_pos"] + entry["n_neg"]
    rows.append(
      {
        "name": _unit_name(unit),
        **{name: estimates.score(entry, name) for name in metrics},
        "base_rate": Estimate(entry["base_rate"], "rate"),
        "faces": Estimate(entry["n_pos"], "count", note=f"of {coded:,}"),
        "folds": Estimate(entry["folds_used"], note=f"of {block['folds']}"),
        "train": Estimate(entry.get("train_auc"), "area"),
      }
    )
  return Table(columns_of(heads | further), rows)
