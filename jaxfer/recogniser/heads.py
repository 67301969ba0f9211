"""What names a face by its vector: a support vector machine, or its stand-in.

Both hold the vectors that say whether a face is like any that was tested:
the support vectors, which describe people, or means over many people.
"""

from __future__ import annotations

import dataclasses
from typing import ClassVar

import jax
import jax.numpy as jnp
import numpy as np
from scipy.special import log_softmax

from jaxfer.svm import kernels
from jaxfer.svm.multiclass import OneVsOne
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

  def __post_init__(self) -> None:
    # Centring changes no distance, and keeps float32 exact enough.
    centre = self.rows.mean(axis=0, dtype=np.float64).astype(np.float32)
    for name, value in (("_centre", centre), ("_rows", self.rows - centre)):
      object.__setattr__(self, name, jnp.asarray(value))

  def distances(self, features: np.ndarray) -> np.ndarray:
    """Squared distances (N, M) from feature vectors (N, D)."""
    return np.asarray(_squared(features, self._centre, self._rows))  # type: ignore[attr-defined]


@jax.jit
def _squared(x: jax.Array, centre: jax.Array, rows: jax.Array) -> jax.Array:
  x = x - centre[None]
  products = jnp.matmul(x, rows.T, precision="highest")
  squares = jnp.sum(x * x, axis=1)[:, None] + jnp.sum(rows * rows, axis=1)[None]
  return jnp.maximum(squares - 2 * products, 0)


@dataclasses.dataclass(frozen=True)
class Machine:
  """One-vs-one support vector machines with a Gaussian kernel.

  Attributes:
    pairs: (P, 2) classes of each learner, the positive one first.
    present: the classes that have a learner.
    coefficients: (S, P) float64, of the support vectors.
    biases: (P,) float64.
    gamma: kernel width, 1 / squared distance.
    C: the box constraint it was fitted with.
  """

  kind: ClassVar[str] = "svm"
  pairs: np.ndarray
  present: np.ndarray
  coefficients: np.ndarray
  biases: np.ndarray
  gamma: float
  C: float

  def scores(
    self, features: np.ndarray, distances: np.ndarray, classes: int
  ) -> np.ndarray:
    """Class scores (N, K), by the distances (N, S) to the support vectors."""
    del features
    machine = OneVsOne(
      classes=classes,
      present=self.present,
      pairs=self.pairs,
      rows=np.arange(len(self.coefficients)),
      coefficients=self.coefficients,
      biases=self.biases,
    )
    return machine.scores(kernels.rbf(distances, self.gamma))


@dataclasses.dataclass(frozen=True)
class Linear:
  """Multinomial logistic regression, which holds no face's vector.

  Attributes:
    weights: (D, K) float32.
    biases: (K,) float64.
    present: the classes that had training rows.
    C: inverse strength of the penalty it was fitted with.
  """

  kind: ClassVar[str] = "linear"
  weights: np.ndarray
  biases: np.ndarray
  present: np.ndarray
  C: float

  def scores(
    self, features: np.ndarray, distances: np.ndarray, classes: int
  ) -> np.ndarray:
    """Log-probabilities (N, K); minus infinity without training rows."""
    del distances
    values = features.astype(np.float64) @ self.weights + self.biases
    out = np.full((len(features), classes), -np.inf)
    out[:, self.present] = log_softmax(values[:, self.present], axis=1)
    return out


Head = Machine | Linear
Units = Weights
"""Action units have a linear machine each, in either case."""
