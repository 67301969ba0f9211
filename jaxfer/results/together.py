"""Several experiments: their results together, and paired comparisons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from jaxfer.results.evidence import Evidence
from jaxfer.scores import paired

SCHEMA = 2

# Where the networks saw who is tested, a conditional one was told the answer.
_PROTOCOLS = ("sealed", "official_sealed")


def gather(
  members: Mapping[str, Evidence], left_out: Mapping[str, str]
) -> dict[str, Any]:
  """The results of several experiments, and why others are left out."""
  return {
    "schema": SCHEMA,
    "experiments": {name: one.results for name, one in members.items()},
    "conditions": compare(members),
    "left_out": dict(left_out),
  }


def compare(members: Mapping[str, Evidence]) -> list[dict[str, Any]]:
  """Sets conditional experiments against those that are told nothing.

  Two are compared if their configs differ in `gan.condition` alone: then they
  test the same faces in the same folds, and their draws are the same.

  Returns:
    A pair each: the names of the `conditional` and the `unconditional` one,
    the `seeds` of both, and `differences`: by protocol and metric, the
    mean over seeds of the first minus the second (`value`, `ci95`, `by_seed`).
  """
  return [
    {"conditional": told, "unconditional": other, **found}
    for told in members
    for other in members
    if _told_alone_differs(members[told], members[other])
    and (found := _compare(members[told], members[other]))["differences"]
  ]


def mean_score(
  evidence: Evidence, seeds: Sequence[int], protocol: str, metric: str
) -> float:
  """What the trained discriminators of some seeds score on average."""
  blocks = [evidence.trained[seed][protocol].block for seed in seeds]
  return float(np.mean([block[metric] for block in blocks]))


def _compare(told: Evidence, other: Evidence) -> dict[str, Any]:
  ours, theirs = told.trained, other.trained
  seeds = [*ours]
  shared = [
    protocol
    for protocol in _PROTOCOLS
    if all(protocol in run.get(s, ()) for run in (ours, theirs) for s in seeds)
  ]
  return {
    "seeds": seeds,
    "differences": {
      protocol: paired.mean_difference(
        [(ours[s][protocol], theirs[s][protocol]) for s in seeds]
      )
      for protocol in shared
    },
  }


def _told_alone_differs(told: Evidence, other: Evidence) -> bool:
  """Whether two experiments differ in the condition, and in nothing else."""
  ours, theirs = (one.results.get("config", {}) for one in (told, other))
  apart = {k for k in {*ours, *theirs} if ours.get(k) != theirs.get(k)}
  differs = apart - {"run.experiment"} == {"gan.condition"}
  return differs and theirs.get("gan.condition") == ""
