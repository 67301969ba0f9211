"""What was tested and which trap applies: beside Table II, and Table V."""

from __future__ import annotations

from jaxfer.report.collection import traps
from jaxfer.report.collection.members import (
  LINES,
  Collection,
  Experiment,
  Member,
)
from jaxfer.report.collection.table import Column, Table
from jaxfer.report.collection.values import Value, score


def emotions(collection: Collection) -> Table:
  """Accuracy of the emotion experiments, printed and under each protocol.

  Args:
    collection: the experiments.
  """
  rows = []
  for one in collection.emotions():
    row = _tested(one)
    row["printed"] = Value(getattr(one.reference, "accuracy", None))
    if one.member:
      row |= {
        p: score(one.member.line(p), "accuracy", one.member.twin(p))
        for p in LINES
      }
    rows.append(row)
  return Table(
    "table_2_accuracy",
    "Accuracy of the emotion experiments, and the traps that apply",
    (
      Column("experiment", "experiment"),
      Column("sets", "learnt from → tested on"),
      Column("faces", "faces", "count"),
      Column("people", "people", "count"),
      Column("traps", "traps"),
      Column("printed", "printed", "rate"),
      *(Column(p, collection.titles[p], "rate", True) for p in LINES),
    ),
    tuple(rows),
    standin=_standin(collection.emotions()),
  )


def units(collection: Collection) -> Table:
  """Table V: the sets of the action unit experiments, and their traps.

  Args:
    collection: the experiments.
  """
  rows = []
  for one in collection.units():
    row, reference = _tested(one), one.reference
    if reference is not None:
      sets = (getattr(reference, k) for k in ("pretrained", "train", "test"))
      row["printed"] = Value(" → ".join(sets))
    if one.member:
      row |= _coded(one.member)
    rows.append(row)
  return Table(
    "table_5",
    "The sets of the action unit experiments, and the traps that apply",
    (
      Column("experiment", "experiment"),
      Column("printed", "learnt from → fitted on → tested on, as printed"),
      Column("sets", "here"),
      Column("faces", "faces", "count"),
      Column("people", "people", "count"),
      Column("units", "action units", "count"),
      Column("coded", "labels by"),
      Column("traps", "traps"),
    ),
    tuple(rows),
    standin=_standin(collection.units()),
  )


def _tested(experiment: Experiment) -> dict[str, Value]:
  """What an experiment tested, and its traps."""
  row = {"experiment": Value(experiment.title)}
  if experiment.member is None:
    return row | {"sets": Value(detail="not run")}
  member = experiment.member
  entry = member.results["data"][member.tested]
  return row | {
    "experiment": Value(experiment.title, link=member.name),
    "sets": Value(member.what),
    "faces": Value(entry.get("labelled", entry["faces"])),
    "people": Value(entry.get("people")),
    "traps": Value(" ".join(traps.found(member)) or None),
  }


def _coded(member: Member) -> dict[str, Value]:
  """How many action units were recognised, and whose the labels are."""
  data = member.results["data"]
  by = {
    member.set_name(role): data[role]["coded_by"]
    for role in ("probe", member.tested)
    if "coded_by" in data[role]
  }
  if len({*by.values()}) == 1:
    words = next(iter(by.values()))
  else:
    words = "; ".join(f"{name} by {coder}" for name, coder in by.items())
  return {
    "units": Value(len(member.results["names"])),
    "coded": Value(words or None),
  }


def _standin(experiments: list[Experiment]) -> bool:
  return any(e.member and e.member.results["standin"] for e in experiments)
