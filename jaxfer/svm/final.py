"""The machines trained on all rows: saved with a run, used on new faces."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from jaxfer import untrusted
from jaxfer.errors import UserError
from jaxfer.svm import kernels, weights
from jaxfer.svm.multiclass import OneVsOne
from jaxfer.svm.probe import Fitted
from jaxfer.svm.streamed import Vectors
from jaxfer.svm.support import Linear, Radial
from jaxfer.svm.task import Task
from jaxfer.svm.weights import Weights

# Of a machine, its support vectors apart: 28 pairs of 250,000 of them.
_MOST_BYTES = 1 << 26


@dataclasses.dataclass(frozen=True)
class Recogniser:
  """An emotion recogniser on feature vectors."""

  emotions: tuple[str, ...]  # the classes, in the order of the scores
  support: np.ndarray  # (S, D) float32 feature vectors
  machine: OneVsOne  # over them
  gamma: float  # kernel width, 1 / squared feature distance
  C: float  # box constraint that it was fitted with

  def scores(self, features: np.ndarray) -> np.ndarray:
    """Class scores (N, K) of feature vectors (N, D) float32."""
    squared = kernels.squared_distances_between(features, self.support)
    return self.machine.scores(kernels.rbf(squared, self.gamma))


def keep(
  out: Path,
  task: Task,
  fitted: Sequence[Fitted],
  features: np.ndarray | Vectors,
  names: tuple[str, ...],
) -> list[dict[str, Any]]:
  """Saves support vector machines, of action units as weights of features.

  With dual coefficients c, scale s and centre m of the training rows' kernel, a
  linear decision value is

    sum_i c_i (x - m)·(x_i - m) / s + b = w·x + (b - w·m)

  where w = sum_i c_i x_i / s, for the coefficients sum to zero. Landmarks stand
  for the training rows where these are many.

  Args:
    out: an existing folder.
    task: the problem.
    fitted: machines of all its questions that can be learnt.
    features: (N, D) float32 what its distances were computed from.
    names: the emotions or action units.

  Returns:
    What each was given, as `search.json` has it.
  """
  if not task.units:
    [one] = fitted
    assert isinstance(one.scorer, Radial)
    C, gamma = one.records[0]["C"], one.records[0]["gamma"]
    save(out, one.scorer.machine, C, gamma, features, names)
    return one.records
  found = Weights.empty(len(names), features)
  for one in fitted:
    assert isinstance(one.scorer, Linear)
    units, own = one.questions, features[one.scorer.rows]
    found.weights[units] = one.scorer.coefficients.T @ own / one.scorer.scale
    centre = found.weights[units] @ own.mean(0, dtype=np.float64)
    found.biases[units] = one.scorer.biases - centre
    found.thresholds[units] = [own["threshold"] for own in one.records]
    found.C[units] = [own["C"] for own in one.records]
  weights.save(out, found, names)
  return [{"C": None if np.isnan(C) else C} for C in found.C.tolist()]


def save(
  out: Path,
  machine: OneVsOne,
  C: float,
  gamma: float,
  features: np.ndarray | Vectors,
  emotions: tuple[str, ...],
) -> None:
  """Writes `machine.npz` and `support.npy`, the support vectors only.

  The machine was trained on rows of `features`, (N, D) float32; C, gamma and
  emotions are as a `Recogniser` has them.
  """
  support = np.flatnonzero((machine.coefficients != 0).any(1))
  np.save(out / "support.npy", features[machine.rows[support]])
  np.savez(
    out / "machine.npz",
    emotions=np.array(emotions),
    present=machine.present,
    pairs=machine.pairs,
    coefficients=machine.coefficients[support],
    biases=machine.biases,
    C=C,
    gamma=gamma,
  )


def load(folder: Path) -> Recogniser:
  """The recogniser that `save` wrote.

  Raises:
    OSError: if a file cannot be read.
    ValueError: if one is damaged, or is no recogniser.
  """
  saved = untrusted.load_arrays(folder / "machine.npz", _MOST_BYTES)
  try:
    support = untrusted.map_array(folder / "support.npy")
    emotions = tuple(saved["emotions"].tolist())
    machine = OneVsOne(
      classes=len(emotions),
      present=saved["present"],
      pairs=saved["pairs"],
      rows=np.arange(len(support)),
      coefficients=saved["coefficients"],
      biases=saved["biases"],
    )
    gamma, C = float(saved["gamma"]), float(saved["C"])
    return Recogniser(emotions, support, machine, gamma, C)
  except (EOFError, KeyError, TypeError, ValueError) as error:
    raise UserError(f"{folder} holds no recogniser: {error}") from error
