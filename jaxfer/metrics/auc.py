"""Area under the ROC curve, stratified by test fold.

Folds whose machines have their own C and γ score on scales that cannot be
compared. So positives are compared with the negatives of their own fold:

  AUC = sum_f U_f / sum_f n⁺_f n⁻_f

with U_f the Mann-Whitney count of fold f, ties counting half.
"""

from __future__ import annotations

import dataclasses

import numpy as np
from sklearn.metrics import roc_curve


@dataclasses.dataclass(frozen=True)
class PairCounts:
  """Mann-Whitney counts of one fold, by unit (person or image).

  Attributes:
    positive: (a,) units that have positives in the fold.
    negative: (b,) units that have negatives there.
    won: (a, b) pairs in which the positive scores higher, ties half.
    pairs: (a, b) all pairs.
  """

  positive: np.ndarray
  negative: np.ndarray
  won: np.ndarray
  pairs: np.ndarray


def count_pairs(
  scores: np.ndarray, positive: np.ndarray, units: np.ndarray
) -> PairCounts | None:
  """Compares the positives of one fold with its negatives.

  Args:
    scores: (n,) of one class; minus infinity is allowed.
    positive: (n,) whether each row is of the class.
    units: (n,) the unit of each row.

  Returns:
    The counts, or None where the fold lacks positives or negatives.
  """
  if positive.all() or not positive.any():
    return None
  high, low = scores[positive], scores[~positive]
  won = (high[:, None] > low[None]) + 0.5 * (high[:, None] == low[None])
  a, rows = np.unique(units[positive], return_inverse=True)
  b, columns = np.unique(units[~positive], return_inverse=True)
  by_unit = np.zeros((len(a), len(b)))
  np.add.at(by_unit, (rows[:, None], columns[None]), won)
  pairs = np.outer(np.bincount(rows), np.bincount(columns)).astype(float)
  return PairCounts(a, b, by_unit, pairs)


def stratified_auc(
  folds: list[PairCounts], weights: np.ndarray | None = None
) -> np.ndarray:
  """The AUC of all folds together.

  Args:
    folds: one entry for each fold that has positives and negatives.
    weights: (B, U) how often each draw of a bootstrap holds each unit, or
      None for every unit once.

  Returns:
    (B,) or (1,); nan where no pair is left.
  """
  won = pairs = np.zeros(1 if weights is None else len(weights))
  for fold in folds:
    if weights is None:
      won, pairs = won + fold.won.sum(), pairs + fold.pairs.sum()
      continue
    left, right = weights[:, fold.positive], weights[:, fold.negative]
    won = won + ((left @ fold.won) * right).sum(1)
    pairs = pairs + ((left @ fold.pairs) * right).sum(1)
  return np.where(pairs > 0, won / np.maximum(pairs, 1), np.nan)


def stratified_roc(
  scores: np.ndarray, positive: np.ndarray, fold: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
  """A ROC curve from ranks within folds; its area is the stratified AUC.

  The folds' curves are averaged at equal false positive rate, weighted by
  their number of pairs.

  Args:
    scores: (N,) of one class.
    positive: (N,) whether each row is of the class.
    fold: (N,) test fold of each row.

  Returns:
    False and true positive rates, (1001,) each; empty where no fold has both.
  """
  rates = np.linspace(0, 1, 1001)
  total, weight = np.zeros_like(rates), 0.0
  for k in np.unique(fold):
    here, truth = scores[fold == k], positive[fold == k]
    if truth.all() or not truth.any():
      continue
    # Scores of minus infinity are ranks like any other.
    _, ranks = np.unique(here, return_inverse=True)
    false, true, _ = roc_curve(truth, ranks)
    pairs = truth.sum() * (~truth).sum()
    total += pairs * np.interp(rates, false, true)
    weight += pairs
  if not weight:
    return np.empty(0), np.empty(0)
  curve = total / weight
  return np.concatenate([[0.0], rates]), np.concatenate([[0.0], curve])
