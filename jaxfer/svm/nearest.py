"""k-nearest neighbours: what a representation tells without learning more.

Meant for distances between L2-normalised features, whose order is that of
cosine similarity.

Reference: Cover & Hart, IEEE Transactions on Information Theory 13, 1967.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from jaxfer.svm import kernels
from jaxfer.svm.task import Head, Scorer

_SIZES = (1, 3, 5, 9, 15)


class Nearest(Head):
  """Votes of the nearest rows; a candidate is their number."""

  title = "k-NN"
  words = "the votes of the nearest faces, by cosine similarity"
  few = 1

  @staticmethod
  def candidates(
    svm: Any, *, units: bool, papers: bool, rows: int
  ) -> Sequence[int]:
    """1, 3, 5, 9, 15; without those above the rows of a training set."""
    del svm, units, papers
    return tuple(k for k in _SIZES if k <= rows)

  def _fit(
    self, space: Any, rows: np.ndarray, labels: np.ndarray, value: int
  ) -> Scorer:
    """Scores are the share of a class among the k nearest training rows.

    Of classes with equal shares, the one whose nearest member is nearer scores
    higher: a class whose nearest member comes r-th (from 0) gains
    (k - r) / (k (k + 1)), which is less than one neighbour's share 1 / k. Of
    rows at equal distances the earlier in `rows` is the nearer. Where there are
    fewer than k, as in a small tuning fold, all vote.
    """
    k = min(value, len(rows))

    def score(tested: np.ndarray) -> np.ndarray:
      places = np.arange(len(tested))
      scores = np.full((len(tested), self._classes), -np.inf)
      scores[:, np.unique(labels)] = 0
      squared = kernels.block(self.task.distances, tested, rows)
      for r in range(k):
        nearest = squared.argmin(1)
        squared[places, nearest] = np.inf
        found = labels[nearest]
        first = scores[places, found] == 0
        scores[places, found] += 1 / k + first * (k - r) / (k * (k + 1))
      return scores

    return score
