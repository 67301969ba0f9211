"""What was tested and what threatens it: beside Table II, and Table V."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jaxfer.report.collection.members import (
  LINES,
  Collection,
  Experiment,
  Member,
)
from jaxfer.report.estimates import Estimate
from jaxfer.report.table import Column, Table

THREATS: Mapping[str, str] = {
  "T1": "the same people on both sides: random folds score higher than folds of"
  " other people, and the interval excludes 0",
  "T1?": "people are not known, so T1 cannot be looked for",
  "T2": "the DCGAN learnt from the set that is tested, without its labels",
  "T3": "near-copies of a face lie in different random folds",
  "T4": "labels made by a rule from the emotion, not coded by people",
  "T5": "action units whose labels are the same for every face",
}
"""Threats to the validity of a result, and what each code means."""


def threats(member: Member) -> list[str]:
  """The threats that apply to an experiment, decided from its numbers."""
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


def emotions(collection: Collection) -> Table:
  """Accuracy of the emotion experiments, printed and under each protocol."""
  experiments = collection.emotions()
  rows = [
    _tested(one)
    | {"printed": one.printed("accuracy")}
    | (one.member.scores("accuracy") if one.member else {})
    for one in experiments
  ]
  return collection.table(
    "table_2_accuracy",
    "Accuracy of the emotion experiments, and threats to their validity",
    (
      Column("experiment", "experiment"),
      Column("sets", "learnt from → tested on"),
      Column("faces", "faces", "count"),
      Column("people", "people", "count"),
      Column("traps", "threats"),
      Column("printed", "printed", "rate"),
      *(Column(p, collection.titles[p], "rate", True) for p in LINES),
    ),
    rows,
    of=[one.member for one in experiments if one.member],
  )


def units(collection: Collection) -> Table:
  """Table V: the sets of the action unit experiments, and their threats."""
  experiments, rows = collection.units(), []
  for one in experiments:
    row = _tested(one)
    if one.reference is not None:
      sets = (one.printed(role) for role in ("pretrained", "train", "test"))
      row["printed"] = " → ".join(map(str, sets))
    if one.member:
      row |= {
        "units": len(one.member.results["names"]),
        "coded": _coders(one.member),
      }
    rows.append(row)
  return collection.table(
    "table_5",
    "The sets of the action unit experiments, and threats to their validity",
    (
      Column("experiment", "experiment"),
      Column("printed", "learnt from → fitted on → tested on, as printed"),
      Column("sets", "here"),
      Column("faces", "faces", "count"),
      Column("people", "people", "count"),
      Column("units", "action units", "count"),
      Column("coded", "labels by"),
      Column("traps", "threats"),
    ),
    rows,
    title="Table V",
    of=[one.member for one in experiments if one.member],
  )


def _tested(experiment: Experiment) -> dict[str, Any]:
  """What an experiment tested, and its threats."""
  member = experiment.member
  row = {"experiment": Estimate(experiment.title, link=experiment.link)}
  if member is None:
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
