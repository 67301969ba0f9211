"""Tables I and VI: the sets as printed and as read, and labels by rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from jaxfer import facs
from jaxfer.report import paper, wording
from jaxfer.report.collection.members import Collection
from jaxfer.report.estimates import Estimate
from jaxfer.report.table import Column, Table


def read(collection: Collection) -> Table:
  """Table I: each set as printed, and as it was read here."""
  found = _read(collection)
  order = {name: place for place, name in enumerate(paper.DATASETS)}
  known = {dataset for dataset, _ in found}
  keys = [*found, *((name, "") for name in order if name not in known)]
  rows = []
  for key in sorted(keys, key=lambda k: (order.get(k[0], len(order)), k[1])):
    dataset, name = key
    row: dict[str, Any] = {"set": name or wording.set_name(dataset)}
    if entry := paper.DATASETS.get(dataset):
      counted = "sequences" if entry.sequences else ""
      row |= {
        "images": Estimate(entry.images, note=counted),
        "participants": entry.participants,
        "annotations": entry.annotations,
      }
    else:
      row["images"] = Estimate(note="not in Table I")
    rows.append(row | found.get(key, {"faces": Estimate(note="not read")}))
  return collection.table(
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
    rows,
    title="Table I",
  )


def rule(collection: Collection) -> Table:
  """Table VI: which emotion shows which unit, and the shares of our faces."""
  names = [f"AU{number}" for number in facs.AUS]
  rows = []
  for emotion, shown in facs.EMOTION_AUS.items():
    mark = "*" if emotion in facs.OUR_READINGS else ""
    marks = {f"AU{number}": "×" for number in shown}
    rows.append(
      {"emotion": f"{emotion}{mark}"} | dict.fromkeys(names, "") | marks
    )
  for name, shares in _base_rates(collection).items():
    written = {unit: f"{100 * share:.0f} %" for unit, share in shares.items()}
    rows.append({"emotion": f"share in {name}"} | written)
  return collection.table(
    "table_6",
    "Action units by rule from the emotion, and the share of faces with each",
    (Column("emotion", "emotion"), *(Column(n, n) for n in names)),
    rows,
    title="Table VI",
  )


def _entries(
  collection: Collection,
) -> Iterator[tuple[str, Mapping[str, Any]]]:
  """Every set of every experiment as tables name it, and what it holds."""
  for member in collection.members:
    for role, entry in member.results["data"].items():
      yield member.set_name(role), entry


def _read(collection: Collection) -> dict[tuple[str, str], dict[str, Any]]:
  """By dataset and name as read, its size; with labels where they were used."""
  found: dict[tuple[str, str], dict[str, Any]] = {}
  for name, entry in _entries(collection):
    row = found.setdefault((entry["dataset"], name), {"labels": None})
    row |= {key: entry.get(key) for key in ("faces", "people", "rejected")}
    labels = row["labels"]
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
  for name, entry in _entries(collection):
    shares = {
      unit: counts["present"] / counts["coded"]
      for unit, counts in entry.get("by_au", {}).items()
      if counts["coded"]
    }
    if len(shares) > len(found.get(name, {})):
      found[name] = shares
  return found
