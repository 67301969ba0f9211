"""What a protocol's out-of-fold class scores amount to, with intervals."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from jaxfer import terms
from jaxfer.metrics import auc, bootstrap, classification
from jaxfer.scores.paired import Scored
from jaxfer.scores.rows import Rows

# Functions of the counts of a confusion matrix; the mean area is of scores.
_RATES = [name for name in terms.metrics("emotion") if name != "auc_mean"]


def score(
  scores: np.ndarray,
  labels: np.ndarray,
  rows: Rows,
  emotions: Sequence[str],
) -> Scored:
  """Scores out-of-fold class scores (N, K) of rows with true classes (N,).

  Accuracy and F1 pool all predictions; AUC compares within folds only.
  """
  counts = rows.confusion(labels, scores.argmax(1), len(emotions))
  block: dict[str, Any] = {}
  drawn: dict[str, np.ndarray] = {}
  areas, roc = {}, {}
  with warnings.catch_warnings():
    # A draw may lack every row of a class: its mean is over the others.
    warnings.filterwarnings("ignore", "Mean of empty slice", RuntimeWarning)
    for name in _RATES:
      drawn[name] = getattr(classification, name)(counts)
      block[name] = float(drawn[name][0])
    block["auc"] = {}
    for k, emotion in enumerate(emotions):
      values, of_it = scores[:, k], labels == k
      found, folds = rows.auc(values, of_it)
      areas[emotion] = found[1:]
      block["auc"][emotion] = _entry(found, of_it, folds)
      roc[emotion] = auc.stratified_roc(values, of_it, rows.fold)
    values = [entry["value"] for entry in block["auc"].values()]
    known = [value for value in values if value is not None]
    block["auc_mean"] = float(np.mean(known)) if known else None
    if not known:
      block["auc_mean_reason"] = "no emotion has an AUC"
    drawn = {name: values[1:] for name, values in drawn.items()}
    drawn["auc_mean"] = np.nanmean(np.stack([*areas.values()]), axis=0)
  for name, values in drawn.items():
    block[f"{name}_ci95"] = bootstrap.interval(values)
  every = counts[0]
  for name in ("recall", "f1"):
    values = getattr(classification, name)(every).tolist()
    # An owner's test part may lack a class: it has no share, not nan.
    known = (None if np.isnan(value) else value for value in values)
    block[name] = dict(zip(emotions, known, strict=True))
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
    absent = np.setdiff1d(np.arange(fold.max() + 1), fold[labels == k])
    if len(absent):
      numbers = ", ".join(str(f + 1) for f in absent)
      notes.append(f"{emotion} is absent from test folds {numbers}")
  return notes
