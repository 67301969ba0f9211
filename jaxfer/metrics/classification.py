"""Accuracy and its relatives, from confusion matrices.

Every function takes a stack (…, K, K) of confusion counts, rows the true
classes, so that a bootstrap is one call.
"""

from __future__ import annotations

import numpy as np


def accuracy(counts: np.ndarray) -> np.ndarray:
  """Share of rows predicted right, (…)."""
  right = np.trace(counts, axis1=-2, axis2=-1)
  return _ratio(right, counts.sum((-2, -1)))


def recall(counts: np.ndarray) -> np.ndarray:
  """Share of each true class predicted right, (…, K); nan where it is empty."""
  right = np.diagonal(counts, axis1=-2, axis2=-1)
  return _ratio(right, counts.sum(-1))


def f1(counts: np.ndarray) -> np.ndarray:
  """2 TP / (2 TP + FP + FN) of each class, (…, K); nan for an empty class."""
  right = np.diagonal(counts, axis1=-2, axis2=-1)
  true, predicted = counts.sum(-1), counts.sum(-2)
  scores = _ratio(2 * right, true + predicted)
  return np.where(true > 0, scores, np.nan)


def balanced_accuracy(counts: np.ndarray) -> np.ndarray:
  """Mean recall over the classes that occur, (…)."""
  return np.nanmean(recall(counts), axis=-1)


def macro_f1(counts: np.ndarray) -> np.ndarray:
  """Mean F1 over the classes that occur, (…)."""
  return np.nanmean(f1(counts), axis=-1)


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
  return np.where(whole > 0, part / np.maximum(whole, 1), np.nan)
