"""Linear machines as weights of features: scores, maps, and their file."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from jaxfer import untrusted
from jaxfer.errors import UserError
from jaxfer.svm.streamed import Vectors

FILE = "action_units.npz"
_MOST_BYTES = 1 << 27  # 20 action units of 1.6 million features, float32


@dataclasses.dataclass(frozen=True)
class Weights:
  """A linear machine for each action unit; nan where there is none."""

  weights: np.ndarray  # (A, D), of the dtype of the features
  biases: np.ndarray  # (A,) float64
  thresholds: np.ndarray  # (A,) float64, of the decision value
  C: np.ndarray  # (A,) float64, the box constraint each was trained with

  @classmethod
  def empty(cls, units: int, features: np.ndarray | Vectors) -> Weights:
    """No machine for any of so many action units of features (N, D)."""
    weights = np.full((units, features.shape[1]), np.nan, features.dtype)
    return cls(weights, *np.full((3, units), np.nan))

  def scores(self, features: np.ndarray) -> np.ndarray:
    """Decision values (n, A) float64 of rows (n, D), positive for present.

    Raises:
      ValueError: if D is not that of the machines.
    """
    self._refuse_other(features)
    return features.astype(np.float64) @ self.weights.T + self.biases

  def maps(self, features: np.ndarray, height: int, width: int) -> np.ndarray:
    """Where in the picture a decision value comes from.

    A decision value is a sum over positions and feature maps, plus the bias;
    this is the sum over feature maps alone.

    Args:
      features: (n, D), channels first: D = feature maps × height × width.
      height: of a feature map.
      width: of a feature map.

    Returns:
      (n, A, height, width) float64.

    Raises:
      ValueError: if D is not that of the machines, or not a multiple of
        height × width.
    """
    self._refuse_other(features)
    count, places = self.weights.shape[1], height * width
    if count % places:
      raise ValueError(
        f"{count} features are no whole number of {height}x{width} maps: give"
        " the size of the layer they came from"
      )
    x = features.astype(np.float64).reshape(len(features), -1, places)
    w = self.weights.reshape(len(self.weights), -1, places)
    out = np.einsum("ncp,acp->nap", x, w, optimize=True)
    return out.reshape(*out.shape[:2], height, width)

  def _refuse_other(self, features: np.ndarray) -> None:
    if features.shape[1] != self.weights.shape[1]:
      raise ValueError(
        f"feature vectors have {features.shape[1]} numbers, the machines'"
        f" {self.weights.shape[1]}: extract them with the network and layer"
        " that the machines were made with"
      )


def save(out: Path, weights: Weights, names: Sequence[str]) -> None:
  """Writes `action_units.npz` into a folder, with the names of the A units."""
  np.savez(out / FILE, names=np.array(names), **vars(weights))


def load(folder: Path) -> tuple[Weights, tuple[str, ...]]:
  """The machines and the names that `save` wrote.

  Raises:
    OSError: if the file cannot be read.
    ValueError: if it is damaged, or holds something else.
  """
  arrays = untrusted.load_arrays(folder / FILE, _MOST_BYTES)
  try:
    names = tuple(arrays.pop("names").tolist())
    return Weights(**arrays), names
  except (KeyError, TypeError) as error:
    raise UserError(f"{folder / FILE} holds no machines: {error}") from error
