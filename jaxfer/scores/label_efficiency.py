"""Accuracy by number of labels, with intervals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from jaxfer.metrics import bootstrap
from jaxfer.scores.rows import Rows


def curve(
  correct: np.ndarray,
  labels: Sequence[int | None],
  rows: Rows,
) -> list[dict[str, Any]]:
  """Accuracy over draws of labels and rows, for each number of labels.

  The interval is over people and not over draws of labels: it says how far
  other people would have been told alike, given these draws. `spread` says
  what the choice of labels did.

  Args:
    correct: (S, L, N) bool, rows that were tested only: whether each of N rows
      was right in each of L draws of labels. All labels are one draw,
      repeated.
    labels: (S,) labels per class; None for all.
    rows: the people in them.

  Returns:
    For each size: `labels`, `accuracy`, `ci95`, `draws` of labels, and
    `spread`, the smallest and largest accuracy of a draw.
  """
  drawn = _accuracy_draws(correct.mean(1), rows)
  return [
    {
      "labels": size,
      "accuracy": float(right.mean()),
      "ci95": bootstrap.interval(values),
      "draws": 1 if size is None else len(right),
      "spread": [float(pick(right.mean(1))) for pick in (np.min, np.max)],
    }
    for size, right, values in zip(labels, correct, drawn, strict=True)
  ]


def difference(
  correct_a: np.ndarray,
  correct_b: np.ndarray,
  labels: Sequence[int | None],
  rows: Rows,
) -> list[dict[str, Any]]:
  """Accuracy of one representation minus another's, paired by row.

  Arguments are as for `curve`, of the same rows and draws of labels.

  Returns:
    For each size: `labels`, `value`, and its `ci95`.

  Raises:
    ValueError: if the two do not have the same shape.
  """
  if correct_a.shape != correct_b.shape:
    raise ValueError(
      f"results of shapes {correct_a.shape} and {correct_b.shape} cannot be"
      " paired: run both with the same sizes and draws on the same rows"
    )
  apart = correct_a.mean(1) - correct_b.mean(1)
  drawn = _accuracy_draws(apart, rows)
  return [
    {
      "labels": size,
      "value": float(gap.mean()),
      "ci95": bootstrap.interval(values),
    }
    for size, gap, values in zip(labels, apart, drawn, strict=True)
  ]


def _accuracy_draws(values: np.ndarray, rows: Rows) -> np.ndarray:
  """Means (S, B) of row values (S, N) over the drawn units."""
  weights = rows.weights[1:]
  size = weights.shape[1]
  # By unit, and not by a matrix of rows and units, which is of all pairs.
  sums = [np.bincount(rows.units, one, size) for one in values]
  counts = np.bincount(rows.units, minlength=size).astype(float)
  return np.stack(sums) @ weights.T / (weights @ counts)
