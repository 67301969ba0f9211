"""Linear machines on few coordinates, many at once, in the primal.

A quasi-Newton method, in variables scaled by the curvature of each machine's
loss along each coordinate. Coordinates that are uncorrelated make that scaling
a good one, and some tens of steps enough.

Reference: Chapelle, Neural Computation 19(5), 2007, for the squared hinge in
the primal; Liu & Nocedal, Mathematical Programming 45, 1989, for L-BFGS.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from scipy.optimize import minimize
from scipy.special import log_softmax

_TOLERANCE = 1e-4  # relative decrease of the objective in a step
_STEPS = 50  # large C takes more, and names as many faces right with these,
_ON_PATH = 15  # and among several values of C, where one starts from another
_INACTIVE = 0.05  # what a row counts that has its margin: it may lose it


@dataclasses.dataclass(frozen=True)
class Group:
  """Rows that the same machines learn from."""

  rows: slice  # of the coordinates
  machines: np.ndarray  # (q,) those that learn from them
  # float32, 1 or -1, the side of a row; (q, n), or (q, 1) where all of them are
  # on one.
  signs: np.ndarray


def hinges(
  placed: np.ndarray,
  groups: Sequence[Group],
  machines: int,
  values: Sequence[float],
) -> Iterator[np.ndarray]:
  """Machines of the squared hinge, sum(w²)/2 + C sum(max(0, 1 - y f)²).

  Args:
    placed: (n, R) float32 coordinates, centred and uncorrelated.
    groups: who learns from which rows.
    machines: their number P.
    values: of C, ascending; each starts from the solution of the one before.

  Yields:
    For each C the weights of coordinates, and last the bias: (P, R + 1).
  """
  placed = np.ascontiguousarray(placed)
  across = np.ascontiguousarray(placed.T)

  def short(group: Group, weights: np.ndarray) -> np.ndarray:
    """How far rows are below their margin, (q, n)."""
    own = weights[group.machines]
    found = own[:, :-1] @ across[:, group.rows]
    found += own[:, -1:]
    found *= -group.signs
    found += 1
    return np.maximum(found, 0, out=found)

  start = np.zeros((machines, placed.shape[1] + 1))
  steps = _STEPS if len(values) == 1 else _ON_PATH
  for C in values:
    curvature = np.zeros_like(start)
    for group in groups:
      lacks = short(group, start.astype(np.float32)) > 0
      active = np.maximum(lacks, np.float32(_INACTIVE))
      rows = placed[group.rows]
      curvature[group.machines, :-1] += 2 * C * (active @ (rows * rows))
      curvature[group.machines, -1] += 2 * C * active.sum(1)

    def loss(weights: np.ndarray, C: float = C) -> tuple[float, np.ndarray]:
      total, slope = 0.0, np.zeros_like(weights)
      for group in groups:
        lack = short(group, weights)
        total += C * float(np.einsum("ij,ij->", lack, lack))
        lack *= np.float32(-2 * C) * group.signs
        slope[group.machines, :-1] += lack @ placed[group.rows]
        slope[group.machines, -1] += lack.sum(1)
      return total, slope

    start = _least(loss, start, curvature, steps)
    yield start


def softmax(
  placed: np.ndarray, labels: np.ndarray, classes: int, C: float
) -> np.ndarray:
  """Multinomial logistic regression, sum(w²)/2 - C sum(log p).

  Args:
    placed: (n, R) float32 coordinates, centred and uncorrelated.
    labels: (n,) classes, 0 … classes - 1.
    classes: their number K.
    C: inverse strength of the penalty.

  Returns:
    The weights of coordinates, and last the bias: (K, R + 1).
  """
  told = np.eye(classes, dtype=np.float32)[:, labels]
  across = np.ascontiguousarray(placed.T)

  def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
    said = log_softmax(weights[:, :-1] @ across + weights[:, -1:], axis=0)
    total = -C * float(said[told > 0].sum(dtype=np.float64))
    error = np.float32(C) * (np.exp(said) - told)
    return total, np.append(error @ placed, error.sum(1)[:, None], axis=1)

  start = np.zeros((classes, placed.shape[1] + 1))
  squares = np.append((placed**2).sum(0), len(placed))
  return _least(loss, start, np.tile(C / 4 * squares, (classes, 1)))


def _least(
  loss: Callable[[np.ndarray], tuple[float, np.ndarray]],
  start: np.ndarray,
  curvature: np.ndarray,
  steps: int = _STEPS,
) -> np.ndarray:
  """Weights, and last biases, of the least penalty and loss.

  Args:
    loss: of float32 weights (P, R + 1), with its gradient.
    start: (P, R + 1) weights to start from.
    curvature: (P, R + 1) of the loss along each of them.
    steps: at most.
  """
  unit = np.maximum(curvature, 1e-12)
  unit[:, :-1] += 1
  unit **= -0.5

  def cost(flat: np.ndarray) -> tuple[float, np.ndarray]:
    weights = flat.reshape(start.shape) * unit
    total, slope = loss(weights.astype(np.float32))
    slope = slope.astype(np.float64)
    slope[:, :-1] += weights[:, :-1]
    total += float((weights[:, :-1] ** 2).sum()) / 2
    return total, (slope * unit).ravel()

  if not start.size:
    return start
  found = minimize(
    cost,
    (start / unit).ravel(),
    jac=True,
    method="L-BFGS-B",
    options={"maxiter": steps, "ftol": _TOLERANCE, "gtol": 0.0},
  )
  return found.x.reshape(start.shape) * unit
