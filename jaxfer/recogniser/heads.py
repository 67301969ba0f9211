"""What names a face by its vector: emotions, or action units.

Beside either lie the vectors that say whether a face is like any that was
tested: support vectors, which describe people, or means over many people.
"""

from __future__ import annotations

import dataclasses
import functools
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from scipy.special import log_softmax

from jaxfer.metrics.calibration import Calibration
from jaxfer.recogniser.formats import Columns
from jaxfer.svm import kernels
from jaxfer.svm.final import Recogniser
from jaxfer.svm.weights import Weights


@dataclasses.dataclass(frozen=True)
class Centres:
  """Vectors that a familiar face is near to.

  Attributes:
    rows: (M, D) float32.
    limit: squared distance to the nearest one within which a face is familiar.
  """

  rows: np.ndarray
  limit: float

  @functools.cached_property
  def _centred(self) -> tuple[jax.Array, jax.Array]:
    # Centring changes no distance, and keeps float32 exact enough.
    centre = self.rows.mean(axis=0, dtype=np.float64).astype(np.float32)
    return jnp.asarray(centre), jnp.asarray(self.rows - centre)

  def distances(self, features: np.ndarray) -> jax.Array:
    """Squared distances (N, M) from feature vectors (N, D)."""
    return _squared(features, *self._centred)


@jax.jit
def _squared(x: jax.Array, centre: jax.Array, rows: jax.Array) -> jax.Array:
  """As `svm.kernels` has them, of rows that are centred once and stay."""
  x = x - centre[None]
  products = jnp.matmul(x, rows.T, precision="highest")
  squares = jnp.sum(x * x, axis=1)[:, None] + jnp.sum(rows * rows, axis=1)[None]
  return jnp.maximum(squares - 2 * products, 0)


@dataclasses.dataclass(frozen=True)
class Linear:
  """Multinomial logistic regression, which holds no face's vector.

  Attributes:
    weights: (D, K) float32.
    biases: (K,) float64.
    present: the classes that had training rows.
    C: inverse strength of the penalty it was fitted with.
  """

  weights: np.ndarray
  biases: np.ndarray
  present: np.ndarray
  C: float

  def scores(self, features: np.ndarray) -> np.ndarray:
    """Log-probabilities (N, K); minus infinity without training rows."""
    values = features.astype(np.float64) @ self.weights + self.biases
    out = np.full(values.shape, -np.inf)
    out[:, self.present] = log_softmax(values[:, self.present], axis=1)
    return out


@dataclasses.dataclass(frozen=True)
class Emotions:
  """Vectors to emotions.

  Attributes:
    names: the classes, in order.
    classifier: a support vector machine, or its stand-in.
    calibration: class scores to probabilities.
  """

  names: tuple[str, ...]
  classifier: Recogniser | Linear
  calibration: Calibration

  @property
  def kind(self) -> str:
    """The classifier's: `svm`, or `linear`."""
    return "linear" if isinstance(self.classifier, Linear) else "svm"

  @property
  def columns(self) -> Columns:
    """What rows say."""
    return Columns(self.names, ())

  def scores(self, features: np.ndarray, distances: np.ndarray) -> np.ndarray:
    """Class scores (N, K).

    Args:
      features: (N, D) float32.
      distances: (N, M) squared, to the support vectors.
    """
    own = self.classifier
    if isinstance(own, Linear):
      return own.scores(features)
    return own.machine.scores(kernels.rbf(distances, own.gamma))

  def say(self, scores: np.ndarray) -> list[dict[str, Any]]:
    """Fields of each face's `rows.Row`."""
    return [
      {
        "emotion": self.names[best],
        "probabilities": dict(zip(self.names, values, strict=True)),
      }
      for best, values in zip(
        scores.argmax(1), self.calibration(scores).tolist(), strict=True
      )
    ]


@dataclasses.dataclass(frozen=True)
class Units:
  """Vectors to action units, each by a linear machine of its own.

  Attributes:
    names: the units as `AU12`, in order.
    machines: their weights; a unit without a machine has no column.
  """

  names: tuple[str, ...]
  machines: Weights
  kind = "linear"

  @property
  def _fitted(self) -> list[int]:
    return np.flatnonzero(np.isfinite(self.machines.biases)).tolist()

  @property
  def columns(self) -> Columns:
    """What rows say."""
    return Columns((), tuple(self.names[k] for k in self._fitted))

  def scores(self, features: np.ndarray, distances: np.ndarray) -> np.ndarray:
    """Decision values (N, A)."""
    del distances
    return self.machines.scores(features)

  def say(self, scores: np.ndarray) -> list[dict[str, Any]]:
    """Fields of each face's `rows.Row`."""
    names, own = self.columns.units, self._fitted
    present = (scores > self.machines.thresholds)[:, own]
    return [
      {
        "units": dict(zip(names, there, strict=True)),
        "unit_scores": dict(zip(names, values, strict=True)),
      }
      for there, values in zip(
        present.tolist(), scores[:, own].tolist(), strict=True
      )
    ]


Head = Emotions | Units
