"""Tables I and VI: the sets as printed and as read, and labels by rule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jaxfer import facs
from jaxfer.report import paper, wording
from jaxfer.report.collection.members import Collection
from jaxfer.report.collection.table import Column, Table
from jaxfer.report.collection.values import Value


def read(collection: Collection) -> Table:
  """Table I: each set as printed, and as it was read here.

  Args:
    collection: the experiments.
  """
  found = _read(collection)
  order = {name: place for place, name in enumerate(paper.DATASETS)}
  known = {dataset for dataset, _ in found}
  keys = [*found, *((name, "") for name in order if name not in known)]
  rows = []
  for key in sorted(keys, key=lambda k: (order.get(k[0], len(order)), k[1])):
    dataset, name = key
    row = {"set": Value(name or wording.set_name(dataset))}
    if entry := paper.DATASETS.get(dataset):
      row |= {
        "images": Value(
          entry.images, detail="sequences" if entry.sequences else ""
        ),
        "participants": Value(entry.participants),
        "annotations": Value(entry.annotations),
      }
    else:
      row["images"] = Value(detail="not in Table I")
    if key in found:
      row |= {name: Value(number) for name, number in found[key].items()}
    else:
      row["faces"] = Value(detail="not read")
    rows.append(row)
  return Table(
    "table_1",
    "The datasets as printed and as they were read here",
    (
      Column("set", "set"),
      Column("images", "images (printed)", "count"),
      Column("participants", "people (printed)", "count"),
      Column("annotations", "annotations (printed)"),
      Column("faces", "faces here", "count"),
      Column("people", "people here", "count"),
      Column("rejected", "images refused", "count"),
      Column("labels", "labels here"),
    ),
    tuple(rows),
    standin=bool(collection.standins),
  )


def rule(collection: Collection) -> Table:
  """Table VI: which emotion shows which action unit, and how often each is.

  Args:
    collection: the experiments; the last rows are shares of their faces.
  """
  names = [f"AU{number}" for number in facs.AUS]
  rows = []
  for emotion, shown in facs.EMOTION_AUS.items():
    mark = "*" if emotion in facs.OUR_READINGS else ""
    row = {"emotion": Value(f"{emotion}{mark}")}
    row |= {f"AU{number}": Value("×") for number in shown}
    rows.append(row | {n: Value("") for n in names if n not in row})
  for name, shares in _base_rates(collection).items():
    row = {"emotion": Value(f"share in {name}")}
    rows.append(
      row | {unit: Value(f"{100 * s:.0f} %") for unit, s in shares.items()}
    )
  return Table(
    "table_6",
    "Action units by rule from the emotion, and the share of faces with each",
    (Column("emotion", "emotion"), *(Column(n, n) for n in names)),
    tuple(rows),
    standin=bool(collection.standins),
  )


def _read(collection: Collection) -> dict[tuple[str, str], dict[str, Any]]:
  """By dataset and name as read, its size; with labels where they were used."""
  found: dict[tuple[str, str], dict[str, Any]] = {}
  for member in collection.members:
    for role, entry in member.results["data"].items():
      row = found.setdefault((entry["dataset"], member.set_name(role)), {})
      for name in ("faces", "people", "rejected"):
        row[name] = entry.get(name)
      labels = row.setdefault("labels", None)
      if (words := _labels(entry)) and words not in (labels or ""):
        row["labels"] = f"{labels}; {words}" if labels else words
  return found


def _labels(entry: Mapping[str, Any]) -> str:
  if "by_emotion" in entry:
    return f"{len(entry['by_emotion'])} emotions"
  if "by_au" in entry:
    return f"{len(entry['by_au'])} action units by {entry['coded_by']}"
  return ""


def _base_rates(collection: Collection) -> dict[str, dict[str, float]]:
  """By set and who coded it, the share of coded faces that show each unit."""
  found: dict[str, dict[str, float]] = {}
  for member in collection.members:
    for role, entry in member.results["data"].items():
      shares = {
        unit: counts["present"] / counts["coded"]
        for unit, counts in entry.get("by_au", {}).items()
        if counts["coded"]
      }
      name = member.set_name(role)
      if len(shares) > len(found.get(name, {})):
        found[name] = shares
  return found
