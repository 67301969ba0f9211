"""Class scores to probabilities, by how often such scores were right.

Temperature scaling (Guo et al., arXiv:1706.04599) divides scores by one number
before the softmax. Isotonic regression (Zadrozny & Elkan, KDD 2002) then bends
each class's probability by a rising step function. Which of the two is used
is decided by log loss on folds that neither has seen.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import logsumexp
from sklearn.isotonic import IsotonicRegression

BINS = 10
"""Of confidence, in a reliability diagram and its error."""

_RANGE = (-3.0, 3.0)  # of the temperature's decimal logarithm
KINDS = ("temperature", "isotonic")


@dataclasses.dataclass(frozen=True)
class Calibration:
  """A map from class scores to probabilities.

  Attributes:
    temperature: what scores are divided by.
    steps: of isotonic regression, for each class the probabilities at which
      its function is known, and its values there; none of temperature alone.
    floor: least probability of a class, so that no class is ruled out.
  """

  temperature: float
  steps: Sequence[Sequence[list[float]]] = ()
  floor: float = 0.0

  @property
  def kind(self) -> str:
    """One of `KINDS`."""
    return KINDS[bool(self.steps)]

  def __call__(self, scores: np.ndarray) -> np.ndarray:
    """Probabilities (N, K) of scores (N, K); rows sum to 1."""
    scaled = scores / self.temperature
    found = np.exp(scaled - logsumexp(scaled, axis=1, keepdims=True))
    if self.steps:
      found = np.stack(
        [
          np.interp(p, x, y)
          for p, (x, y) in zip(found.T, self.steps, strict=True)
        ],
        axis=1,
      )
      found = np.maximum(found, self.floor)
      found /= found.sum(1, keepdims=True)
    return found


def fit(scores: np.ndarray, labels: np.ndarray, kind: str) -> Calibration:
  """A calibration of one kind.

  Args:
    scores: (N, K) of faces that the classifier was not fitted on.
    labels: (N,) their classes.
    kind: one of `KINDS`.
  """
  cooled = Calibration(_temperature(scores, labels))
  if kind == "temperature":
    return cooled
  steps = []
  for k, p in enumerate(cooled(scores).T):
    curve = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip")
    curve.fit(p, labels == k)
    steps.append([curve.X_thresholds_.tolist(), curve.y_thresholds_.tolist()])
  floor = 1 / (len(labels) + 2)
  return dataclasses.replace(cooled, steps=steps, floor=floor)


def choose(
  scores: np.ndarray, labels: np.ndarray, fold: np.ndarray
) -> Calibration:
  """The kind with the less log loss on folds left out, fitted on all rows."""
  losses = {
    kind: log_loss(
      _left_out(
        scores, labels, fold, lambda s, y, f, kind=kind: fit(s, y, kind)
      ),
      labels,
    )
    for kind in KINDS
  }
  return fit(scores, labels, min(KINDS, key=losses.__getitem__))


def out_of_fold(
  scores: np.ndarray, labels: np.ndarray, fold: np.ndarray
) -> np.ndarray:
  """Probabilities (N, K) of each fold, its kind and numbers from the others.

  A single fold is dealt into five, row by row, for nothing to be calibrated on
  itself.
  """
  return _left_out(scores, labels, fold, choose)


def _left_out(
  scores: np.ndarray,
  labels: np.ndarray,
  fold: np.ndarray,
  fitted: Callable[[np.ndarray, np.ndarray, np.ndarray], Calibration],
) -> np.ndarray:
  if len(np.unique(fold)) == 1:  # the owner's one split: its rows are dealt
    fold = np.arange(len(fold)) % 5
  out = np.empty_like(scores)
  for k in np.unique(fold):
    own = fold == k
    rest = ~own if len(fold) > 1 else own  # of one row nothing is left out
    out[own] = fitted(scores[rest], labels[rest], fold[rest])(scores[own])
  return out


def _temperature(scores: np.ndarray, labels: np.ndarray) -> float:
  def loss(log10: float) -> float:
    scaled = scores / 10**log10
    own = scaled[np.arange(len(labels)), labels]
    whole = np.asarray(logsumexp(scaled, axis=1))
    return float(np.mean(whole - own))

  found = minimize_scalar(loss, bounds=_RANGE, method="bounded")
  return float(10**found.x)  # type: ignore[attr-defined]


def log_loss(probabilities: np.ndarray, labels: np.ndarray) -> float:
  """Mean negative logarithm of the probability given to what was so."""
  own = probabilities[np.arange(len(labels)), labels]
  return float(-np.log(np.maximum(own, 1e-12)).mean())


def reliability(
  probabilities: np.ndarray, labels: np.ndarray
) -> dict[str, Any]:
  """How often a face is named right, by the probability of the name.

  Args:
    probabilities: (N, K).
    labels: (N,).

  Returns:
    `ece`, the expected calibration error: the mean over faces of the distance
    between a bin's mean probability and its share of right names; `log_loss`;
    and `bins`, of `BINS` equally wide ones those that hold faces: `count`,
    `confidence` and `accuracy`.
  """
  sure = probabilities.max(1)
  right = probabilities.argmax(1) == labels
  place = np.minimum((sure * BINS).astype(int), BINS - 1)
  bins = [
    {
      "count": int((place == b).sum()),
      "confidence": float(sure[place == b].mean()),
      "accuracy": float(right[place == b].mean()),
    }
    for b in np.unique(place)
  ]
  off = sum(b["count"] * abs(b["confidence"] - b["accuracy"]) for b in bins)
  return {
    "ece": off / len(labels),
    "log_loss": log_loss(probabilities, labels),
    "faces": len(labels),
    "bins": bins,
  }
