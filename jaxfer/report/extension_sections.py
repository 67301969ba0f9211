"""What the page says of few labels and of several seeds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from jaxfer import terms
from jaxfer.report import cells, protocols, wording
from jaxfer.report.cells import Cell, Row, Table


def label_efficiency(results: Mapping[str, Any]) -> Table | None:
  """Accuracy by labels of each emotion, and how far trained is ahead.

  Args:
    results: the numbers of a run.

  Returns:
    A row for each number of labels; None where it was not measured.
  """
  found = results["label_efficiency"]
  if not found:
    return None
  curves, differences = found["curves"], found["differences"]
  columns = [terms.representation(name).title for name in curves]
  for name in differences:
    other = name.removeprefix("trained - ")
    other = terms.representation(other).title
    columns.append(f"trained ahead\nof {other}")
  rows: list[Row] = []
  for place, point in enumerate(curves["trained"]):
    low, high = point["spread"]
    row = [
      Cell(
        wording.percent(curve[place]["accuracy"]),
        wording.bounds("rate", curve[place]["ci95"]),
      )
      for curve in curves.values()
    ]
    row += [
      cells.difference({"accuracy": entries[place]}, "accuracy")
      for entries in differences.values()
    ]
    size, draws = point["labels"], point["draws"]
    spread = f"{draws} draws: {wording.bounds('rate', (low, high))}"
    rows.append(
      (
        Cell("all" if size is None else str(size), spread if size else ""),
        row,
      )
    )
  return Table(tuple(columns), tuple(rows))


def seeds(results: Mapping[str, Any]) -> Table | None:
  """The headline metric by pretraining seed, and trained minus untrained.

  Args:
    results: the numbers of a run.

  Returns:
    A row for each representation and protocol: one column a seed, and the mean;
    None where there is one seed.
  """
  found = results["seeds"]
  if not found:
    return None
  metric = terms.headline(results["task"])
  names = protocols.titles(results)
  rows: list[Row] = []
  for protocol in terms.SHOWN:
    for name in ("trained", "untrained"):
      values = found[name].get(protocol, {}).get(metric)
      if values and None not in values:
        title = terms.representation(name).title
        row = [Cell(wording.score(metric, value)) for value in values]
        row.append(Cell(wording.score(metric, float(np.mean(values)))))
        rows.append((Cell(title, names[protocol]), row))
    pair = found["trained - untrained"].get(protocol, {})
    if pair.get(metric):
      row = [
        Cell(wording.difference(metric, value))
        for value in pair[metric]["by_seed"]
      ]
      row.append(cells.difference(pair, metric))
      rows.append((Cell("difference", names[protocol]), row))
  columns = [f"seed {seed}" for seed in found["seeds"]]
  return Table((*columns, "mean"), tuple(rows))
