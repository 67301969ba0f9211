"""Cells of the page's tables: numbers in words, with intervals or reasons."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from jaxfer.report import wording


@dataclasses.dataclass(frozen=True)
class Cell:
  """One cell: what it says, and in small print its interval or its reason."""

  text: str
  detail: str = ""


Row = tuple[Cell, list[Cell]]
"""A row's name and its cells."""

NOTHING = Cell(wording.MISSING)


@dataclasses.dataclass(frozen=True)
class Table:
  """Rows under headings.

  Attributes:
    columns: above the cells; the column of names has none.
    rows: what stands below, as many cells as columns.
  """

  columns: tuple[str, ...]
  rows: tuple[Row, ...]


Blocks = Mapping[str, Any]
"""By protocol a block of scores, or None."""


def twin(blocks: Blocks, protocol: str) -> Mapping[str, Any] | None:
  """The block, of those shown, whose numbers a protocol's may be.

  `unsealed` is not shown: `subject`, or `across`, stands for it, and has the
  same numbers only where it has the same folds.

  Args:
    blocks: of one representation.
    protocol: the one in question.

  Returns:
    None where its numbers are its own.
  """
  same = (blocks.get(protocol) or {}).get("same_as")
  if same == "unsealed":
    return blocks.get("subject") or blocks.get("across")
  return blocks.get(same) if same else None


def metric(
  block: Mapping[str, Any] | None,
  name: str,
  twin: Mapping[str, Any] | None = None,
) -> Cell:
  """A metric of a block of scores; `=` marks one equal by construction.

  Args:
    block: the scores of a protocol, or None.
    name: the metric, such as `accuracy` or `auc_mean`.
    twin: the block beside it that it may be equal to.
  """
  if not block:
    return NOTHING
  value = block.get(name)
  return _score(
    name,
    value,
    block.get(f"{name}_ci95"),
    block.get(f"{name}_reason", ""),
    equal=bool(twin) and twin.get(name) == value,
  )


def area(
  block: Mapping[str, Any] | None,
  label: str,
  twin: Mapping[str, Any] | None = None,
) -> Cell:
  """The area under the ROC curve of an emotion or an action unit.

  Args:
    block: the scores of a protocol, or None.
    label: such as `happy` or `AU12`.
    twin: the block beside it that it may be equal to.
  """
  entry = area_entry(block, label)
  if not block or not entry:
    return NOTHING
  return _score(
    "auc",
    entry["value"],
    entry.get("ci95"),
    entry.get("reason", ""),
    equal=bool(twin) and area_entry(twin, label).get("value") == entry["value"],
  )


def area_entry(block: Mapping[str, Any] | None, label: str) -> dict[str, Any]:
  """The area of one label with its counts, of both tasks alike.

  Args:
    block: the scores of a protocol, or None.
    label: such as `happy` or `AU12`.

  Returns:
    value, ci95, n_pos, n_neg, folds_used, and a reason where the value is
    None; empty where the label was not tested.
  """
  if not block:
    return {}
  if "aus" not in block:
    return block["auc"].get(label, {})
  entry = block["aus"].get(label)
  if not entry:
    return {}
  return {**entry, "value": entry["auc"], "ci95": entry["auc_ci95"]}


def unit(entry: Mapping[str, Any], name: str) -> Cell:
  """One metric of an action unit.

  Args:
    entry: the unit's own, of a block of scores.
    name: the metric, such as `f1_tuned`.
  """
  value, reason = entry[name], entry.get("reason", "")
  return _score(name, value, entry[f"{name}_ci95"], reason)


def difference(
  found: Mapping[str, Mapping[str, Any]] | None, metric: str
) -> Cell:
  """A paired difference.

  Args:
    found: by metric, value and ci95; or None.
    metric: the one to show.
  """
  entry = (found or {}).get(metric)
  if not entry:
    return NOTHING
  return Cell(
    wording.difference(metric, entry["value"]),
    wording.score_interval(metric, entry["ci95"]),
  )


def quantity(value: float | Decimal | None, unit: str) -> Cell:
  """A number in its unit, a key of `terms.UNITS`, or a dash."""
  return NOTHING if value is None else Cell(wording.write(unit, value))


def rate(value: float | Decimal | None) -> Cell:
  """A fraction in percent, or a dash."""
  return quantity(value, "rate")


def number(value: float | Decimal | None) -> Cell:
  """An area to three places, or a dash."""
  return quantity(value, "area")


def _score(
  name: str,
  value: float | None,
  interval: Sequence[float] | None,
  reason: str,
  equal: bool = False,
) -> Cell:
  if value is None:
    return Cell(wording.MISSING, reason)
  text = wording.score(name, value)
  detail = wording.score_interval(name, interval)
  return Cell(f"= {text}" if equal else text, detail)
