"""Every probe's scores: blocks by representation and protocol, and differences.

A representation whose network has seen nothing of the people tested is sealed
already: its `sealed` block is its `unsealed` one, and says so. That it has seen
nothing of them must be known; `claims` says where it is.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from jaxfer import config as configlib
from jaxfer import logs, terms
from jaxfer.experiment.probes import Probe
from jaxfer.results import intervals
from jaxfer.results.claims import ACROSS, Claims
from jaxfer.scores import action_units, emotions, paired
from jaxfer.scores import rows as rowslib
from jaxfer.scores.paired import Scored
from jaxfer.scores.rows import Rows
from jaxfer.svm.problem import PROTOCOLS, SEALED, Problem

Key = tuple[str, int]
"""A representation and the seed of its network."""


@dataclasses.dataclass(frozen=True)
class Scores:
  """What every probe scored."""

  by_key: Mapping[Key, Mapping[str, Scored]]  # and by protocol
  problem: Problem  # that of all probes
  reasons: Mapping[str, str]  # by protocol, why nothing was scored
  folders: Mapping[Key, Path]  # the artifact of its unsealed probe

  def of(self, representation: str, seed: int) -> Mapping[str, Scored]:
    """By protocol, the scores of a representation; empty if it was not run."""
    return self.by_key.get((representation, seed), {})


def score_probes(
  probes: Sequence[Probe], config: configlib.Config, claims: Claims
) -> Scores:
  """Scores what probes left, all of one problem; makes those not there yet."""
  by_key: dict[Key, dict[str, Scored]] = {}
  folders: dict[Key, Path] = {}
  problem = probes[0].problem
  for probe in probes:
    folder, key = probe.path(), (probe.representation, probe.seed)
    found = by_key.setdefault(key, {})
    search = logs.read_json(folder / "search.json")
    for protocol in probe.protocols:
      if (folder / f"{protocol}.npz").exists():
        scored = score(folder / f"{protocol}.npz", problem, config)
        searched = problem.task == "emotion" and probe.head == "svm"
        scored.block["search"] = {
          "evaluations": config.svm.evaluations if searched else None,
          "folds": search[protocol],
        }
        found[protocol] = scored
    if not probe.sealed:
      folders[key] = folder
  trained = by_key["trained", config.run.seed]
  for (representation, _), found in by_key.items():
    _move_unclaimed(found, claims)
    for sealed in SEALED:
      same = terms.PROTOCOLS[sealed].seen
      if same not in found or sealed in found:
        continue
      other = claims.learnt is not None and not claims.absent(sealed)
      network = terms.REPRESENTATIONS[representation].network
      nothing = not network and (other or sealed in trained)
      if other or nothing:
        found[sealed] = _as_sealed(found[same], same, claims, nothing)
  reasons = _reasons(problem, config, trained, claims)
  return Scores(by_key, problem, reasons, folders)


def _move_unclaimed(found: dict[str, Scored], claims: Claims) -> None:
  """Takes scores from under a name that they have no right to.

  They stay: those of another set as `across`, and those of a DCGAN that was
  continued without the people tested as `unsealed`.
  """
  for protocol in ("subject", "unsealed", "sealed"):
    if protocol in found and claims.absent(protocol):
      unsealed = protocol == "sealed" and not claims.absent("unsealed")
      found.setdefault("unsealed" if unsealed else ACROSS, found.pop(protocol))


def score(path: Path, problem: Problem, config: configlib.Config) -> Scored:
  """Scores one protocol's file of decision values, as a probe left it."""
  with np.load(path, allow_pickle=False) as saved:
    arrays = dict(saved)
  rows = np.flatnonzero(arrays["fold"] >= 0)
  tested = draw(problem, rows, arrays["fold"][rows], config)
  values, labels = arrays["scores"][rows], problem.labels[rows]
  if problem.task == "emotion":
    scored = emotions.score(values, labels, tested, problem.names)
  else:
    thresholds = arrays["thresholds"][rows]
    scored = action_units.score(
      values, thresholds, labels, tested, problem.names
    )
  scored.block["interval"] = intervals.describe(tested.units)
  if "train_auc" in arrays:
    for entry, areas in zip(
      scored.block["aus"].values(), arrays["train_auc"].T, strict=True
    ):
      known = areas[np.isfinite(areas)]
      entry["train_auc"] = float(known.mean()) if len(known) else None
  return scored


