"""Results with the draws behind their intervals, and paired differences."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np

from jaxfer.metrics import bootstrap


@dataclasses.dataclass(frozen=True)
class Scored:
  """One protocol's results and the bootstrap draws behind their intervals."""

  block: dict[str, Any]  # the entry of results.json
  # By metric, its value in each bootstrap draw, (B,); two results over the same
  # rows share their draws, so that differences are paired.
  draws: dict[str, np.ndarray]
  # By emotion or action unit, its AUC in each draw, (B,); those that have one.
  areas: dict[str, np.ndarray]
  # By emotion or action unit, false and true positive rates.
  roc: dict[str, tuple[np.ndarray, np.ndarray]]

  def area(self, label: str) -> float | None:
    """The AUC of an emotion or action unit."""
    if "aus" in self.block:
      return self.block["aus"][label]["auc"]
    return self.block["auc"][label]["value"]


def difference(a: Scored, b: Scored) -> dict[str, Any]:
  """Metric by metric, a minus b with the paired interval."""
  return {
    name: {"value": gap["value"], "ci95": gap["ci95"]}
    for name, gap in mean_difference([(a, b)]).items()
  }


def mean_difference(
  pairs: Sequence[tuple[Scored, Scored]],
) -> dict[str, Any]:
  """Metric by metric, the mean over pairs of the first minus the second.

  Results are over the same rows, such as a pair for each seed, and share their
  draws.

  Returns:
    By metric that all results have: the `value`, the paired `ci95`, which takes
    the mean over pairs within each draw, and the difference `by_seed`, in the
    order of the pairs.
  """
  out = {}
  for name in pairs[0][0].draws:
    if any(one.block[name] is None for pair in pairs for one in pair):
      continue
    values = [a.block[name] - b.block[name] for a, b in pairs]
    draws = np.mean([a.draws[name] - b.draws[name] for a, b in pairs], axis=0)
    out[name] = {
      "value": float(np.mean(values)),
      "ci95": bootstrap.interval(draws),
      "by_seed": values,
    }
  return out


def area_differences(a: Scored, b: Scored) -> dict[str, Any]:
  """Label by label, the AUC of a minus that of b with the paired interval."""
  out = {}
  for label in a.areas:
    one = a.area(label)
    other = b.area(label) if label in b.areas else None
    if one is not None and other is not None:
      out[label] = {
        "value": one - other,
        "ci95": bootstrap.interval(a.areas[label] - b.areas[label]),
      }
  return out
