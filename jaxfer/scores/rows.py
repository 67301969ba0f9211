"""Rows that were tested, under a bootstrap over the people in them."""

from __future__ import annotations

import dataclasses

import numpy as np

from jaxfer.metrics import auc, bootstrap, detection

_CHUNK = 256  # draws of an average precision at a time, for memory


@dataclasses.dataclass(frozen=True)
class Rows:
  """Rows that were tested, and how often each draw holds each of them."""

  fold: np.ndarray  # (N,) test fold of each row, from 0
  units: np.ndarray  # (N,) what is drawn: person or image of each, from 0
  # (1 + B, U) how often each draw holds each unit; the first holds each once,
  # so that it gives the values themselves.
  weights: np.ndarray

  def take(self, places: np.ndarray) -> Rows:
    """Some of the rows."""
    return Rows(self.fold[places], self.units[places], self.weights)

  def confusion(
    self, truth: np.ndarray, called: np.ndarray, classes: int
  ) -> np.ndarray:
    """Confusion matrices (1 + B, K, K) of classes (N,), or of bool."""
    by_unit = np.zeros((self.weights.shape[1], classes, classes))
    np.add.at(by_unit, (self.units, truth.astype(int), called.astype(int)), 1)
    return np.tensordot(self.weights, by_unit, 1)

  def auc(
    self, scores: np.ndarray, positive: np.ndarray
  ) -> tuple[np.ndarray, int]:
    """The AUC of one class against the rest, stratified by fold.

    Its values are (1 + B,), nan where undefined; and the number of folds that
    hold both. `scores` and `positive` are (N,).
    """
    return auc.stratified_auc(
      scores, positive, self.fold, self.units, self.weights
    )

  def average_precision(
    self, scores: np.ndarray, positive: np.ndarray
  ) -> np.ndarray:
    """Average precision (1 + B,) over folds, weighted by their positives."""
    total, positives = np.zeros((2, len(self.weights)))
    for k in np.unique(self.fold):
      own = np.flatnonzero(self.fold == k)
      truth = positive[own]
      for start in range(0, len(self.weights), _CHUNK):
        chunk = slice(start, start + _CHUNK)
        rows = self.weights[chunk][:, self.units[own]]
        value = detection.average_precision(scores[own], truth, rows)
        share = np.where(np.isfinite(value), rows @ truth, 0)
        total[chunk] += share * np.nan_to_num(value)
        positives[chunk] += share
    return np.where(positives > 0, total / np.maximum(positives, 1), np.nan)


def draw(fold: np.ndarray, who: np.ndarray, draws: int, seed: int) -> Rows:
  """Rows of so many draws of people or images, `who` (N,) by any number."""
  names, units = np.unique(who, return_inverse=True)
  drawn = bootstrap.draw_weights(len(names), draws, seed)
  return Rows(fold, units, np.concatenate([np.ones_like(drawn[:1]), drawn]))
