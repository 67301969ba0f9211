"""One-vs-one machines with loss-based decoding, on slices of one kernel."""

from __future__ import annotations

import dataclasses

import numpy as np

from jaxfer.svm import machines


@dataclasses.dataclass(frozen=True)
class OneVsOne:
  """A machine of binary learners, one for each pair of classes.

  Attributes:
    classes: number of classes K, those without training rows included.
    pairs: (P, 2) classes of each learner, the positive one first.
    rows: (n,) positions of the training rows in the kernel.
    coefficients: (n, P) dual coefficients, 0 outside a learner's two classes.
    biases: (P,).
  """

  classes: int
  pairs: np.ndarray
  rows: np.ndarray
  coefficients: np.ndarray
  biases: np.ndarray

  def margins(self, kernel: np.ndarray) -> np.ndarray:
    """Decision values (T, P), from the kernel (T, n) to the training rows."""
    return kernel @ self.coefficients + self.biases

  def scores(self, kernel: np.ndarray) -> np.ndarray:
    """Class scores: minus the mean hinge loss over a class's learners.

    The loss-based decoding of MATLAB's fitcecoc, which the paper used:
    max(0, 1 - m f) / 2 for a learner with decision value f and sign m.

    Args:
      kernel: (T, n) kernel between T rows and the training rows.

    Returns:
      (T, K); minus infinity for a class that had no training rows.

    Reference: Allwein, Schapire & Singer, JMLR 1, 2000.
    """
    margins = self.margins(kernel)
    loss = np.zeros((len(kernel), self.classes))
    learners = np.zeros(self.classes)
    for p, (positive, negative) in enumerate(self.pairs):
      loss[:, positive] += np.maximum(0, 1 - margins[:, p]) / 2
      loss[:, negative] += np.maximum(0, 1 + margins[:, p]) / 2
      learners[[positive, negative]] += 1
    with np.errstate(invalid="ignore"):
      return np.where(learners > 0, -loss / learners, -np.inf)


def fit(
  kernel: np.ndarray,
  rows: np.ndarray,
  labels: np.ndarray,
  *,
  classes: int,
  C: float,
  solve: machines.Solver,
) -> OneVsOne:
  """Trains a learner for each pair of classes.

  Args:
    kernel: (n, n) float64 kernel of the training rows.
    rows: (n,) their positions, kept for later use.
    labels: (n,) their classes, 0 … classes - 1; some may be absent.
    classes: number of classes.
    C: box constraint.
    solve: the backend.
  """
  coefficients, biases = solve(kernel, labels, C)
  return OneVsOne(
    classes=classes,
    pairs=np.array(machines.pairs_of(labels), int).reshape(-1, 2),
    rows=rows,
    coefficients=coefficients,
    biases=biases,
  )
