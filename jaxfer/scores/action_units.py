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
from jaxfer.scores.paired import Scored
from jaxfer.scores.rows import Rows

METRICS = ("auc", "average_precision", "f1", "f1_tuned", "f1_skew_normalised")
"""What each action unit is given, and the mean over those that have it."""


def score(
  scores: np.ndarray,
  thresholds: np.ndarray,
  labels: np.ndarray,
  rows: Rows,
  names: Sequence[str],
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
    rows: their folds, -1 where one was never tested, and people.
    names: of the A action units, in order.

  Returns:
    The block (`aus`: an entry for each action unit, null values with the
    `reason`; the means; `folds`; `notes`), the draws of the means and of each
    AUC, and ROC curves by name.
  """
  block: dict[str, Any] = {"aus": {}}
  drawn: dict[str, list[np.ndarray]] = {name: [] for name in METRICS}
  areas, roc = {}, {}
  usable = (labels >= 0) & (rows.fold >= 0)[:, None] & np.isfinite(scores)
  for a, name in enumerate(names):
    places = np.flatnonzero(usable[:, a])
    known = rows.take(places)
    values, positive = scores[places, a], labels[places, a] == 1
    entry, own = _entry(known, values, thresholds[places, a], positive)
    block["aus"][name] = entry
    for metric, one in own.items():
      drawn[metric].append(one)
    if "auc" in own:
      areas[name] = own["auc"]
    roc[name] = auc.stratified_roc(values, positive, known.fold)
  means = {}
  for metric in METRICS:
    mean = f"{metric}_mean"
    own = [entry[metric] for entry in block["aus"].values()]
    own = [value for value in own if value is not None]
    block[mean] = float(np.mean(own)) if own else None
    if not own:
      block[f"{mean}_reason"] = "no action unit has it"
    means[mean] = _mean(drawn[metric], len(rows.weights) - 1)
    block[f"{mean}_ci95"] = bootstrap.interval(means[mean])
  block["folds"] = len(np.unique(rows.fold[rows.fold >= 0]))
  block["notes"] = _notes(labels, np.isfinite(scores), rows.fold, names)
  return Scored(block, means, areas, roc)


def _entry(
  rows: Rows,
  scores: np.ndarray,
  thresholds: np.ndarray,
  positive: np.ndarray,
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
  area, entry["folds_used"] = rows.auc(scores, positive)
  if entry["folds_used"]:
    drawn["auc"] = area
    drawn["average_precision"] = rows.average_precision(scores, positive)
  else:
    entry["reason"] = "no test fold holds both rows with it and rows without"
  at_zero = rows.confusion(positive, scores >= 0, 2)
  tuned = rows.confusion(positive, scores >= thresholds, 2)
  drawn["f1"] = detection.f1(at_zero)
  drawn["f1_tuned"] = detection.f1(tuned)
  drawn["f1_skew_normalised"] = detection.skew_normalised_f1(tuned)
  for metric, values in drawn.items():
    entry[metric] = float(values[0])
    entry[f"{metric}_ci95"] = bootstrap.interval(values[1:])
  return entry, {metric: values[1:] for metric, values in drawn.items()}


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
