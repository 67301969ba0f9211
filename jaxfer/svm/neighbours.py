"""k-nearest neighbours: what a representation tells without learning more.

Meant for distances between L2-normalised features, whose order is that of
cosine similarity.

Reference: Cover & Hart, IEEE Transactions on Information Theory 13, 1967.
"""

from __future__ import annotations

import numpy as np

from jaxfer.svm import kernels
from jaxfer.svm.probe import Task
from jaxfer.svm.splits import Split

_SIZES = (1, 3, 5, 9, 15)


def candidates(tested: list[Split]) -> tuple[int, ...]:
  """Numbers of neighbours worth trying: 1, 3, 5, 9, 15.

  Args:
    tested: the splits; a number above the rows of the smallest training set
      is left out.
  """
  rows = min(len(split.train) for split in tested)
  return tuple(k for k in _SIZES if k <= rows)


def score(
  task: Task, train: np.ndarray, test: np.ndarray, k: int
) -> np.ndarray:
  """Class scores: the share of a class among the k nearest training rows.

  Of classes with equal shares, the one whose nearest member is nearer scores
  higher: a class whose nearest member comes r-th (from 0) gains
  (k - r) / (k (k + 1)), which is less than one neighbour's share 1 / k. Of
  rows at equal distances the earlier in `train` is the nearer.

  Args:
    task: the problem; its distances are used as they are.
    train: (n,) positions of the training rows.
    test: (m,) positions of the rows to score.
    k: number of neighbours; all rows where there are fewer, as in a small
      tuning fold.

  Returns:
    (m, K) float64; minus infinity for a class without training rows.
  """
  k = min(k, len(train))
  labels = task.labels[train]
  rows = np.arange(len(test))
  scores = np.full((len(test), task.classes), -np.inf)
  scores[:, np.unique(labels)] = 0
  squared = kernels.block(task.distances, test, train)
  for r in range(k):
    nearest = squared.argmin(1)
    squared[rows, nearest] = np.inf
    found = labels[nearest]
    first = scores[rows, found] == 0
    scores[rows, found] += 1 / k + first * (k - r) / (k * (k + 1))
  return scores
