"""The leak audit: differences, near-copies, identity, and the rule."""

from __future__ import annotations

from typing import Any

from jaxfer import terms
from jaxfer.report import estimates, wording
from jaxfer.report.collection.members import Collection
from jaxfer.report.estimates import Estimate
from jaxfer.report.table import Column, Table

_NAMED = (Column("experiment", "experiment"), Column("sets", "sets"))


def leaks(collection: Collection) -> Table:
  """What protocols differ by, accuracy in points and mean AUC."""
  between, metrics = _between(collection), ("accuracy", "auc_mean")
  rows = []
  for member in collection.members:
    row = member.row
    for name in between:
      for metric in metrics:
        found = member.gap(name, metric)
        if member.crosses and name == "paper - subject":
          found = Estimate(note="tests another set: nothing is random")
        row[f"{name} {metric}"] = found
    rows.append(row)
  columns = [
    Column(
      f"{name} {metric}",
      f"{title}: {wording.difference_title(metric)}",
      terms.METRICS[metric].difference,
      True,
    )
    for name, title in between.items()
    for metric in metrics
  ]
  caption = "What the protocols differ by"
  return collection.table("leaks", caption, (*_NAMED, *columns), rows)


def areas(collection: Collection, task: str) -> Table:
  """What the protocols differ by in each cell of Table II or IV."""
  found = {
    member.name: gaps
    for member in collection.of(task)
    if (gaps := member.audit.get("areas"))
  }
  rows, records = [], []
  for name, title in _between(collection).items():
    own = {member: gaps[name] for member, gaps in found.items() if name in gaps}
    for label in wording.in_order({x for gaps in own.values() for x in gaps}):
      cells = {
        member: estimates.of(gaps[label], "area_difference")
        for member, gaps in own.items()
        if gaps.get(label)
      }
      words = {"difference": title, "label": wording.unit_name(label)}
      rows.append(words | cells)
      records += [
        {"experiment": m, "difference": name, "label": label, "value": gap}
        for m, gap in cells.items()
      ]
  kind = {"emotion": "emotion", "au": "action unit"}[task]
  return collection.table(
    f"leak_areas_{task}",
    f"What the protocols differ by in the AUC of each {kind}",
    (
      Column("difference", "difference"),
      Column("label", kind),
      *(Column(name, name, "area_difference", link=name) for name in found),
    ),
    rows,
    group="difference",
    records=records,
  )


def copies(collection: Collection) -> Table:
  """Near-copies across the random folds of each set."""
  rows = [
    members[0].audit.get("near_duplicates", {})
    | {"set": name, "experiments": wording.sentence([m.name for m in members])}
    for name, members in collection.tested_sets().items()
  ]
  return collection.table(
    "near_copies",
    "Copies across random folds",
    (
      Column("set", "set"),
      Column("of", "faces", "count"),
      Column("identical", "identical pairs", "count"),
      Column("near", "near-identical pairs", "count"),
      Column("faces", "faces in any pair", "count"),
      Column("experiments", "experiments"),
    ),
    rows,
  )


def identity(collection: Collection) -> Table:
  """How often the nearest training face is of the same person."""
  shown, rows = terms.asked("people"), []
  for member in collection.members:
    if found := member.audit.get("identity", {}):
      first = found.get("trained") or next(iter(found.values()))
      rows.append(
        member.row
        | {k: first.get(k) for k in ("people", "chance", "same_sitting")}
        | {name: _named_by(found.get(name, {})) for name in shown}
      )
  return collection.table(
    "identity",
    "How often the nearest face within random folds is of the same person",
    (
      *_NAMED,
      Column("people", "people", "count"),
      Column("chance", "chance", "rate"),
      *(Column(n, terms.representation(n).title, "rate") for n in shown),
      Column("same_sitting", "trained: same person and label", "rate"),
    ),
    rows,
  )


def emotion_rule(collection: Collection) -> Table:
  """Action units from the emotion recognised, beside a machine for each."""
  rows = []
  for member in collection.members:
    for protocol, block in (member.audit.get("emotion_rule") or {}).items():
      gap = estimates.difference(block.get("difference"), "auc_mean")
      missing = Estimate(note="not the same faces")
      rows.append(
        member.row
        | {
          "protocol": collection.titles.get(protocol, protocol),
          "machines": estimates.score(member.block(protocol), "auc_mean"),
          "rule": estimates.score(block, "auc_mean"),
          "difference": missing if gap is estimates.NOTHING else gap,
        }
      )
  return collection.table(
    "emotion_rule",
    "Mean AUC of action units: machines of their own, and Table VI from the"
    " recognised emotion",
    (
      *_NAMED,
      Column("protocol", "protocol"),
      Column("machines", "a machine for each unit", "area", True),
      Column("rule", "through the emotion", "area", True),
      Column("difference", "difference", "area_difference", True),
    ),
    rows,
  )


def _between(collection: Collection) -> dict[str, str]:
  """Differences between protocols, in the names that the page has for them."""
  return {
    name: " − ".join(collection.titles[protocol] for protocol in pair)
    for name, pair in terms.BETWEEN.items()
    if name != "paper - across"
  }


def _named_by(entry: dict[str, Any]) -> Estimate:
  """How often one representation names the person."""
  return Estimate(entry.get("accuracy"), note=entry.get("reason", ""))
