"""The sets of the experiments, and threats: Tables I, II, V and VI."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from jaxfer import facs
from jaxfer.report import paper, wording
from jaxfer.report.estimates import Estimate
from jaxfer.report.paper.records import ActionUnits
from jaxfer.report.suite.members import LINES, Member
from jaxfer.report.suite.suite import Suite
from jaxfer.report.table import Column, Table

_SIZES = Column("faces", "faces", "count"), Column("people", "people", "count")


def threats(member: Member) -> list[str]:
  """The codes, as the page explains them, of the threats that apply.

  Decided from the numbers of an experiment.
  """
  data, audit = member.results["data"], member.audit
  low, _ = member.gap("paper - subject", member.headline).bounds
  # Else nothing is random, and nobody on both sides.
  within = not member.crosses
  copies = audit.get("near_duplicates", {})
  coded = (entry.get("coded_by", "") for entry in data.values())
  applies = {
    "T1": within and low is not None and low > 0,
    "T1?": not member.block("subject"),
    "T2": data["pretrain"]["dataset"] == data[member.tested]["dataset"],
    "T3": within and copies.get("identical", 0) + copies.get("near", 0) > 0,
    "T4": any(words.startswith("rule") for words in coded),
    "T5": bool(audit.get("same_columns")),
  }
  return [code for code, holds in applies.items() if holds]


def emotions(suite: Suite) -> Table:
  """Accuracy of the emotion experiments, printed and under each protocol."""
  members = suite.columns("emotion")
  rows = [
    _tested(m) | {"printed": m.printed("accuracy")} | m.scores("accuracy")
    for m in members
  ]
  return suite.table(
    "table_2_accuracy",
    "Accuracy of the emotion experiments, and threats to their validity",
    (
      Column("experiment", "experiment"),
      Column("sets", "learnt from → tested on"),
      *_SIZES,
      Column("traps", "threats"),
      Column("printed", "printed", "rate"),
      *(Column(p, suite.titles[p], "rate", True) for p in LINES),
    ),
    rows,
    of=members,
  )


def units(suite: Suite) -> Table:
  """Table V: the sets of the action unit experiments, and their threats."""
  members, rows = suite.columns("au"), []
  for member in members:
    row = _tested(member)
    if isinstance(one := member.reference, ActionUnits):
      row["printed"] = f"{one.pretrained} → {one.train} → {one.test}"
    if member.found:
      names = member.results["names"]
      row |= {"units": len(names), "coded": _coders(member)}
    rows.append(row)
  return suite.table(
    "table_5",
    "The sets of the action unit experiments, and threats to their validity",
    (
      Column("experiment", "experiment"),
      Column("printed", "learnt from → fitted on → tested on, as printed"),
      Column("sets", "here"),
      *_SIZES,
      Column("units", "action units", "count"),
      Column("coded", "labels by"),
      Column("traps", "threats"),
    ),
    rows,
    title="Table V",
    of=members,
  )


def _tested(member: Member) -> dict[str, Any]:
  """What an experiment tested, and its threats."""
  row = {"experiment": Estimate(member.title, link=member.name)}
  if member.found is None:
    return row | {"sets": Estimate(note="not run")}
  entry = member.results["data"][member.tested]
  return row | {
    "sets": member.what,
    "faces": entry.get("labelled", entry["faces"]),
    "people": entry.get("people"),
    "traps": " ".join(threats(member)) or None,
  }


def _coders(member: Member) -> str | None:
  """Whose the labels of its action units are."""
  data = member.results["data"]
  by = {
    member.set_name(role): data[role]["coded_by"]
    for role in ("probe", member.tested)
    if "coded_by" in data[role]
  }
  if len({*by.values()}) == 1:
    return next(iter(by.values()))
  return "; ".join(f"{name} by {coder}" for name, coder in by.items()) or None


def read(suite: Suite) -> Table:
  """Table I: each set as printed, and as it was read here."""
  found = _read(suite)
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
  return suite.table(
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


def rule(suite: Suite) -> Table:
  """Table VI: which emotion shows which unit, and the shares of our faces."""
  names = [f"AU{number}" for number in facs.AUS]
  rows = []
  for emotion, shown in facs.EMOTION_AUS.items():
    mark = "*" if emotion in facs.OUR_READINGS else ""
    marks = {f"AU{number}": "×" for number in shown}
    rows.append(
      {"emotion": f"{emotion}{mark}"} | dict.fromkeys(names, "") | marks
    )
  for name, shares in _base_rates(suite).items():
    written = {unit: f"{100 * share:.0f} %" for unit, share in shares.items()}
    rows.append({"emotion": f"share in {name}"} | written)
  return suite.table(
    "table_6",
    "Action units by rule from the emotion, and the share of faces with each",
    (Column("emotion", "emotion"), *(Column(n, n) for n in names)),
    rows,
    title="Table VI",
  )


def _entries(suite: Suite) -> Iterator[tuple[str, Mapping[str, Any]]]:
  """Every set of every experiment as tables name it, and what it holds."""
  for member in suite.members:
    for role, entry in member.results["data"].items():
      yield member.set_name(role), entry


def _read(suite: Suite) -> dict[tuple[str, str], dict[str, Any]]:
  """By dataset and name as read, its size; with labels where they were used."""
  found: dict[tuple[str, str], dict[str, Any]] = {}
  for name, entry in _entries(suite):
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


def _base_rates(suite: Suite) -> dict[str, dict[str, float]]:
  """By set and who coded it, the share of coded faces that show each unit."""
  found: dict[str, dict[str, float]] = {}
  for name, entry in _entries(suite):
    shares = {
      unit: counts["present"] / counts["coded"]
      for unit, counts in entry.get("by_au", {}).items()
      if counts["coded"]
    }
    if len(shares) > len(found.get(name, {})):
      found[name] = shares
  return found
