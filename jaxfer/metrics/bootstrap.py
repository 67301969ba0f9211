"""Confidence intervals by drawing people with replacement."""

from __future__ import annotations

import numpy as np


def draw_weights(units: int, draws: int, seed: int) -> np.ndarray:
  """How often each unit is in each draw.

  Two results over the same units and seed share their draws, which is what
  makes an interval of their difference a paired one.

  Args:
    units: number of people (or images).
    draws: number of draws.
    seed: fixes them.

  Returns:
    (draws, units) float64; each row sums to `units`.
  """
  rng = np.random.default_rng(seed)
  shares = np.full(units, 1 / units)
  return rng.multinomial(units, shares, size=draws).astype(float)


def interval(values: np.ndarray) -> list[float] | None:
  """The percentile interval that holds 95 % of bootstrap values.

  Args:
    values: (B,); draws in which the quantity was undefined are nan.

  Returns:
    [low, high], or None where no draw defined it.
  """
  values = values[np.isfinite(values)]
  if not len(values):
    return None
  low, high = np.percentile(values, [2.5, 97.5])
  return [float(low), float(high)]


def recentred(value: float, values: np.ndarray) -> list[float] | None:
  """The interval of bootstrap values, moved so that their mean is the value.

  Drawn rows repeat, which biases what depends on how many different ones there
  are, such as a Fréchet distance: the draws spread as the value would, but not
  about it.

  `values` (B,) are as `interval` takes them, and so is what is returned.
  """
  values = np.asarray(values, np.float64)
  values = values[np.isfinite(values)]
  return interval(values + (value - values.mean())) if len(values) else None
