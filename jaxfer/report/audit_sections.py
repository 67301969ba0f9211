"""What the page says of leaks: protocols, copies and people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jaxfer import terms
from jaxfer.report import cells, protocols, wording
from jaxfer.report.cells import Cell, Row, Table

_METRICS = {"emotion": ("accuracy", "auc_mean"), "au": ("auc_mean",)}


def between(results: Mapping[str, Any]) -> Table | None:
  """What protocols differ by, both numbers and the paired difference.

  Args:
    results: the numbers of a run.

  Returns:
    A row for each difference and metric; None where there is no difference.
  """
  rows: list[Row] = []
  names = protocols.titles(results)
  for name, pair in terms.BETWEEN.items():
    found = results["differences"].get(name)
    if not found:
      continue
    one, other = (names[protocol] for protocol in pair)
    for metric in _METRICS[results["task"]]:
      title = terms.METRICS[metric].title
      rows.append(
        (
          Cell(f"{one} − {other}", title),
          [
            *(cells.metric(results["protocols"][p], metric) for p in pair),
            cells.difference(found, metric),
          ],
        )
      )
  if not rows:
    return None
  return Table(("first", "second", "difference"), tuple(rows))


def areas(results: Mapping[str, Any]) -> Table | None:
  """What protocols differ by in the AUC of each emotion or action unit.

  Args:
    results: the numbers of a run.

  Returns:
    A row for each label, a column for each difference; None where there is
    none.
  """
  found = results["audit"].get("areas") or {}
  shown = [name for name in terms.BETWEEN if found.get(name)]
  if not shown:
    return None
  rows: list[Row] = []
  for label in results["names"]:
    row = [
      cells.difference({"auc": found[name].get(label)}, "auc") for name in shown
    ]
    rows.append((Cell(wording.unit_name(label)), row))
  names = protocols.titles(results)
  columns = (
    " −\n".join(names[p] for p in terms.BETWEEN[name]) for name in shown
  )
  return Table(tuple(columns), tuple(rows))


def copies(results: Mapping[str, Any]) -> str:
  """How many faces have a near-copy on the other side of a random fold.

  Args:
    results: the numbers of a run.
  """
  counts = results["audit"]["near_duplicates"]
  dataset = results["data"]["probe"]["dataset"]
  pairs = counts["identical"] + counts["near"]
  if not pairs:
    said = (
      f"Random folds put no two near-copies among the {counts['of']:,} faces of"
      f" {dataset} on both sides."
    )
  else:
    said = (
      f"Random folds put {pairs:,} pairs of near-copies on both sides,"
      f" {counts['identical']:,} of them identical: {counts['faces']:,} of the"
      f" {counts['of']:,} faces of {dataset} are in one."
    )
  if protocols.crosses(results):
    said += " This run tests another set, so its scores owe nothing to them."
  return said


def identity(results: Mapping[str, Any]) -> Table | None:
  """How often the nearest training face within random folds is the same person.

  Args:
    results: the numbers of a run.

  Returns:
    A row for each representation; None where people are not known.
  """
  found = results["audit"]["identity"]
  if not found:
    return None
  rows: list[Row] = []
  for name, entry in found.items():
    shares = [
      Cell(wording.MISSING, entry.get("reason", ""))
      if entry.get(key) is None
      else cells.rate(entry[key])
      for key in ("accuracy", "chance", "same_sitting", "other_label")
    ]
    rows.append((Cell(terms.representation(name).title), shares))
  what = "emotion" if results["task"] == "emotion" else "action units"
  same, other = f"same {what}", f"other {what}"
  return Table(
    (
      "names the\nperson",
      "chance",
      f"same person,\n{same}",
      f"same person,\n{other}",
    ),
    tuple(rows),
  )
