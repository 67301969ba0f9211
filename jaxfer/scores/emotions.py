"""What a protocol's out-of-fold class scores amount to, with intervals."""

from __future__ import annotations

import dataclasses
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from jaxfer.metrics import auc, bootstrap, classification

_RATES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
  "accuracy": classification.accuracy,
  "balanced_accuracy": classification.balanced_accuracy,
  "macro_f1": classification.macro_f1,
}


@dataclasses.dataclass(frozen=True)
class Scored:
  """One protocol's results and the bootstrap draws behind their intervals.

  Attributes:
    block: the entry of results.json.
    draws: by metric, its value in each bootstrap draw, (B,); two results over
      the same rows share their draws, so that differences are paired.
    areas: by emotion or action unit, its AUC in each draw, (B,); those that
      have one.
    roc: by emotion, false and true positive rates.
  """

  block: dict[str, Any]
  draws: dict[str, np.ndarray]
  areas: dict[str, np.ndarray]
  roc: dict[str, tuple[np.ndarray, np.ndarray]]


def score(
  scores: np.ndarray,
  labels: np.ndarray,
  fold: np.ndarray,
  units: np.ndarray,
  emotions: Sequence[str],
  *,
  draws: int,
  seed: int,
) -> Scored:
  """Scores out-of-fold class scores.

  Accuracy and F1 pool all predictions; AUC compares within folds only.

  Args:
    scores: (N, K) class scores.
    labels: (N,) true classes.
    fold: (N,) test fold of each row.
    units: (N,) what the bootstrap draws: person or image of each row.
    emotions: names of the K classes.
    draws: number of bootstrap draws.
    seed: fixes the draws.
  """
  classes = len(emotions)
  predicted = scores.argmax(1)
  counts = classification.confusion(labels, predicted, classes)
  weights = bootstrap.draw_weights(units.max() + 1, draws, seed)
  drawn_counts = _confusion_draws(labels, predicted, units, classes, weights)

  block: dict[str, Any] = {}
  drawn: dict[str, np.ndarray] = {}
  with warnings.catch_warnings():
    # A draw may lack every row of a class: its mean is over the others.
    warnings.filterwarnings("ignore", "Mean of empty slice", RuntimeWarning)
    for name, rate in _RATES.items():
      block[name] = float(rate(counts))
      drawn[name] = rate(drawn_counts)
    block["auc"], areas, roc = {}, {}, {}
    for k, emotion in enumerate(emotions):
      block["auc"][emotion], areas[emotion] = class_auc(
        scores[:, k], labels == k, fold, units, weights
      )
      roc[emotion] = auc.stratified_roc(scores[:, k], labels == k, fold)
    known = [
      e["value"] for e in block["auc"].values() if e["value"] is not None
    ]
    block["auc_mean"] = float(np.mean(known)) if known else None
    if not known:
      block["auc_mean_reason"] = "no emotion has an AUC"
    drawn["auc_mean"] = np.nanmean(np.stack([*areas.values()]), axis=0)
  for name, values_drawn in drawn.items():
    block[f"{name}_ci95"] = bootstrap.interval(values_drawn)
  recall, f1 = classification.recall(counts), classification.f1(counts)
  block["recall"] = dict(zip(emotions, recall.tolist(), strict=True))
  block["f1"] = dict(zip(emotions, f1.tolist(), strict=True))
  block["confusion"] = {"classes": list(emotions), "counts": counts.tolist()}
  block["folds"] = int(fold.max()) + 1
  block["notes"] = _absences(labels, fold, emotions)
  return Scored(block, drawn, areas, roc)


def difference(a: Scored, b: Scored) -> dict[str, Any]:
  """Metric by metric, a minus b with the paired interval."""
  return {
    name: {"value": gap["value"], "ci95": gap["ci95"]}
    for name, gap in mean_difference([(a, b)]).items()
  }


def mean_difference(
  pairs: Sequence[tuple[Scored, Scored]],
) -> dict[str, Any]:
  """Metric by metric, the mean over pairs of the first minus the second.

  Args:
    pairs: results over the same rows, such as one pair for each seed; all
      share their draws.

  Returns:
    By metric that all results have: the `value`, the paired `ci95`, which takes
    the mean over pairs within each draw, and the difference `by_seed`, in the
    order of the pairs.
  """
  out = {}
  for name in pairs[0][0].draws:
    if any(one.block[name] is None for pair in pairs for one in pair):
      continue
    values = [a.block[name] - b.block[name] for a, b in pairs]
    draws = np.mean([a.draws[name] - b.draws[name] for a, b in pairs], axis=0)
    out[name] = {
      "value": float(np.mean(values)),
      "ci95": bootstrap.interval(draws),
      "by_seed": values,
    }
  return out


def area_differences(a: Scored, b: Scored) -> dict[str, Any]:
  """Label by label, the AUC of a minus that of b with the paired interval."""

  def value(scored: Scored, label: str) -> float | None:
    if "aus" in scored.block:
      return scored.block["aus"][label]["auc"]
    return scored.block["auc"][label]["value"]

  out = {}
  for label in a.areas.keys() & b.areas.keys():
    one, other = value(a, label), value(b, label)
    if one is not None and other is not None:
      out[label] = {
        "value": one - other,
        "ci95": bootstrap.interval(a.areas[label] - b.areas[label]),
      }
  return {label: out[label] for label in a.areas if label in out}


def _confusion_draws(
  labels: np.ndarray,
  predicted: np.ndarray,
  units: np.ndarray,
  classes: int,
  weights: np.ndarray,
) -> np.ndarray:
  """Confusion matrices (B, K, K) of the bootstrap draws."""
  by_unit = np.zeros((weights.shape[1], classes, classes))
  np.add.at(by_unit, (units, labels, predicted), 1)
  flat = weights @ by_unit.reshape(len(by_unit), -1)
  return flat.reshape(-1, classes, classes)


def class_auc(
  scores: np.ndarray,
  positive: np.ndarray,
  fold: np.ndarray,
  units: np.ndarray,
  weights: np.ndarray,
) -> tuple[dict[str, Any], np.ndarray]:
  """The AUC of one class against the rest, stratified by fold.

  Args:
    scores: (N,) of the class.
    positive: (N,) whether each row is of the class.
    fold: (N,) test fold of each row, from 0.
    units: (N,) the unit of each row.
    weights: (B, U) how often each draw holds each unit.

  Returns:
    An entry of results.json, value, ci95 and counts, or a null value with the
    reason; and the AUC in each draw, (B,), nan where undefined.
  """
  found = [
    auc.count_wins(scores[fold == k], positive[fold == k], units[fold == k])
    for k in range(fold.max() + 1)
  ]
  used = [wins for wins in found if wins is not None]
  entry: dict[str, Any] = {
    "value": None,
    "n_pos": int(positive.sum()),
    "n_neg": int((~positive).sum()),
    "folds_used": len(used),
  }
  if not used:
    entry["reason"] = "no test fold holds both this emotion and others"
    return entry, np.full(len(weights), np.nan)
  drawn = auc.stratified_auc(used, weights)
  entry["value"] = float(auc.stratified_auc(used)[0])
  entry["ci95"] = bootstrap.interval(drawn)
  return entry, drawn


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
