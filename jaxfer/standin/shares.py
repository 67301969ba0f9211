"""Splitting a number of images in published proportions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def apportion(total: int, weights: Sequence[float]) -> list[int]:
  """Splits a total by largest remainders; nobody goes empty if it can be.

  Args:
    total: what is split, 0 or more.
    weights: proportions, positive.

  Returns:
    A count for each weight; their sum is the total.
  """
  exact = total * np.asarray(weights, float) / sum(weights)
  counts = np.floor(exact).astype(int)
  rest = np.argsort(counts - exact, kind="stable")[: total - counts.sum()]
  counts[rest] += 1
  while total >= len(counts) and counts.min() == 0:
    counts[counts.argmax()] -= 1
    counts[counts.argmin()] += 1
  return counts.tolist()
