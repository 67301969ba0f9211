"""Noisy curves: smoothed, and summed up at their end."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np


def moving_mean(values: np.ndarray) -> np.ndarray:
  """Centred moving mean over a fortieth of the curve; shorter at the ends.

  Args:
    values: (T,).

  Returns:
    (T,), of the same mean level: a constant stays itself.
  """
  reach = len(values) // 80
  sums = np.concatenate([[0.0], np.cumsum(values)])
  places = np.arange(len(values))
  low = np.maximum(places - reach, 0)
  high = np.minimum(places + reach + 1, len(values))
  return (sums[high] - sums[low]) / (high - low)


def last_epoch(
  losses: Mapping[str, np.ndarray], epochs: int
) -> dict[str, float]:
  """The mean of each training curve over its last epoch.

  Args:
    losses: the columns `evidence.LOSSES`, each (T,), a value for each step.
    epochs: number of epochs in the T steps.

  Returns:
    By column; of single steps none is told, since it may be an outlier. Empty
    where T is 0.
  """
  steps = -(-len(losses["step"]) // max(epochs, 1))
  if not steps:
    return {}
  return {
    name: float(np.mean(np.asarray(values, np.float64)[-steps:]))
    for name, values in losses.items()
    if name != "step"
  }
