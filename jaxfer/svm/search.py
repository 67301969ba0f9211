"""Bayesian search of two positive hyper-parameters on a logarithmic scale.

A Gaussian process with a Matérn 5/2 kernel and a noise term models the
objective; the next point maximises the expected improvement. As the paper's
bayesopt: 4 seeded starting points, 30 evaluations in all.

Reference: Snoek, Larochelle & Adams, arXiv:1206.2944.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
from scipy.stats import norm, qmc

from jaxfer.svm import gaussian_process

_CANDIDATES = 1024  # points at which the expected improvement is compared


@dataclasses.dataclass(frozen=True)
class Trial:
  """One evaluated point: log10 C, log10 g, and the objective there."""

  log_c: float
  log_g: float
  value: float


def minimise(
  objective: Callable[[float, float], float],
  *,
  low: float,
  high: float,
  evaluations: int,
  starts: int,
  seed: int,
) -> list[Trial]:
  """Searches the square [low, high]² for a small objective.

  Args:
    objective: function of log10 C and log10 g; finite.
    low: lower bound of both.
    high: upper bound of both.
    evaluations: number of points tried.
    starts: how many of them are seeded starting points.
    seed: fixes the starting and candidate points.

  Returns:
    The trials in order; `best` picks the answer.

  Raises:
    ValueError: if nothing would be tried, or the square is empty.
  """
  if evaluations < 1 or starts < 1:
    raise ValueError(
      f"a search needs evaluations and starts of 1 or more, got {evaluations}"
      f" and {starts}: the config has svm.evaluations and svm.starts"
    )
  if not low < high:
    raise ValueError(
      f"a search needs low < high, got {low} and {high}: the config has"
      " svm.log10_low and svm.log10_high"
    )
  points = qmc.LatinHypercube(2, rng=seed).random(starts)
  candidates = qmc.Sobol(2, rng=seed).random(_CANDIDATES)
  trials: list[Trial] = []
  for i in range(evaluations):
    started = i >= starts
    unit = _propose(trials, candidates, low, high) if started else points[i]
    log_c, log_g = (low + (high - low) * unit).tolist()
    trials.append(Trial(log_c, log_g, float(objective(log_c, log_g))))
  return trials


def best(trials: list[Trial]) -> Trial:
  """The best observed point; ties go to smaller C, then to smaller g."""
  return min(trials, key=lambda t: (t.value, t.log_c, t.log_g))


def _propose(
  trials: list[Trial], candidates: np.ndarray, low: float, high: float
) -> np.ndarray:
  """The candidate, in the unit square, of largest expected improvement."""
  tried = np.array([(t.log_c, t.log_g) for t in trials])
  tried = (tried - low) / (high - low)
  values = np.array([t.value for t in trials])
  # The objective has no natural unit; a flat one keeps its zero spread.
  values = (values - values.mean()) / (values.std() or 1.0)
  mean, deviation = gaussian_process.fit(tried, values).predict(candidates)
  gain = values.min() - mean
  deviation = np.maximum(deviation, 1e-9)
  ratio = gain / deviation
  improvement = gain * norm.cdf(ratio) + deviation * norm.pdf(ratio)
  # Trying a point twice would teach nothing.
  distance = np.abs(candidates[:, None] - tried[None]).max(axis=2).min(axis=1)
  improvement[distance < 1e-6] = -np.inf
  return candidates[int(np.argmax(improvement))]
