"""Scores of each emotion and each action unit, for the page and as rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from jaxfer import terms
from jaxfer.report import estimates, finding, protocols, wording
from jaxfer.report import reference as references
from jaxfer.report.estimates import Estimate
from jaxfer.report.reference import Reference
from jaxfer.report.scores import headings, printed
from jaxfer.report.table import Column, Record, Row, Table
from jaxfer.results.evidence import score_blocks

MEAN = Estimate("mean of the units")
AREA = Column("name", "area under\nthe ROC curve")


def areas(results: Mapping[str, Any], reference: Reference | None) -> Table:
  """Each emotion or action unit: the paper's AUC, then ours.

  Above action units their mean; beside emotions how many were named right,
  under the protocol that findings are told of.
  """
  au = results["task"] == "au"
  blocks = {p: results["protocols"][p] for p in protocols.shown(results)}
  theirs = reference.areas if reference else {}
  best = finding.best_protocol(results)
  recall = results["protocols"][best].get("recall", {}) if best else {}
  heads = [AREA, *headings(results, reference)]
  rows: list[Row] = []
  if au:
    mean = estimates.by_protocol(blocks, blocks, "auc_mean")
    rows.append(
      {"name": MEAN, "printed": printed(reference, "auc_mean"), **mean}
    )
  else:
    heads.append(Column("recall", "named\nright"))
  for label in wording.in_order([*results["names"], *theirs]):
    entries = (estimates.area_entry(b, label) for b in blocks.values())
    faces = max([entry.get("n_pos", 0) for entry in entries], default=0)
    rows.append(
      {
        "name": unit_name(label)
        if au
        else Estimate(label, note=f"{faces:,} faces"),
        "printed": Estimate(theirs.get(label), "area"),
        "recall": Estimate(recall.get(label), "rate"),
        **{
          p: estimates.area(block, label, estimates.twin(blocks, p))
          for p, block in blocks.items()
        },
      }
    )
  return Table(heads, rows)


def details(results: Mapping[str, Any]) -> dict[str, Table]:
  """By the name of the protocol, what else there is to know of each unit.

  First the protocol that findings are told of.
  """
  shown, best = protocols.shown(results), finding.best_protocol(results)
  order = sorted(shown, key=lambda protocol: protocol != best)
  return {shown[p]: _details(results["protocols"][p]) for p in order}


def provenance(results: Mapping[str, Any]) -> list[tuple[str, str, str]]:
  """Who coded the units: use, dataset, and words, for each labelled set."""

  def words(coder: str) -> str:
    return "coded by people" if coder == "people" else coder

  return [
    (use, entry["dataset"], words(entry["coded_by"]))
    for use, entry in results["data"].items()
    if "coded_by" in entry
  ]


def unit_name(unit: str) -> Estimate:
  """An action unit, its name in small print."""
  number, _, name = wording.unit_name(unit).partition(" ")
  return Estimate(number, note=name)


def emotion_rows(results: Mapping[str, Any]) -> Iterator[Record]:
  """Each emotion's area under the ROC curve, recall and F1."""
  for row, block, published in _blocks(results):
    for emotion in wording.in_order(block["auc"]):
      entry = block["auc"][emotion]
      yield {
        **row,
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


def unit_rows(results: Mapping[str, Any]) -> Iterator[Record]:
  """Everything that is known of each action unit."""
  for row, block, published in _blocks(results):
    for unit, entry in block["aus"].items():
      yield {
        **row,
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


def _blocks(
  results: Mapping[str, Any],
) -> Iterator[tuple[Record, Mapping[str, Any], Mapping[str, Any]]]:
  """Blocks with the columns that name them, and the areas printed."""
  reference = references.of(results)
  published = reference.areas if reference else {}
  for (representation, protocol), block in score_blocks(results).items():
    row = {"representation": representation, "protocol": protocol}
    yield row, block, published


def _details(block: Mapping[str, Any]) -> Table:
  metrics = {k: v for k, v in terms.metrics("label").items() if k != "auc"}
  heads = [
    Column(name, row.heading or row.title.replace(" ", "\n", 1))
    for name, row in metrics.items()
  ]
  further = {
    "base_rate": "base\nrate",
    "faces": "faces\nwith it",
    "folds": "folds\nused",
  }
  if any(e.get("train_auc") is not None for e in block["aus"].values()):
    further["train"] = "AUC on\ntraining faces"
  rows: list[Row] = [
    {
      "name": MEAN,
      **{name: estimates.score(block, f"{name}_mean") for name in metrics},
      **dict.fromkeys(further, Estimate("")),
    }
  ]
  for unit, entry in block["aus"].items():
    coded = entry["n_pos"] + entry["n_neg"]
    rows.append(
      {
        "name": unit_name(unit),
        **{name: estimates.score(entry, name) for name in metrics},
        "base_rate": Estimate(entry["base_rate"], "rate"),
        "faces": Estimate(entry["n_pos"], "count", note=f"of {coded:,}"),
        "folds": Estimate(entry["folds_used"], note=f"of {block['folds']}"),
        "train": Estimate(entry.get("train_auc"), "area"),
      }
    )
  heads += [Column(name, title) for name, title in further.items()]
  return Table([Column("name"), *heads], rows)
