"""Area under the ROC curve, stratified by test fold.

Folds whose machines have their own C and γ score on scales that cannot be
compared. So positives are compared with the negatives of their own fold:

  AUC = sum_f U_f / sum_f n⁺_f n⁻_f

with U_f the Mann-Whitney count of fold f, ties counting half.
"""

from __future__ import annotations

import numpy as np
from sklearn.metrics import roc_curve

_CHUNK = 256  # draws at a time, for memory


def stratified_auc(
  scores: np.ndarray,
  positive: np.ndarray,
  fold: np.ndarray,
  units: np.ndarray | None = None,
  weights: np.ndarray | None = None,
) -> tuple[np.ndarray, int]:
  """The AUC of all folds together.

  Rows in the order of their scores: a positive wins against all negatives below
  it, and half against those of its own score. Counts are exact.

  Args:
    scores: (N,) of one class; minus infinity is allowed.
    positive: (N,) whether each row is of the class.
    fold: (N,) test fold of each row.
    units: (N,) the unit (person or image) of each row.
    weights: (B, U) how often each draw of a bootstrap holds each unit; or None,
      with `units`, for every row once.

  Returns:
    (B,) or (1,), nan where no pair is left; and the number of folds that hold
    both positives and negatives.
  """
  if weights is None or units is None:
    units, weights = np.zeros(len(scores), int), np.ones((1, 1))
  won, pairs = np.zeros((2, len(weights)))
  used = 0
  for k in np.unique(fold):
    own = np.flatnonzero(fold == k)
    if positive[own].all() or not positive[own].any():
      continue
    used += 1
    own = own[np.argsort(scores[own], kind="stable")]
    ranked, of_it = scores[own], positive[own]
    levels = np.flatnonzero(np.append(True, ranked[1:] != ranked[:-1]))
    for start in range(0, len(weights), _CHUNK):
      chunk = slice(start, start + _CHUNK)
      rows = weights[chunk][:, units[own]]
      high = np.add.reduceat(rows * of_it, levels, axis=1)
      low = np.add.reduceat(rows * ~of_it, levels, axis=1)
      won[chunk] += (high * (low.cumsum(axis=1) - low / 2)).sum(1)
      pairs[chunk] += high.sum(1) * low.sum(1)
  return np.where(pairs > 0, won / np.maximum(pairs, 1), np.nan), used


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
