"""Bayesian search of two positive hyper-parameters on a logarithmic scale.

A Gaussian process with a Matérn 5/2 kernel and a noise term models the
objective; the next point maximises the expected improvement. As the paper's
bayesopt: 4 seeded starting points, 30 evaluations in all.

Reference: Snoek, Larochelle & Adams, arXiv:1206.2944.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.optimize import minimize
from scipy.stats import norm, qmc
from sklearn import config_context
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel

_CANDIDATES = 1024  # points at which the expected improvement is compared
# Of points in a unit square and values of variance 1: amplitude, a length for
# each dimension, variance of the noise; where they start, and their bounds.
_LENGTHS: Any = (0.3, 0.3)
_KERNEL = ConstantKernel(1.0, (1e-2, 1e2)) * Matern(
  _LENGTHS, (5e-2, 1e1), nu=2.5
) + WhiteKernel(1e-2, (1e-6, 1e0))


@dataclasses.dataclass(frozen=True)
class Trial:
  """One evaluated point: log10 C, log10 g, and the objective there."""

  log_c: float
  log_g: float
  value: float


def minimise(
  objective: Callable[[float, float], float], svm: Any, seed: int
) -> list[Trial]:
  """Searches the square [low, high]² for a small objective.

  Args:
    objective: function of log10 C and log10 g; finite.
    svm: the config's `svm` section: the bounds of both, the number of points
      tried, and how many of them are seeded starting points.
    seed: fixes the starting and candidate points.

  Returns:
    The trials in order.
  """
  low, high = svm.log10_low, svm.log10_high
  points = qmc.LatinHypercube(2, rng=seed).random(svm.starts)
  candidates = qmc.Sobol(2, rng=seed).random(_CANDIDATES)
  trials: list[Trial] = []
  for i in range(svm.evaluations):
    seeded = i < svm.starts
    unit = points[i] if seeded else _propose(trials, candidates, low, high)
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
  with config_context(assume_finite=True, skip_parameter_validation=True):
    process = _process(tried, values)
    mean, deviation = process.predict(candidates, return_std=True)
  gain = values.min() - mean
  deviation = np.maximum(deviation, 1e-9)
  ratio = gain / deviation
  improvement = gain * norm.cdf(ratio) + deviation * norm.pdf(ratio)
  # Trying a point twice would teach nothing.
  distance = np.abs(candidates[:, None] - tried[None]).max(axis=2).min(axis=1)
  improvement[distance < 1e-6] = -np.inf
  return candidates[int(np.argmax(improvement))]


def _process(points: np.ndarray, values: np.ndarray) -> Any:
  """A Gaussian process whose parameters maximise the marginal likelihood.

  Sought here: scikit-learn's own search warns at a bound, which is no fault.
  """

  def cost(theta: np.ndarray) -> tuple[float, np.ndarray]:
    value, slope = process.log_marginal_likelihood(
      theta, eval_gradient=True, clone_kernel=False
    )
    return -value, -slope

  process: Any = GaussianProcessRegressor(_KERNEL)
  process.set_params(optimizer=None).fit(points, values)
  found = minimize(
    cost,
    _KERNEL.theta,
    jac=True,
    bounds=_KERNEL.bounds,
    method="L-BFGS-B",
    options={"maxiter": 30},
  )
  return process.set_params(kernel=_KERNEL.clone_with_theta(found.x)).fit(
    points, values
  )
