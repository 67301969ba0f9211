"""The machine trained on all rows: saved with a run, used on new faces."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np

from jaxfer import untrusted
from jaxfer.errors import UserError
from jaxfer.svm import kernels
from jaxfer.svm.multiclass import OneVsOne
from jaxfer.svm.probe import Tuned

# Of a machine, its support vectors apart: 28 pairs of 250,000 of them.
_MOST_BYTES = 1 << 26


@dataclasses.dataclass(frozen=True)
class Recogniser:
  """An emotion recogniser on feature vectors.

  Attributes:
    emotions: the classes, in the order of the scores.
    support: (S, D) float32 feature vectors of the support vectors.
    machine: the binary learners over them.
    gamma: kernel width, 1 / squared feature distance.
    C: box constraint that it was fitted with.
  """

  emotions: tuple[str, ...]
  support: np.ndarray
  machine: OneVsOne
  gamma: float
  C: float

  def scores(self, features: np.ndarray) -> np.ndarray:
    """Class scores (N, K) of feature vectors (N, D) float32."""
    squared = kernels.squared_distances_between(features, self.support)
    return self.machine.scores(kernels.rbf(squared, self.gamma))


def save(
  out: Path,
  machine: OneVsOne,
  tuned: Tuned,
  features: np.ndarray,
  emotions: tuple[str, ...],
) -> None:
  """Writes `machine.npz` and `support.npy`, the support vectors only.

  Args:
    out: an existing folder.
    machine: trained on all rows of `features`.
    tuned: what it was trained with.
    features: (N, D) float32.
    emotions: names of the classes.
  """
  support = np.flatnonzero((machine.coefficients != 0).any(1))
  np.save(out / "support.npy", features[support])
  np.savez(
    out / "machine.npz",
    emotions=np.array(emotions),
    present=machine.present,
    pairs=machine.pairs,
    coefficients=machine.coefficients[support],
    biases=machine.biases,
    C=tuned.C,
    gamma=tuned.gamma,
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
