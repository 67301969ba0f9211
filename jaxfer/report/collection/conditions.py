"""What it is worth to tell the DCGAN labels: pairs of experiments."""

from __future__ import annotations

from typing import Any

import numpy as np

from jaxfer import terms
from jaxfer.report import wording
from jaxfer.report.collection.members import Collection, Member
from jaxfer.report.collection.table import Column, Row, Table
from jaxfer.report.collection.values import Value
from jaxfer.scores import emotions

# Where the networks saw who is tested, a conditional one was told the answer.
_PROTOCOLS = ("sealed", "official_sealed")


def compare(collection: Collection) -> list[dict[str, Any]]:
  """Sets conditional experiments against those that are told nothing.

  Two are compared if their configs differ in `gan.condition` alone: then they
  test the same faces in the same folds, and their draws are the same.

  Args:
    collection: the experiments.

  Returns:
    A pair each: the names of the `conditional` and the `unconditional` one,
    the `seeds` of both, and `differences`: by protocol and metric, the
    mean over seeds of the first minus the second (`value`, `ci95`, `by_seed`).
  """
  return [
    entry
    for told in collection.members
    for other in collection.members
    if _told_alone_differs(told, other)
    and (entry := _compare(told, other))["differences"]
  ]


def table(
  collection: Collection, compared: list[dict[str, Any]], task: str
) -> Table:
  """The comparisons of one task, in its headline metric.

  Args:
    collection: the experiments.
    compared: what `compare` gives of them.
    task: `emotion` or `au`.
  """
  metric = terms.headline(task)
  shown, title = terms.METRICS[metric], wording.difference_title(metric)
  members = {m.name: m for m in collection.members if m.task == task}
  rows: list[Row] = []
  seeds: set[int] = set()
  for entry in compared:
    if (told := members.get(entry["conditional"])) is None:
      continue
    other = members[entry["unconditional"]]
    for protocol, differences in entry["differences"].items():
      if not (gap := differences.get(metric)):
        continue
      seeds |= {*entry["seeds"]}
      rows.append(
        {
          "experiment": Value(f"{told.name}: {told.what}"),
          "protocol": Value(collection.titles.get(protocol, protocol)),
          "told": _mean(told, entry["seeds"], protocol, metric),
          "other": _mean(other, entry["seeds"], protocol, metric),
          "mean": Value(gap["value"], gap["ci95"]),
          **{
            str(seed): Value(value)
            for seed, value in zip(entry["seeds"], gap["by_seed"], strict=True)
          },
        }
      )
  return Table(
    f"conditions_{task}",
    f"Features of a DCGAN that is told labels, in {title}",
    (
      Column("experiment", "experiment"),
      Column("protocol", "protocol"),
      Column("told", "conditional", shown.unit),
      Column("other", "unconditional", shown.unit),
      Column("mean", "difference", shown.difference, True),
      *(
        Column(str(seed), f"seed {seed}", shown.difference)
        for seed in sorted(seeds)
      ),
    ),
    tuple(rows),
    group="experiment",
    standin=bool(collection.standins),
  )


def _compare(told: Member, other: Member) -> dict[str, Any]:
  ours, theirs = told.evidence.trained, other.evidence.trained
  seeds = [*ours]
  shared = [
    protocol
    for protocol in _PROTOCOLS
    if all(protocol in run.get(s, ()) for run in (ours, theirs) for s in seeds)
  ]
  return {
    "conditional": told.name,
    "unconditional": other.name,
    "seeds": seeds,
    "differences": {
      protocol: emotions.mean_difference(
        [(ours[s][protocol], theirs[s][protocol]) for s in seeds]
      )
      for protocol in shared
    },
  }


def _told_alone_differs(told: Member, other: Member) -> bool:
  """Whether two experiments differ in the condition, and in nothing else."""
  ours, theirs = (m.results.get("config", {}) for m in (told, other))
  apart = {k for k in {*ours, *theirs} if ours.get(k) != theirs.get(k)}
  differs = apart - {"run.experiment"} == {"gan.condition"}
  return differs and theirs.get("gan.condition") == ""


def _mean(
  member: Member, seeds: list[int], protocol: str, metric: str
) -> Value:
  blocks = [member.evidence.trained[seed][protocol].block for seed in seeds]
  return Value(float(np.mean([block[metric] for block in blocks])))
