"""The leak audit: differences, near-copies, identity, and the rule."""

from __future__ import annotations

from jaxfer import terms
from jaxfer.report import estimates, wording
from jaxfer.report.audit import share
from jaxfer.report.by_label import rule_difference
from jaxfer.report.estimates import Estimate
from jaxfer.report.suite.suite import Suite
from jaxfer.report.table import Column, Table

_NAMED = (Column("experiment", "experiment"), Column("sets", "sets"))


def leaks(suite: Suite) -> Table:
  """What protocols differ by, accuracy in points and mean AUC."""
  between, metrics = _between(suite), ("accuracy", "auc_mean")
  rows = []
  for member in suite.members:
    gaps = {
      f"{name} {metric}": member.gap(name, metric)
      for name in between
      for metric in metrics
    }
    if member.crosses:
      random = Estimate(note="tests another set: nothing is random")
      gaps |= {f"paper - subject {metric}": random for metric in metrics}
    rows.append(member.row | gaps)
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
  return suite.table("leaks", caption, (*_NAMED, *columns), rows)


def areas(suite: Suite, task: str) -> Table:
  """What the protocols differ by in each cell of Table II or IV."""
  found = {
    member.name: gaps
    for member in suite.of(task)
    if (gaps := member.audit.get("areas"))
  }
  rows, records = [], []
  for name, title in _between(suite).items():
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
  kind = wording.KINDS[task]
  return suite.table(
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


def copies(suite: Suite) -> Table:
  """Near-copies across the random folds of each set."""
  rows = [
    members[0].audit.get("near_duplicates", {})
    | {"set": name, "experiments": wording.sentence([m.name for m in members])}
    for name, members in suite.tested_sets().items()
  ]
  return suite.table(
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


def identity(suite: Suite) -> Table:
  """How often the nearest training face is of the same person."""
  shown, rows = terms.asked("people"), []
  for member in suite.members:
    if found := member.audit.get("identity", {}):
      first = found.get("trained") or next(iter(found.values()))
      rows.append(
        member.row
        | {k: first.get(k) for k in ("people", "chance", "same_sitting")}
        | {name: share(found.get(name, {}), "accuracy") for name in shown}
      )
  return suite.table(
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


def emotion_rule(suite: Suite) -> Table:
  """Action units from the emotion recognised, beside a machine for each."""
  rows = []
  for member in suite.members:
    for protocol, block in (member.audit.get("emotion_rule") or {}).items():
      rows.append(
        member.row
        | {
          "protocol": suite.titles.get(protocol, protocol),
          "machines": estimates.score(member.block(protocol), "auc_mean"),
          "rule": estimates.score(block, "auc_mean"),
          "difference": rule_difference(block),
        }
      )
  return suite.table(
    "emotion_rule",
    "Mean AUC of action units: classifiers of their own, and Table VI from the"
    " recognised emotion",
    (
      *_NAMED,
      Column("protocol", "protocol"),
      Column("machines", "a classifier for each unit", "area", True),
      Column("rule", "through the emotion", "area", True),
      Column("difference", "difference", "area_difference", True),
    ),
    rows,
  )


def _between(suite: Suite) -> dict[str, str]:
  """Differences between protocols, in the names that the page has for them."""
  return {
    name: " − ".join(suite.titles[protocol] for protocol in pair)
    for name, pair in terms.BETWEEN.items()
    if name != "paper - across"
  }
