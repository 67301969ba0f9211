"""What it is worth to tell the DCGAN labels: pairs of experiments."""

from __future__ import annotations

from typing import Any

from jaxfer import terms
from jaxfer.report import wording
from jaxfer.report.collection.members import Collection
from jaxfer.report.collection.table import Column, Row, Table
from jaxfer.report.collection.values import Value
from jaxfer.results import together


def table(
  collection: Collection, compared: list[dict[str, Any]], task: str
) -> Table:
  """The comparisons of one task, in its headline metric.

  Args:
    collection: the experiments.
    compared: what `together.compare` gives of them.
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
          **{
            side: Value(
              together.mean_score(
                one.evidence, entry["seeds"], protocol, metric
              )
            )
            for side, one in (("told", told), ("other", other))
          },
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
