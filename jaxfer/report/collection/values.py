"""Numbers as the results hold them, with intervals and reasons."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from jaxfer.report.estimates import area_entry


@dataclasses.dataclass(frozen=True)
class Value:
  """What stands in a cell.

  Attributes:
    number: the number or text; a `Decimal` of the print; None is a dash.
    interval: its 95 % bounds.
    detail: small print: why there is none, or what it is.
    equals: whether it is another number by construction.
    link: name of the experiment whose page the cell leads to, or nothing.
  """

  number: float | Decimal | str | None = None
  interval: Sequence[float] | None = None
  detail: str = ""
  equals: bool = False
  link: str = ""


def excludes_zero(interval: Sequence[float] | None) -> bool:
  """Whether an interval lies wholly above or wholly below 0."""
  return bool(interval) and (interval[0] > 0 or interval[1] < 0)


def score(
  block: Mapping[str, Any] | None,
  metric: str,
  twin: Mapping[str, Any] | None = None,
) -> Value:
  """A metric of a block of scores, with its interval.

  Args:
    block: the scores of a protocol, or None.
    metric: such as `accuracy` or `auc_mean`.
    twin: the block beside it that it may be equal to by construction.
  """
  if not block:
    return Value()
  return Value(
    block.get(metric),
    block.get(f"{metric}_ci95"),
    block.get(f"{metric}_reason", ""),
    bool(twin) and twin.get(metric) == block.get(metric),
  )


def area(
  block: Mapping[str, Any] | None,
  name: str,
  twin: Mapping[str, Any] | None = None,
) -> Value:
  """The area under the ROC curve of one emotion or action unit.

  Args:
    block: the scores of a protocol, or None.
    name: such as `angry` or `AU12`.
    twin: the block beside it that it may be equal to by construction.
  """
  entry = area_entry(block, name)
  return Value(
    entry.get("value"),
    entry.get("ci95"),
    entry.get("reason", ""),
    bool(entry) and area_entry(twin, name).get("value") == entry["value"],
  )


def difference(member: Any, name: str, *keys: str) -> Value:
  """A paired difference of a member's results.

  Args:
    member: an experiment.
    name: such as `paper - subject` or `trained - pixels`.
    *keys: the metric; for controls the protocol before it.
  """
  found: Any = member.results.get("differences", {}).get(name)
  for key in keys:
    found = (found or {}).get(key)
  return Value(found["value"], found["ci95"]) if found else Value()
