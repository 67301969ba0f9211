"""What out-of-fold decision values of action units amount to, with intervals.

An action unit that is absent from a test fold, or present in all of its rows,
has no AUC and no average precision there: such folds are left out and noted,
and never counted as 0 or 1. F1 pools the counts of all folds.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from jaxfer.metrics import auc, bootstrap, detection
from jaxfer.scores.emotions import Scored, class_auc

METRICS = ("auc", "average_precision", "f1", "f1_tuned", "f1_skew_normalised")
"""What each action unit is given, and the mean over those that have it."""

_CHUNK = 256  # draws of an average precision at a time, for memory


def score(
  scores: np.ndarray,
  thresholds: np.ndarray,
  labels: np.ndarray,
  fold: np.ndarray,
  units: np.ndarray,
  names: Sequence[str],
  *,
  draws: int,
  seed: int,
) -> Scored:
  """Scores the decision values of action units.

  An action unit's rows are those that are coded, tested, and scored. Of each:

  - `auc`: stratified by test fold.
  - `average_precision`: of each fold, averaged with the folds' numbers of
    positives as weights; folds' machines score on scales of their own.
  - `f1`: at the decision value 0. `f1_tuned`: at the thresholds chosen on
    training people. `f1_skew_normalised`: at those too.

  A mean is over the action units that have the value, in each draw likewise.

  Args:
    scores: (N, A) decision values, positive for present; nan for none.
    thresholds: (N, A) of the machines that scored the rows.
    labels: (N, A) 1 present, 0 absent, -1 not coded.
    fold: (N,) test fold of each row, -1 where it was never tested.
    units: (N,) what the bootstrap draws: person or image of each row, from 0.
    names: of the A action units, in order.
    draws: number of bootstrap draws.
    seed: fixes the draws.

  Returns:
    The block (`aus`: an entry for each action unit, null values with the
    `reason`; the means; `folds`; `notes`), the draws of the means and of each
    AUC, and ROC curves by name.
  """
  weights = bootstrap.draw_weights(units.max() + 1, draws, seed)
  block: dict[str, Any] = {"aus": {}}
  drawn: dict[str, list[np.ndarray]] = {name: [] for name in METRICS}
  areas, roc = {}, {}
  usable = (labels >= 0) & (fold >= 0)[:, None] & np.isfinite(scores)
  for a, name in enumerate(names):
    rows = np.flatnonzero(usable[:, a])
    values, positive = scores[rows, a], labels[rows, a] == 1
    entry, own = _entry(
      values, thresholds[rows, a], positive, fold[rows], units[rows], weights
    )
    block["aus"][name] = entry
    for metric, one in own.items():
      drawn[metric].append(one)
    if "auc" in own:
      areas[name] = own["auc"]
    roc[name] = auc.stratified_roc(values, positive, fold[rows])
  means = {}
  for metric in METRICS:
    mean = f"{metric}_mean"
    known = [entry[metric] for entry in block["aus"].values()]
    known = [value for value in known if value is not None]
    block[mean] = float(np.mean(known)) if known else None
    if not known:
      block[f"{mean}_reason"] = "no action unit has it"
    means[mean] = _mean(drawn[metric], draws)
    block[f"{mean}_ci95"] = bootstrap.interval(means[mean])
  block["folds"] = len(np.unique(fold[fold >= 0]))
  block["notes"] = _notes(labels, np.isfinite(scores), fold, names)
  return Scored(block, means, areas, roc)


def _entry(
  scores: np.ndarray,
  thresholds: np.ndarray,
  positive: np.ndarray,
  fold: np.ndarray,
  units: np.ndarray,
  weights: np.ndarray,
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
  """One action unit's entry and the draws of what it has."""
  n_pos, n_neg = int(positive.sum()), int((~positive).sum())
  entry: dict[str, Any] = dict.fromkeys(METRICS)
  entry |= {f"{metric}_ci95": None for metric in METRICS}
  entry |= {
    "base_rate": n_pos / len(positive) if len(positive) else None,
    "n_pos": n_pos,
    "n_neg": n_neg,
    "folds_used": 0,
  }
  if not n_pos or not n_neg:
    entry["reason"] = (
      "no row that is coded was scored"
      if not len(positive)
      else f"{'absent from' if not n_pos else 'present in'} all rows"
    )
    return entry, {}

  drawn: dict[str, np.ndarray] = {}
  found, area_draws = class_auc(scores, positive, fold, units, weights)
  entry["folds_used"] = found["folds_used"]
  # The draw that holds everything once gives the values themselves.
  weights = np.concatenate([np.ones((1, weights.shape[1])), weights])
  if found["value"] is None:
    entry["reason"] = "no test fold holds both rows with it and rows without"
  else:
    drawn["auc"] = np.concatenate([[found["value"]], area_draws])
    drawn["average_precision"] = _precision(
      scores, positive, fold, units, weights
    )
  at_zero = _counts(positive, scores >= 0, units, weights)
  tuned = _counts(positive, scores >= thresholds, units, weights)
  drawn["f1"] = detection.f1(at_zero)
  drawn["f1_tuned"] = detection.f1(tuned)
  drawn["f1_skew_normalised"] = detection.skew_normalised_f1(tuned)
  for metric, values in drawn.items():
    entry[metric] = float(values[0])
    entry[f"{metric}_ci95"] = bootstrap.interval(values[1:])
  return entry, {metric: values[1:] for metric, values in drawn.items()}


