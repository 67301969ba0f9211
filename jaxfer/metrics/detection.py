"""How well one thing is detected: from scores, or from counts, to a number.

Counts are stacks (…, 2, 2), of the classes absent (0) and present (1): row the
truth, column what was called.
"""

from __future__ import annotations

import numpy as np

from jaxfer.metrics import classification


def average_precision(
  scores: np.ndarray, positive: np.ndarray, weights: np.ndarray | None = None
) -> np.ndarray:
  """Area under the precision-recall curve, as steps.

  AP = sum_n (R_n - R_(n-1)) P_n over the distinct scores from the highest down;
  rows of equal score enter together. There is no interpolation between steps,
  which would be optimistic (Davis & Goadrich, ICML 2006).

  Args:
    scores: (n,) finite, higher where presence is more likely.
    positive: (n,) bool.
    weights: (n,), or (B, n) for B draws at once, how often each row counts; or
      None for once.

  Returns:
    float64, () or (B,); nan where positives or negatives have no weight:
    without negatives every order has the value 1, which says nothing.
  """
  if weights is None:
    weights = np.ones(len(scores))
  order = np.argsort(-scores, kind="stable")
  ranked, weights = scores[order], weights[..., order]
  last = np.ones(len(scores), bool)  # of the rows of its score
  last[:-1] = ranked[1:] != ranked[:-1]
  called = np.cumsum(weights, axis=-1)[..., last]
  found = np.cumsum(weights * positive[order], axis=-1)[..., last]
  total, rows = found[..., -1], called[..., -1]
  precision = found / np.where(called > 0, called, 1)
  steps = np.diff(found, prepend=0, axis=-1)
  value = (steps * precision).sum(axis=-1) / np.where(total > 0, total, 1)
  return np.where((total > 0) & (total < rows), value, np.nan)


def f1(counts: np.ndarray) -> np.ndarray:
  """2 TP / (2 TP + FP + FN) of counts (…, 2, 2); nan without positives."""
  return classification.f1(counts)[..., 1]


def skew_normalised_f1(counts: np.ndarray) -> np.ndarray:
  """The F1 that there would be if both classes were equally frequent.

  Negatives are reweighted to weigh as much as positives, which turns counts
  into rates:

    2 TPR / (2 TPR + FNR + FPR)

  F1 itself grows with the base rate at unchanged rates, so that values of
  rare and of common action units cannot be compared.

  Args:
    counts: (…, 2, 2).

  Returns:
    float64 (…); nan without positives or without negatives.

  Reference: Jeni, Cohn & De la Torre, ACII 2013.
  """
  specificity, found = np.moveaxis(classification.recall(counts), -1, 0)
  # 2 TPR + FNR + FPR, where FNR = 1 - TPR; never less than 1.
  return 2 * found / (1 + found + (1 - specificity))


def best_threshold(scores: np.ndarray, positive: np.ndarray) -> float:
  """The threshold of the largest F1, where scores from it on are called.

  Args:
    scores: (n,) finite.
    positive: (n,) bool.

  Returns:
    The midpoint between two neighbouring scores, or the lowest score where
    calling every row is best. Of equally good thresholds the largest. nan
    without positives.
  """
  if not positive.any():
    return float("nan")
  levels, level = np.unique(scores, return_inverse=True)
  # Of calling everything from each level up.
  called = np.bincount(level)[::-1].cumsum()[::-1]
  hits = np.bincount(level, weights=positive)[::-1].cumsum()[::-1]
  value = 2 * hits / (called + positive.sum())
  best = np.flatnonzero(value == value.max())[-1]
  if best == 0:
    return float(levels[0])
  low, high = levels[best - 1], levels[best]
  # Between neighbouring floats the midpoint rounds to one of them.
  return float(max(low / 2 + high / 2, np.nextafter(low, np.inf)))