def draw(
  problem: Problem,
  rows: np.ndarray,
  fold: np.ndarray,
  config: configlib.Config,
) -> Rows:
  """Some rows of a problem, with draws of the people in them, or of the rows.

  `rows` (n,) are their places in it, `fold` (n,) the test fold of each.
  """
  fold = np.unique(fold, return_inverse=True)[1]
  who, draws = problem.drawn[rows], config.svm.bootstrap
  return rowslib.draw(fold, who, draws, config.run.seed)


def differences(scores: Scores, seed: int) -> dict[str, Any]:
  """Between protocols, and from the trained discriminator to each control."""
  trained = scores.of("trained", seed)
  out: dict[str, Any] = {
    name: paired.difference(*pair) for name, pair in _between(trained).items()
  }
  for (representation, own), found in scores.by_key.items():
    if representation != "trained" and own == seed:
      out[f"trained - {representation}"] = {
        p: paired.difference(trained[p], theirs)
        for p, theirs in found.items()
        if p in trained
      }
  return out


def area_differences(scores: Scores, seed: int) -> dict[str, Any]:
  """Between protocols, the AUC of each emotion or action unit."""
  return {
    name: paired.area_differences(*pair)
    for name, pair in _between(scores.of("trained", seed)).items()
  }


def _between(
  trained: Mapping[str, Scored],
) -> dict[str, tuple[Scored, Scored]]:
  """The protocols that are subtracted, where both are numbers of their own."""
  return {
    name: (trained[a], trained[b])
    for name, (a, b) in terms.BETWEEN.items()
    if a in trained and b in trained and "same_as" not in trained[b].block
  }


def seeds(scores: Scores, config: configlib.Config) -> dict[str, Any] | None:
  """How results vary with the seed of pretraining; None if there is one.

  The interval of `trained - untrained` is of the mean over seeds, over the same
  draws of people.
  """
  every = [config.run.seed + i for i in range(config.run.seeds)]
  if len(every) < 2:
    return None
  out: dict[str, Any] = {"seeds": every}
  for name in ("trained", "untrained"):
    out[name] = {
      p: {
        metric: [scores.of(name, s)[p].block[metric] for s in every]
        for metric in scores.of(name, every[0])[p].draws
      }
      for p in scores.of(name, every[0])
    }
  out["trained - untrained"] = {
    p: paired.mean_difference(
      [
        (scores.of("trained", s)[p], scores.of("untrained", s)[p])
        for s in every
      ]
    )
    for p in out["trained"]
    if p in out["untrained"]
  }
  return out


def _as_sealed(
  scored: Scored, same: str, claims: Claims, nothing: bool
) -> Scored:
  """The scores of a network that has not seen the people tested."""
  why = "nothing was learnt from faces"
  if not nothing:
    assert claims.learnt is not None
    why = f"the DCGAN learnt from other people: {claims.learnt.reason}"
  block = {**scored.block, "same_as": same, "same_as_reason": why}
  return dataclasses.replace(scored, block=block)


def _reasons(
  problem: Problem,
  config: configlib.Config,
  trained: Mapping[str, Scored],
  claims: Claims,
) -> dict[str, str]:
  out = {}
  for protocol, kind in PROTOCOLS.items():
    if kind in problem.reasons:
      out[protocol] = problem.reasons[kind]
    elif kind not in config.svm.protocols:
      out[protocol] = "this run leaves that protocol out"
    elif protocol not in trained:
      out[protocol] = claims.absent(protocol) or "it was not run"
  if len(problem.test_rows) and problem.task == "emotion":
    same = ACROSS if ACROSS in trained else "subject"
    out["paper"] = f"nothing is random in testing another set: as {same}"
  return out
