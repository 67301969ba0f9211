"""What the run's own saved machine says of generated faces, and of real ones.

A generator that leaves out an emotion may look diverse in every other way. Its
faces have no labels, so the machine that was trained on labelled ones names
them, and names the real faces too: what it gets wrong, it gets wrong of both,
though less of those real faces that it was trained on.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np

from jaxfer.measure.number import Number, few
from jaxfer.metrics import bootstrap
from jaxfer.svm import final, weights

# Faces for each label. Two histograms of N faces over K labels that are as
# frequent lie √((K - 1) / (π N)) apart by chance: up to a tenth at 32 of each.
_EACH = 32


@dataclasses.dataclass(frozen=True)
class Labels:
  """Two histograms of what a machine sees."""

  # Between the two histograms, of units between their shares of all units
  # seen: 0 where they agree, 1 where they have nothing in common.
  total_variation: Number
  # The emotions or action units; empty without a machine.
  names: tuple[str, ...] = ()
  # Share of real faces named so, or that show the unit.
  real: tuple[float, ...] = ()
  fake: tuple[float, ...] = ()  # the same of generated faces


def compare(
  probe: Path,
  fake: np.ndarray,
  real: np.ndarray,
  other: np.ndarray,
  draws: int,
  seed: int,
) -> Labels:
  """Names faces by a probe's kept machine.

  Args:
    probe: the probe's artifact, with the files of `final.save` or of
      `weights.save`.
    fake: (N, D) float32 features of generated faces, of the network, layer and
      statistics that the machine was trained on.
    real: (N, D) of real faces.
    other: (N, D) of further real faces, for the floor.
    draws: bootstrap draws.
    seed: fixes them.

  Returns:
    The histograms; their distance is undefined where the machine sees nothing
    in the faces of either.
  """
  names, seen = _sightings(probe, [fake, real, other])
  shares = [one.mean(0) for one in seen]
  value = _distance(shares[0], shares[1])
  floor = _distance(shares[2], shares[1])
  sizes = len(real), len(fake)
  if np.isnan(value):
    number = Number(None, *sizes, reason="the machine sees no action unit")
  else:
    number = Number(
      value,
      *sizes,
      ci95=_drawn(value, seen[0], seen[1], draws, seed),
      floor=None if np.isnan(floor) else floor,
      floor_ci95=_drawn(floor, seen[2], seen[1], draws, seed),
      warnings=few(
        min(sizes),
        _EACH * len(names),
        "chance alone sets histograms about a tenth apart",
      ),
    )
  parts = (tuple(map(float, share)) for share in (shares[1], shares[0]))
  return Labels(number, names, *parts)


def _sightings(
  probe: Path, features: list[np.ndarray]
) -> tuple[tuple[str, ...], list[np.ndarray]]:
  """Names, and (N, K) 0 or 1: what the machine sees in each face."""
  if (probe / weights.FILE).exists():
    machines, every = weights.load(probe)
    known = np.isfinite(machines.biases)
    names = tuple(np.array(every)[known].tolist())
    return names, [
      (machines.scores(rows) > machines.thresholds)[:, known].astype(float)
      for rows in features
    ]
  recogniser = final.load(probe)
  one_hot = np.eye(len(recogniser.emotions))
  return recogniser.emotions, [
    one_hot[recogniser.scores(rows).argmax(1)] for rows in features
  ]


def _distance(a: np.ndarray, b: np.ndarray) -> float:
  """Total variation between histograms, which need not sum to one; or nan."""
  if not a.sum() or not b.sum():
    return float("nan")
  return float(np.abs(a / a.sum() - b / b.sum()).sum() / 2)


def _drawn(
  value: float, a: np.ndarray, b: np.ndarray, draws: int, seed: int
) -> list[float] | None:
  # Chance alone sets two histograms apart, and drawing adds to it.
  one = bootstrap.draw_weights(len(a), draws, seed) @ a
  other = bootstrap.draw_weights(len(b), draws, seed + 1) @ b
  values = np.array([_distance(*pair) for pair in zip(one, other, strict=True)])
  found = bootstrap.recentred(value, values)
  return found and [min(max(end, 0.0), 1.0) for end in found]
