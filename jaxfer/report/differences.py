"""Paired differences in words, and what their intervals allow to be said."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from jaxfer import terms
from jaxfer.report import wording

AHEAD, BEHIND, EVEN = "ahead", "behind", "even"

_OTHER = {
  AHEAD: "ahead of {}",
  BEHIND: "behind {}",
  EVEN: "not shown to differ from {}",
}


@dataclasses.dataclass(frozen=True)
class Difference:
  """One number minus another.

  Attributes:
    written: the difference and its interval.
    side: `AHEAD` or `BEHIND` where the interval excludes 0, else `EVEN`.
  """

  written: str
  side: str


def find(
  results: Mapping[str, Any], name: str, *keys: str
) -> Difference | None:
  """A difference of a run, in the metric that stands for its task.

  Args:
    results: the numbers of the run.
    name: such as `paper - subject`.
    *keys: what leads from there to the metrics; the protocol, of a control.

  Returns:
    The difference, or None where there is none.
  """
  found: Any = results.get("differences", {}).get(name)
  for key in keys:
    found = (found or {}).get(key)
  return of(found, terms.headline(results["task"]))


def of(found: Mapping[str, Any] | None, metric: str) -> Difference | None:
  """A difference among those of several metrics.

  Args:
    found: by metric, value and ci95; or None.
    metric: the one to tell.

  Returns:
    The difference, or None where it or its interval is not known.
  """
  entry = (found or {}).get(metric)
  if not entry or not entry["ci95"]:
    return None
  interval = entry["ci95"]
  written = (
    f"{wording.difference(metric, entry['value'])}"
    f" {wording.score_interval(metric, interval)}"
  )
  return Difference(written, side(interval))


def side(interval: Sequence[float]) -> str:
  """Where an interval lies: `AHEAD` of 0, `BEHIND` it, or `EVEN`."""
  low, high = interval
  if low > 0:
    return AHEAD
  return BEHIND if high < 0 else EVEN


def against(side: str, other: str) -> str:
  """How something on that side stands to another, such as `behind HOG`."""
  return _OTHER[side].format(other)
