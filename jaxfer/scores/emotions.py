"""What a protocol's out-of-fold class scores amount to, with intervals."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from jaxfer.metrics import auc, bootstrap, classification
from jaxfer.scores.paired import Scored
from jaxfer.scores.rows import Rows

_RATES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
  "accuracy": classification.accuracy,
  "balanced_accuracy": classification.balanced_accuracy,
  "macro_f1": classification.macro_f1,
}


def score(
  scores: np.ndarray,
  labels: np.ndarray,
  rows: Rows,
  emotions: Sequence[str],
) -> Scored:
  """Scores out-of-fold class scores.

  Accuracy and F1 pool all predictions; AUC compares within folds only.

  Args:
    scores: (N, K) class scores.
    labels: (N,) true classes.
    rows: their folds and people.
    emotions: names of the K classes.
  """
  counts = rows.confusion(labels, scores.argmax(1), len(emotions))
  block: dict[str, Any] = {}
  drawn: dict[str, np.ndarray] = {}
  areas, roc = {}, {}
  with warnings.catch_warnings():
    # A draw may lack every row of a class: its mean is over the others.
    warnings.filterwarnings("ignore", "Mean of empty slice", RuntimeWarning)
    for name, rate in _RATES.items():
      drawn[name] = rate(counts)
      block[name] = float(drawn[name][0])
    block["auc"] = {}
    for k, emotion in enumerate(emotions):
      values, of_it = scores[:, k], labels == k
      found, folds = rows.auc(values, of_it)
      areas[emotion] = found[1:]
      block["auc"][emotion] = _entry(found, of_it, folds)
      roc[emotion] = auc.stratified_roc(values, of_it, rows.fold)
    known = [
      e["value"] for e in block["auc"].values() if e["value"] is not None
    ]
    block["auc_mean"] = float(np.mean(known)) if known else None
    if not known:
      block["auc_mean_reason"] = "no emotion has an AUC"
    drawn = {name: values[1:] for name, values in drawn.items()}
    drawn["auc_mean"] = np.nanmean(np.stack([*areas.values()]), axis=0)
  for name, values in drawn.items():
    block[f"{name}_ci95"] = bootstrap.interval(values)
  every = counts[0]
  for name, of in (
    ("recall", classification.recall),
    ("f1", classification.f1),
  ):
    block[name] = dict(zip(emotions, of(every).tolist(), strict=True))
  block["confusion"] = {
    "classes": list(emotions),
    "counts": every.astype(int).tolist(),
  }
  block["folds"] = int(rows.fold.max()) + 1
  block["notes"] = _absences(labels, rows.fold, emotions)
  return Scored(block, drawn, areas, roc)


def _entry(
  found: np.ndarray, positive: np.ndarray, folds: int
) -> dict[str, Any]:
  """An emotion's AUC, or why it has none, and what it is of."""
  entry: dict[str, Any] = {
    "value": float(found[0]) if folds else None,
    "n_pos": int(positive.sum()),
    "n_neg": int((~positive).sum()),
    "folds_used": folds,
  }
  if not folds:
    return entry | {"reason": "no test fold holds both this emotion and others"}
  return entry | {"ci95": bootstrap.interval(found[1:])}


def _absences(
  labels: np.ndarray, fold: np.ndarray, emotions: Sequence[str]
) -> list[str]:
  notes = []
  for k, emotion in enumerate(emotions):
    absent = [
      str(f + 1)
      for f in range(fold.max() + 1)
      if not ((fold == f) & (labels == k)).any()
    ]
    if absent:
      notes.append(f"{emotion} is absent from test folds {', '.join(absent)}")
  return notes
