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
from jaxfer.svm.task import Head, Jobs, Scorer

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

  def fit(self, space: Any, rows: np.ndarray, jobs: Jobs) -> Scorer:
    """Votes of each size, of the same neighbours.

    Scores are the share of a class among the k nearest training rows. Of
    classes with equal shares, the one whose nearest member is nearer scores
    higher: a class whose nearest member comes r-th (from 0) gains
    (k - r) / (k (k + 1)), which is less than one neighbour's share 1 / k. Of
    rows at equal distances the earlier in `rows` is the nearer. Where there are
    fewer than k, as in a small tuning fold, all vote.
    """
    told = [self.task.labels[rows, question] for question, _ in jobs]
    sizes = [min(value, len(rows)) for _, value in jobs]

    def score(tested: np.ndarray) -> np.ndarray:
      near = kernels.nearest(self.task.distances, tested, rows, max(sizes))
      scores = np.stack(
        [
          self._votes(labels, near[:, :k])
          for labels, k in zip(told, sizes, strict=True)
        ],
        axis=1,
      )
      return self._answers(scores)

    return score

  def _votes(self, labels: np.ndarray, near: np.ndarray) -> np.ndarray:
    """Class scores (m, K) by the labels (n,) of the nearest rows (m, k)."""
    count, k = near.shape
    places = np.arange(count)
    scores = np.full((count, self._classes), -np.inf)
    scores[:, np.unique(labels)] = 0
    for r in range(k):
      found = labels[near[:, r]]
      first = scores[places, found] == 0
      scores[places, found] += 1 / k + first * (k - r) / (k * (k + 1))
    return scores
