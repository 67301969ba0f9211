"""Accuracy by number of labels, with intervals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from jaxfer.metrics import bootstrap


def curve(
  correct: np.ndarray,
  labels: Sequence[int | None],
  units: np.ndarray,
  *,
  draws: int,
  seed: int,
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
    units: (N,) what the bootstrap draws: person or image of each row.
    draws: number of bootstrap draws.
    seed: fixes them.

  Returns:
    For each size: `labels`, `accuracy`, `ci95`, `draws` of labels, and
    `spread`, the smallest and largest accuracy of a draw.
  """
  drawn = _accuracy_draws(correct.mean(1), units, draws, seed)
  entries = []
  for size, right, values in zip(labels, correct, drawn, strict=True):
    by_draw = right.mean(1)
    entries.append(
      {
        "labels": size,
        "accuracy": float(right.mean()),
        "ci95": bootstrap.interval(values),
        "draws": 1 if size is None else len(right),
        "spread": [float(by_draw.min()), float(by_draw.max())],
      }
    )
  return entries


def difference(
  correct_a: np.ndarray,
  correct_b: np.ndarray,
  labels: Sequence[int | None],
  units: np.ndarray,
  *,
  draws: int,
  seed: int,
) -> list[dict[str, Any]]:
  """Accuracy of one representation minus another's, paired by row.

  Args:
    correct_a: (S, L, N) bool, as for `curve`.
    correct_b: (S, L, N), of the same rows and draws of labels.
    labels: (S,) labels per class; None for all.
    units: (N,) what the bootstrap draws: person or image of each row.
    draws: number of bootstrap draws.
    seed: fixes them.

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
  drawn = _accuracy_draws(apart, units, draws, seed)
  return [
    {
      "labels": size,
      "value": float(rows.mean()),
      "ci95": bootstrap.interval(values),
    }
    for size, rows, values in zip(labels, apart, drawn, strict=True)
  ]


def _accuracy_draws(
  rows: np.ndarray, units: np.ndarray, draws: int, seed: int
) -> np.ndarray:
  """Means (S, B) of row values (S, N) over the drawn units."""
  names, units = np.unique(units, return_inverse=True)
  weights = bootstrap.draw_weights(len(names), draws, seed)
  member = np.eye(len(names))[units]
  return (rows @ member) @ weights.T / (weights @ member.sum(0))
