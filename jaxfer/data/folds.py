"""Random folds, and folds that never divide a person."""

from __future__ import annotations

import warnings

import numpy as np
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold


def random_folds(labels: np.ndarray, folds: int, seed: int) -> np.ndarray:
  """Random stratified folds, blind to who is in the picture.

  Returns:
    (N,) test fold of each row, of (N,) classes, from 0; there are at most as
    many folds as the largest class has faces.
  """
  folds = min(folds, int(np.bincount(labels).max()))
  splitter = StratifiedKFold(folds, shuffle=True, random_state=seed)
  return _assign(splitter, labels, None)


def person_folds(
  labels: np.ndarray, people: np.ndarray, folds: int, seed: int
) -> np.ndarray:
  """Stratified folds that never divide a person, of two people or more.

  Returns:
    (N,) test fold of each row, of (N,) classes and people, from 0; none is
    empty, and there are fewer than wanted where there are fewer people.
  """
  count = len(np.unique(people))
  folds = min(folds, count, int(np.bincount(labels).max()))
  splitter = StratifiedGroupKFold(folds, shuffle=True, random_state=seed)
  assigned = _assign(splitter, labels, people)
  # Where a few people have most faces, the splitter can leave a fold empty.
  return np.unique(assigned, return_inverse=True)[1]


def merge_rare(strata: np.ndarray, folds: int) -> np.ndarray:
  """Strata of which those with fewer rows than folds are one.

  Action units combine in many ways, most of them rare; what cannot be in every
  fold is spread as a whole. Both are (N,); those returned count from 0.
  """
  _, place, counts = np.unique(strata, return_inverse=True, return_counts=True)
  rare = counts[place] < folds
  return np.unique(np.where(rare, -1, place), return_inverse=True)[1]


def _assign(
  splitter: StratifiedKFold | StratifiedGroupKFold,
  labels: np.ndarray,
  people: np.ndarray | None,
) -> np.ndarray:
  fold_of = np.empty(len(labels), int)
  with warnings.catch_warnings():
    # Classes smaller than the fold count stay in: the report lists the folds
    # that lack them.
    warnings.filterwarnings("ignore", "The least populated class")
    splits = splitter.split(labels, labels, people)
    for fold, (_, test) in enumerate(splits):
      fold_of[test] = fold
  return fold_of