def _precision(
  scores: np.ndarray,
  positive: np.ndarray,
  fold: np.ndarray,
  units: np.ndarray,
  weights: np.ndarray,
) -> np.ndarray:
  """Average precision (B,) over the folds, weighted by their positives."""
  total, positives = np.zeros((2, len(weights)))
  for k in np.unique(fold):
    own = np.flatnonzero(fold == k)
    truth = positive[own]
    for start in range(0, len(weights), _CHUNK):
      chunk = slice(start, start + _CHUNK)
      rows = weights[chunk][:, units[own]]
      value = detection.average_precision(scores[own], truth, rows)
      share = np.where(np.isfinite(value), rows @ truth, 0)
      total[chunk] += share * np.nan_to_num(value)
      positives[chunk] += share
  return np.where(positives > 0, total / np.maximum(positives, 1), np.nan)


def _counts(
  positive: np.ndarray,
  called: np.ndarray,
  units: np.ndarray,
  weights: np.ndarray,
) -> np.ndarray:
  """Confusion matrices (B, 2, 2) of the draws."""
  by_unit = np.zeros((weights.shape[1], 2, 2))
  np.add.at(by_unit, (units, positive.astype(int), called.astype(int)), 1)
  return np.tensordot(weights, by_unit, 1)


def _mean(drawn: list[np.ndarray], draws: int) -> np.ndarray:
  """The mean over action units within each draw, (B,)."""
  if not drawn:
    return np.full(draws, np.nan)
  with warnings.catch_warnings():
    # A draw may lack every action unit: it is left out of the interval.
    warnings.filterwarnings("ignore", "Mean of empty slice", RuntimeWarning)
    return np.nanmean(np.stack(drawn), axis=0)


def _notes(
  labels: np.ndarray,
  scored: np.ndarray,
  fold: np.ndarray,
  names: Sequence[str],
) -> list[str]:
  """Which action unit is undefined in which test folds, and why."""
  notes = []
  for a, name in enumerate(names):
    folds: dict[str, list[str]] = {
      "is not coded in": [],
      "has no machine for": [],
      "is absent from": [],
      "is always present in": [],
    }
    for k in np.unique(fold[fold >= 0]):
      own = (fold == k) & (labels[:, a] >= 0)
      present = labels[own & scored[:, a], a] == 1
      number = str(k + 1)
      if not own.any():
        folds["is not coded in"].append(number)
      elif not len(present):
        folds["has no machine for"].append(number)
      elif not present.any():
        folds["is absent from"].append(number)
      elif present.all():
        folds["is always present in"].append(number)
    notes += [
      f"{name} {what} test folds {', '.join(numbers)}"
      for what, numbers in folds.items()
      if numbers
    ]
  return notes
