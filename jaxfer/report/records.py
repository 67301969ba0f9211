"""A run's results as rows of plain values: one observation each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from jaxfer import terms
from jaxfer.report import reference as references
from jaxfer.report import wording
from jaxfer.results.evidence import score_blocks

Row = dict[str, Any]


def scores(results: Mapping[str, Any]) -> Iterator[Row]:
  """Each representation under each protocol, and what the paper prints.

  Args:
    results: the numbers of a run.
  """
  metrics = terms.metrics(results["task"])
  for (representation, protocol), block in score_blocks(results).items():
    row: Row = {"representation": representation, "protocol": protocol}
    for metric in metrics:
      row[metric] = block.get(metric)
      row |= bounds(metric, block.get(f"{metric}_ci95"))
    row |= {"same_as": block.get("same_as"), "folds": block["folds"]}
    interval = block.get("interval", {})
    row |= {key: interval.get(key) for key in ("units", "coverage")}
    yield {**row, "faces": _total(block)}
  if reference := references.of(results):
    row = {"representation": reference.key, "protocol": "paper"}
    for metric in metrics:
      printed, _ = reference.scores.get(metric, (None, ""))
      row |= {metric: printed, **bounds(metric, None)}
    # Their number says nothing of the faces at hand.
    row |= {"same_as": None, "folds": 10, "faces": None}
    row |= {"units": None, "coverage": None}
    yield {"data": "published", **row}


def areas(results: Mapping[str, Any]) -> Iterator[Row]:
  """Each emotion's area under the ROC curve, recall and F1.

  Args:
    results: the numbers of a run on emotions.
  """
  reference = references.of(results)
  for (representation, protocol), block in score_blocks(results).items():
    for emotion in wording.in_order(block["auc"]):
      entry = block["auc"][emotion]
      yield {
        "representation": representation,
        "protocol": protocol,
        "emotion": emotion,
        "auc": entry["value"],
        **bounds("auc", entry.get("ci95")),
        "published": reference.areas.get(emotion) if reference else None,
        "faces_of_it": entry["n_pos"],
        "other_faces": entry["n_neg"],
        "folds_used": entry["folds_used"],
        "same_as": block.get("same_as"),
        "recall": block.get("recall", {}).get(emotion),
        "f1": block.get("f1", {}).get(emotion),
        "reason": entry.get("reason"),
      }


def units(results: Mapping[str, Any]) -> Iterator[Row]:
  """Everything that is known of each action unit.

  Args:
    results: the numbers of a run on action units.
  """
  reference = references.of(results)
  for (representation, protocol), block in score_blocks(results).items():
    for unit, entry in block["aus"].items():
      row: Row = {
        "representation": representation,
        "protocol": protocol,
        "action_unit": unit,
      }
      for metric in terms.metrics("label"):
        row[metric] = entry[metric]
        row |= bounds(metric, entry[f"{metric}_ci95"])
      yield row | {
        "published": reference.areas.get(unit) if reference else None,
        "train_auc": entry.get("train_auc"),
        "base_rate": entry["base_rate"],
        "faces_with_it": entry["n_pos"],
        "other_faces": entry["n_neg"],
        "folds_used": entry["folds_used"],
        "same_as": block.get("same_as"),
        "reason": entry.get("reason"),
      }


def confusion(results: Mapping[str, Any]) -> Iterator[Row]:
  """Each count of each confusion matrix.

  Args:
    results: the numbers of a run on emotions.
  """
  for (representation, protocol), block in score_blocks(results).items():
    classes = block["confusion"]["classes"]
    for true, row in zip(classes, block["confusion"]["counts"], strict=True):
      for named, count in zip(classes, row, strict=True):
        yield {
          "representation": representation,
          "protocol": protocol,
          "true": true,
          "named": named,
          "faces": count,
        }


def differences(results: Mapping[str, Any]) -> Iterator[Row]:
  """Each paired difference; those between protocols have none of their own.

  Args:
    results: the numbers of a run.
  """
  for name, parts in results["differences"].items():
    by_protocol = {None: parts} if name in terms.BETWEEN else parts
    for protocol, metrics in by_protocol.items():
      for metric, difference in metrics.items():
        yield {
          "difference": name,
          "protocol": protocol,
          "metric": metric,
          "value": difference["value"],
          **bounds("value", difference["ci95"]),
          "unit": terms.METRICS[metric].difference,
        }


def search(results: Mapping[str, Any]) -> Iterator[Row]:
  """What each split's machines were given, and their tuning score.

  Of emotions C and gamma, or `value`: the number of neighbours, or the C of
  logistic regression. Of action units C, the AUC over inner folds, and the
  threshold.

  Args:
    results: the numbers of a run.
  """
  for (representation, protocol), block in score_blocks(results).items():
    for fold, found in enumerate(block["search"]["folds"], 1):
      row: Row = {
        "representation": representation,
        "protocol": protocol,
        "fold": fold,
      }
      if results["task"] == "emotion":
        keys = ("C", "gamma", "value", "score")
        yield row | {key: found.get(key) for key in keys}
        continue
      for unit, one in zip(results["names"], found, strict=True):
        own = one or {}
        keys = ("C", "auc", "threshold")
        yield row | {"action_unit": unit} | {key: own.get(key) for key in keys}


def faces(results: Mapping[str, Any]) -> Iterator[Row]:
  """How many faces each set has of what, and what was left out and why.

  Args:
    results: the numbers of a run.
  """
  for use, entry in results["data"].items():
    for group, count, people, reason in _groups(entry):
      yield {
        "use": use,
        "dataset": entry["dataset"],
        "group": group,
        "faces": count,
        "people": people,
        "reason": reason,
      }


def bounds(name: str, interval: list[float] | None) -> Row:
  """The two columns of an interval.

  Args:
    name: of the column it belongs to.
    interval: its ends, or None.
  """
  low, high = interval or (None, None)
  return {f"{name}_low": low, f"{name}_high": high}


def _groups(
  entry: Mapping[str, Any],
) -> Iterator[tuple[str, Any, Any, str]]:
  """Name, faces, people and reason of each part of a set."""
  yield "used", entry["faces"], entry.get("people"), ""
  yield "rejected", entry.get("rejected"), None, ""
  for over in ("people", "splits"):
    if pairs := entry["duplicates"][f"across_{over}"]:
      yield f"copied across {over}", pairs, None, "pairs"
  if "unlabelled" in entry:
    yield "unlabelled", entry["unlabelled"], None, ""
  for emotion in wording.in_order(entry.get("by_emotion", {})):
    yield emotion, entry["by_emotion"][emotion], None, ""
  for unit, counts in entry.get("by_au", {}).items():
    yield f"{unit} present", counts["present"], None, entry["coded_by"]
    yield f"{unit} coded", counts["coded"], None, entry["coded_by"]
  for aside in entry.get("set_aside", []):
    group = f"set aside: {aside['emotion']}"
    yield group, aside["faces"], aside["people"], aside["reason"]


def _total(block: Mapping[str, Any]) -> int:
  """Faces tested; of action units, those coded for the most common one."""
  if "aus" in block:
    entries = block["aus"].values()
    return max((e["n_pos"] + e["n_neg"] for e in entries), default=0)
  return sum(map(sum, block["confusion"]["counts"]))
