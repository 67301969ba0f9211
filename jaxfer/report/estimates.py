"""Numbers as results hold them: with their intervals, units and reasons."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from jaxfer import terms
from jaxfer.report import wording
from jaxfer.report.paper.records import Printed
from jaxfer.report.wording import Bounds, Number
from jaxfer.results.evidence import Results, score_blocks

AHEAD, BEHIND, EVEN = "ahead of", "behind", "not shown to differ from"
"""How something stands to another that is subtracted from it."""

Block = Mapping[str, Any]
"""The scores of a protocol, or an entry of them."""


@dataclasses.dataclass(frozen=True)
class Estimate:
  """What stands in a cell: a number, or text.

  Attributes:
    value: a `Decimal` if it is printed in the paper; None is a dash.
    unit: a key of `terms.UNITS`.
    interval: its 95 % bounds, of which an end may not be known.
    note: small print: why there is no value, or what it is.
    equal: whether it is another number by construction.
    link: name of the experiment whose page it leads to, or nothing.
  """

  value: Number | str | None = None
  unit: str = "text"
  interval: Bounds = None
  note: str = ""
  equal: bool = False
  link: str = ""

  @property
  def text(self) -> str:
    """The value in its unit, `=` before one that is another; or a dash."""
    if self.value is None:
      return wording.MISSING
    text = wording.write(self.unit, self.value)
    return f"= {text}" if self.equal else text

  @property
  def detail(self) -> str:
    """Its interval in brackets, or else the small print."""
    if self.interval is None or self.interval[0] is None:
      return self.note
    return wording.bounds(self.unit, self.interval)

  @property
  def bounds(self) -> tuple[float | None, float | None]:
    """Both ends of its interval."""
    low, high = self.interval or (None, None)
    return low, high

  @property
  def side(self) -> str:
    """Where its interval lies: `AHEAD` of 0, `BEHIND` it, or `EVEN`."""
    low, high = self.bounds
    if low is not None and low > 0:
      return AHEAD
    return BEHIND if high is not None and high < 0 else EVEN

  def __str__(self) -> str:
    """The number and its interval, for a sentence."""
    return f"{self.text} {self.detail}".rstrip()


NOTHING = Estimate()


def of(entry: Block | None, unit: str) -> Estimate:
  """What an entry holds as `value`, with its `ci95`, or why it has none."""
  if not entry:
    return NOTHING
  why = entry.get("reason") or entry.get("ci95_reason") or ""
  return Estimate(entry["value"], unit, entry.get("ci95"), why)


def printed(
  reference: Printed | None, metric: str, absent: Estimate = NOTHING
) -> Estimate:
  """The paper's number and where it stands; `absent` where it states none."""
  if reference is None or metric not in reference.scores:
    return NOTHING
  value, source = reference.scores[metric]
  unit = terms.METRICS[metric].unit
  return absent if value is None else Estimate(value, unit, note=source)


def score(
  block: Block | None, metric: str, twin: Block | None = None
) -> Estimate:
  """A metric of a block of scores, or of one action unit's entry, if any.

  `twin` is the block whose numbers its own may be by construction.
  """
  if not block:
    return NOTHING
  value = block.get(metric)
  return Estimate(
    value,
    terms.METRICS[metric].unit,
    block.get(f"{metric}_ci95"),
    block.get(f"{metric}_reason") or block.get("reason") or "",
    equal=bool(twin) and twin.get(metric) == value,
  )


def area(
  block: Block | None, label: str, twin: Block | None = None
) -> Estimate:
  """The area under the ROC curve of an emotion or an action unit, if tested."""
  entry = area_entry(block, label)
  same = bool(entry) and area_entry(twin, label).get("value") == entry["value"]
  return dataclasses.replace(of(entry, "area"), equal=same)


def by_protocol(
  blocks: Mapping[str, Any], shown: Iterable[str], metric: str
) -> dict[str, Estimate]:
  """A metric of one representation under each of some protocols."""
  return {
    protocol: score(blocks.get(protocol), metric, twin(blocks, protocol))
    for protocol in shown
  }


def difference(found: Mapping[str, Block] | None, metric: str) -> Estimate:
  """One metric of a paired difference, or of its absence."""
  return of((found or {}).get(metric), terms.METRICS[metric].difference)


def gap(
  results: Results, name: str, metric: str, protocol: str = ""
) -> Estimate:
  """A run's difference such as `paper - subject`; of a control under one."""
  found: Any = results.get("differences", {}).get(name)
  if protocol:
    found = (found or {}).get(protocol)
  return difference(found, metric)


def between(results: Results, name: str, protocol: str = "") -> Estimate | None:
  """The same in the headline metric, if it has an interval."""
  found = gap(results, name, terms.headline(results["task"]), protocol)
  return found if found.interval else None


def area_entry(block: Block | None, label: str) -> dict[str, Any]:
  """The area of one label with its counts, of both tasks alike.

  Value, ci95, n_pos, n_neg, folds_used, and a reason where the value is None;
  empty where the label was not tested.
  """
  if not block:
    return {}
  if "aus" not in block:
    return block["auc"].get(label, {})
  entry = block["aus"].get(label)
  if not entry:
    return {}
  return {**entry, "value": entry["auc"], "ci95": entry["auc_ci95"]}


def twin(blocks: Mapping[str, Any], protocol: str) -> Block | None:
  """The block, of those shown, whose numbers a protocol's are, or None.

  `unsealed` is not shown: `subject`, or `across`, stands for it, and has the
  same numbers only where it has the same folds.
  """
  same = (blocks.get(protocol) or {}).get("same_as")
  if same == "unsealed":
    return blocks.get("subject") or blocks.get("across")
  return blocks.get(same) if same else None


def blocks(results: Results) -> Iterator[tuple[dict[str, Any], Block]]:
  """The scores that exist, each after the columns that name them."""
  for (representation, protocol), block in score_blocks(results).items():
    yield {"representation": representation, "protocol": protocol}, block
