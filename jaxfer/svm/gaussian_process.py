"""A Gaussian process through a few noisy values.

The kernel is c · Matérn 5/2 with a length for each dimension, plus noise. The
numbers are scikit-learn's GaussianProcessRegressor's; but that takes ten times
as long, most of it in Python, where threads that search at once wait for each
other.

Reference: Rasmussen & Williams, Gaussian Processes for Machine Learning, 2006,
algorithm 2.1 and equation 5.9.
"""

from __future__ import annotations

import dataclasses

import numpy as np
from scipy.linalg import cho_solve, cholesky, solve_triangular
from scipy.optimize import minimize

# Amplitude c, lengths in a unit square, variance of the noise.
_START = (1.0, 0.3, 0.3, 1e-2)
_BOUNDS = ((1e-2, 1e2), (5e-2, 1e1), (5e-2, 1e1), (1e-6, 1e0))
_JITTER = 1e-10  # on the diagonal, against rounding


@dataclasses.dataclass(frozen=True)
class Process:
  """A process conditioned on values.

  Attributes:
    points: (n, 2) where they were observed, in the unit square.
    parameters: (4,) amplitude, two lengths, noise variance.
    factor: (n, n) lower Cholesky factor of the values' covariance.
    weights: (n,) the covariance's inverse times the values.
  """

  points: np.ndarray
  parameters: np.ndarray
  factor: np.ndarray
  weights: np.ndarray

  def predict(self, at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean (m,) and standard deviation (m,), noise included, at (m, 2)."""
    amplitude, *lengths, noise = self.parameters
    _, _, matern = _matern(_squares(at, self.points), np.array(lengths))
    cross = amplitude * matern
    solved = solve_triangular(self.factor, cross.T, lower=True)
    variance = amplitude + noise - (solved**2).sum(0)
    return cross @ self.weights, np.sqrt(np.maximum(variance, 0))


def fit(points: np.ndarray, values: np.ndarray) -> Process:
  """A process whose parameters maximise the marginal likelihood.

  Args:
    points: (n, 2) in the unit square.
    values: (n,) of zero mean, of variance 1 or 0.
  """
  squares = _squares(points, points)
  found = minimize(
    lambda theta: negative_likelihood(np.exp(theta), squares, values),
    np.log(_START),
    jac=True,
    bounds=np.log(_BOUNDS),
    method="L-BFGS-B",
    options={"maxiter": 30},
  )
  parameters = np.exp(found.x)
  factor, weights, *_ = _condition(parameters, squares, values)
  return Process(points, parameters, factor, weights)


def negative_likelihood(
  parameters: np.ndarray, squares: np.ndarray, values: np.ndarray
) -> tuple[float, np.ndarray]:
  """Minus the log marginal likelihood and its gradient.

  Args:
    parameters: (4,) amplitude, two lengths, noise variance.
    squares: (n, n, 2) squared differences between points, by dimension.
    values: (n,).

  Returns:
    The value, and its derivatives (4,) by the logarithms of the parameters.
  """
  amplitude, noise = parameters[0], parameters[-1]
  factor, weights, scaled, decay, matern = _condition(
    parameters, squares, values
  )
  likelihood = (
    -0.5 * values @ weights
    - np.log(factor.diagonal()).sum()
    - 0.5 * len(values) * np.log(2 * np.pi)
  )
  inverse = cho_solve((factor, True), np.eye(len(values)))
  inner = np.outer(weights, weights) - inverse
  by_amplitude = amplitude * (inner * matern).sum()
  by_length = amplitude * np.einsum("ij,ijd->d", inner * decay, scaled)
  by_noise = noise * inner.trace()
  gradient = 0.5 * np.array([by_amplitude, *by_length, by_noise])
  return -likelihood, -gradient


def _condition(
  parameters: np.ndarray, squares: np.ndarray, values: np.ndarray
) -> tuple[np.ndarray, ...]:
  amplitude, *lengths, noise = parameters
  scaled, decay, matern = _matern(squares, np.array(lengths))
  covariance = amplitude * matern
  covariance.flat[:: len(values) + 1] += noise + _JITTER
  factor = cholesky(covariance, lower=True)
  weights = cho_solve((factor, True), values)
  return factor, weights, scaled, decay, matern


def _matern(
  squares: np.ndarray, lengths: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
  """Scaled squares, the kernel, and what its derivatives share.

  The kernel's derivative by the logarithm of a length is `decay` times the
  scaled squares of that dimension.
  """
  scaled = squares / lengths**2
  t = np.sqrt(5 * scaled.sum(-1))
  falling = np.exp(-t)
  return scaled, 5 / 3 * (1 + t) * falling, (1 + t + t**2 / 3) * falling


def _squares(a: np.ndarray, b: np.ndarray) -> np.ndarray:
  """Squared differences (m, n, 2), by dimension."""
  return (a[:, None] - b[None]) ** 2
