"""The leak audit: differences, near-copies, identity, and the rule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jaxfer import terms
from jaxfer.report import wording
from jaxfer.report.collection.members import Collection, Member
from jaxfer.report.collection.table import Column, Row, Table
from jaxfer.report.collection.values import Value, difference, score

_BOUNDS = ("value_low", "value_high")


def leaks(collection: Collection) -> Table:
  """What protocols differ by, accuracy in points and mean AUC.

  Args:
    collection: the experiments.
  """
  rows, between = [], _between(collection)
  for member in collection.members:
    row = _named(member)
    for name in between:
      for metric in ("accuracy", "auc_mean"):
        found = difference(member, name, metric)
        if member.crosses and name == "paper - subject":
          found = Value(detail="tests another set: nothing is random")
        row[f"{name} {metric}"] = found
    rows.append(row)
  columns = [Column("experiment", "experiment"), Column("sets", "sets")]
  for name, title in between.items():
    for metric in ("accuracy", "auc_mean"):
      shown = terms.METRICS[metric]
      words = f"{title}: {wording.difference_title(metric)}"
      columns.append(Column(f"{name} {metric}", words, shown.difference, True))
  return _table(
    collection, "leaks", "What the protocols differ by", columns, rows
  )


def areas(collection: Collection, task: str) -> Table | None:
  """What the protocols differ by in each cell of Table II or IV.

  Args:
    collection: the experiments.
    task: `emotion`, Table II; or `au`, Table IV.

  Returns:
    For each difference a row for each label; None where nothing was compared.
  """
  found = {
    member.name: gaps
    for member in collection.members
    if member.results["task"] == task
    and (gaps := member.results.get("audit", {}).get("areas"))
  }
  rows, lines = [], []
  for name, title in _between(collection).items():
    own = {member: gaps[name] for member, gaps in found.items() if name in gaps}
    for label in wording.in_order({x for gaps in own.values() for x in gaps}):
      row = {
        "difference": Value(title),
        "label": Value(wording.unit_name(label)),
      }
      for member, gaps in own.items():
        if gap := gaps.get(label):
          row[member] = Value(gap["value"], gap["ci95"])
          lines.append(
            {
              "experiment": member,
              "difference": name,
              "label": label,
              "value": gap["value"],
              **dict(zip(_BOUNDS, gap["ci95"] or (None, None), strict=True)),
            }
          )
      rows.append(row)
  if not rows:
    return None
  kind = {"emotion": "emotion", "au": "action unit"}[task]
  columns = [
    Column("difference", "difference"),
    Column("label", kind),
    *(Column(name, name, "area_difference", link=name) for name in found),
  ]
  return Table(
    f"leak_areas_{task}",
    f"What the protocols differ by in the AUC of each {kind}",
    tuple(columns),
    tuple(rows),
    group="difference",
    records=tuple(lines),
    standin=bool(collection.standins),
  )


def copies(collection: Collection) -> Table:
  """Near-copies across the random folds of each set.

  Args:
    collection: the experiments.
  """
  rows = []
  for name, members in collection.tested_sets().items():
    audit = members[0].results.get("audit", {})
    counts = audit.get("near_duplicates", {})
    rows.append(
      {
        "set": Value(name),
        "of": Value(counts.get("of")),
        "identical": Value(counts.get("identical")),
        "near": Value(counts.get("near")),
        "faces": Value(counts.get("faces")),
        "experiments": Value(wording.sentence([m.name for m in members])),
      }
    )
  columns = [
    Column("set", "set"),
    Column("of", "faces", "count"),
    Column("identical", "identical pairs", "count"),
    Column("near", "near-identical pairs", "count"),
    Column("faces", "faces in any pair", "count"),
    Column("experiments", "experiments"),
  ]
  return _table(
    collection, "near_copies", "Copies across random folds", columns, rows
  )


def identity(collection: Collection) -> Table:
  """How often the nearest training face is of the same person.

  Args:
    collection: the experiments.
  """
  rows = []
  for member in collection.members:
    found = member.results.get("audit", {}).get("identity", {})
    if not found:
      continue
    row = _named(member)
    for name in terms.asked("people"):
      entry = found.get(name, {})
      row[name] = Value(entry.get("accuracy"), detail=entry.get("reason", ""))
    first = found.get("trained") or next(iter(found.values()))
    row["chance"] = Value(first.get("chance"))
    row["same_sitting"] = Value(first.get("same_sitting"))
    row["people"] = Value(first.get("people"))
    rows.append(row)
  columns = [
    Column("experiment", "experiment"),
    Column("sets", "sets"),
    Column("people", "people", "count"),
    Column("chance", "chance", "rate"),
    *(
      Column(n, terms.representation(n).title, "rate")
      for n in terms.asked("people")
    ),
    Column("same_sitting", "trained: same person and label", "rate"),
  ]
  return _table(
    collection,
    "identity",
    "How often the nearest face within random folds is of the same person",
    columns,
    rows,
  )


def emotion_rule(collection: Collection) -> Table:
  """Action units from the emotion recognised, beside a machine for each unit.

  Args:
    collection: the experiments.
  """
  rows = []
  for member in collection.members:
    found: Mapping[str, Any] = (
      member.results.get("audit", {}).get("emotion_rule") or {}
    )
    for protocol, block in found.items():
      gap = block.get("difference", {}).get("auc_mean")
      rows.append(
        _named(member)
        | {
          "protocol": Value(collection.titles.get(protocol, protocol)),
          "machines": score(member.block(protocol), "auc_mean"),
          "rule": score(block, "auc_mean"),
          "difference": Value(gap["value"], gap["ci95"])
          if gap
          else Value(detail="not the same faces"),
        }
      )
  columns = [
    Column("experiment", "experiment"),
    Column("sets", "sets"),
    Column("protocol", "protocol"),
    Column("machines", "a machine for each unit", "area", True),
    Column("rule", "through the emotion", "area", True),
    Column("difference", "difference", "area_difference", True),
  ]
  return _table(
    collection,
    "emotion_rule",
    "Mean AUC of action units: machines of their own, and Table VI from the"
    " recognised emotion",
    columns,
    rows,
  )


def _between(collection: Collection) -> dict[str, str]:
  """Differences between protocols, in the names that the page has for them."""
  return {
    name: " − ".join(collection.titles[protocol] for protocol in pair)
    for name, pair in terms.BETWEEN.items()
    if name != "paper - across"
  }


def _named(member: Member) -> dict[str, Value]:
  return {
    "experiment": Value(member.name, link=member.name),
    "sets": Value(member.what),
  }


def _table(
  collection: Collection,
  name: str,
  caption: str,
  columns: list[Column],
  rows: list[Row],
) -> Table:
  return Table(
    name,
    caption,
    tuple(columns),
    tuple(rows),
    standin=bool(collection.standins),
  )
