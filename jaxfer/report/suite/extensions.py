"""Controls, labels, seeds and conditions, over all experiments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from jaxfer import terms
from jaxfer.report import estimates, wording
from jaxfer.report.suite.members import Member
from jaxfer.report.suite.suite import Suite
from jaxfer.report.table import Column, Row, Table
from jaxfer.results import together

_PAIR = {"told": "conditional", "other": "unconditional"}


def controls(suite: Suite, task: str) -> Table:
  """The trained discriminator minus each control, under each protocol."""
  members, metric = suite.of(task), terms.headline(task)
  every = [n for m in members for n in m.results.get("controls", {})]
  # By how many have it; ties as they were run.
  names = sorted(dict.fromkeys(every), key=lambda name: -every.count(name))
  rows = []
  for member in members:
    blocks = member.results["protocols"]
    scores = estimates.by_protocol(blocks, terms.SHOWN, metric)
    for protocol, trained in scores.items():
      gaps = {
        name: member.gap(f"trained - {name}", metric, protocol)
        for name in names
      }
      if any(gap.value is not None for gap in gaps.values()):
        rows.append((member, protocol, {"trained": trained, **gaps}))
  shown = terms.METRICS[metric]
  return _under_protocols(
    suite,
    f"controls_{task}",
    "What the trained discriminator is ahead by in"
    f" {wording.difference_title(metric)}: {wording.KINDS[task]} experiments",
    [
      Column("trained", "trained", shown.unit, True),
      *(Column(n, f"minus {_title(n)}", shown.difference, True) for n in names),
    ],
    rows,
  )


def labels(suite: Suite) -> Table:
  """What training is worth by number of labels, on unseen people."""
  rows: list[Row] = []
  sizes: dict[str, float] = {}
  for member in suite.members:
    found = (member.results.get("label_efficiency") or {}).get("differences")
    for name, entries in (found or {}).items():
      gaps = {}
      for entry in entries:
        key = str(entry["labels"] or "all")
        sizes[key] = entry["labels"] or float("inf")
        gaps[key] = estimates.of(entry, "rate_difference")
      begun = {"experiment": member.long, "minus": f"minus {_title(name)}"}
      rows.append(begun | gaps)
  return suite.table(
    "labels",
    "What the trained discriminator is ahead by in accuracy, in points, by"
    " labels of each class",
    (
      Column("experiment", "experiment"),
      Column("minus", "labels of each class"),
      *(
        Column(key, key, "rate_difference", True)
        for key in sorted(sizes, key=sizes.__getitem__)
      ),
    ),
    rows,
    group="experiment",
  )


def seeds(suite: Suite, task: str) -> Table:
  """Trained minus untrained over seeds of pretraining, where several ran."""
  metric = terms.headline(task)
  rows, every = [], set()
  for member in suite.of(task):
    found = member.results.get("seeds") or {}
    for protocol, entry in found.get("trained - untrained", {}).items():
      if gap := entry.get(metric):
        every |= {*found["seeds"]}
        row = _by_seed(gap, found["seeds"], metric)
        rows.append((member, protocol, row))
  return _under_protocols(
    suite,
    f"seeds_{task}",
    f"Trained minus untrained in {wording.difference_title(metric)}, over seeds"
    " of pretraining",
    _seed_columns("mean", every, metric),
    rows,
  )


def conditions(suite: Suite, task: str) -> Table:
  """What it is worth to tell the DCGAN labels: pairs of experiments."""
  metric = terms.headline(task)
  unit = terms.METRICS[metric].unit
  members = {m.name: m for m in suite.of(task)}
  rows, every = [], set()
  for entry in suite.results["conditions"]:
    if entry["conditional"] not in members:
      continue
    pair = {name: members[entry[kind]] for name, kind in _PAIR.items()}
    for protocol, differences in entry["differences"].items():
      if gap := differences.get(metric):
        every |= {*entry["seeds"]}
        means = {
          name: together.mean_score(
            one.evidence, entry["seeds"], protocol, metric
          )
          for name, one in pair.items()
        }
        row = means | _by_seed(gap, entry["seeds"], metric)
        rows.append((pair["told"], protocol, row))
  return _under_protocols(
    suite,
    f"conditions_{task}",
    "Features of a DCGAN that is told labels, in"
    f" {wording.difference_title(metric)}",
    [
      *(Column(name, kind, unit) for name, kind in _PAIR.items()),
      *_seed_columns("difference", every, metric),
    ],
    rows,
  )


def _title(control: str) -> str:
  return terms.representation(control.removeprefix("trained - ")).title


def _by_seed(
  gap: Mapping[str, Any], seeds: Iterable[int], metric: str
) -> dict[str, Any]:
  """A difference over seeds, and that of each."""
  each = zip(map(str, seeds), gap["by_seed"], strict=True)
  mean = estimates.of(gap, terms.METRICS[metric].difference)
  return {"mean": mean, **dict(each)}


def _seed_columns(
  title: str, seeds: Iterable[int], metric: str
) -> list[Column]:
  unit = terms.METRICS[metric].difference
  return [
    Column("mean", title, unit, True),
    *(Column(str(seed), f"seed {seed}", unit) for seed in sorted(seeds)),
  ]


def _under_protocols(
  suite: Suite,
  name: str,
  caption: str,
  columns: Iterable[Column],
  cells: Iterable[tuple[Member, str, dict[str, Any]]],
) -> Table:
  """A table with a group for each experiment, and a row for each protocol."""
  titles = suite.titles
  rows = [
    {"experiment": m.long, "protocol": titles.get(protocol, protocol)} | row
    for m, protocol, row in cells
  ]
  first = Column("experiment", "experiment"), Column("protocol", "protocol")
  columns = (*first, *columns)
  return suite.table(name, caption, columns, rows, group="experiment")
