"""One-vs-one machines that vote, on slices of one kernel."""

from __future__ import annotations

import dataclasses

import numpy as np

from jaxfer.svm import machines


@dataclasses.dataclass(frozen=True)
class OneVsOne:
  """A machine of binary learners, one for each pair of classes."""

  classes: int  # their number K, those without training rows included
  present: np.ndarray  # the classes that had training rows
  pairs: np.ndarray  # (P, 2) classes of each learner, the positive one first
  rows: np.ndarray  # (n,) positions of the training rows in the kernel
  # (n, P) dual coefficients, 0 outside a learner's two classes.
  coefficients: np.ndarray
  biases: np.ndarray  # (P,)

  def margins(self, kernel: np.ndarray) -> np.ndarray:
    """Decision values (T, P), from the kernel (T, n) to the training rows."""
    return kernel @ self.coefficients + self.biases

  def scores(self, kernel: np.ndarray) -> np.ndarray:
    """Class scores: votes of a class's learners, by their losses where even.

    A learner votes for one of its two classes, as in LIBSVM. Of classes with as
    many votes the one of the smaller mean hinge loss l over its learners is
    before the other: l / (1 + l), less than a vote, is taken off; the loss is
    max(0, 1 - m f) / 2 for a learner with decision value f and sign m.

    Returns:
      (T, K) of the kernel (T, n) to the training rows. The integer part,
      rounded up, is the votes; minus infinity for a class that had no training
      rows.

    References: Knerr, Personnaz & Dreyfus, 1990, for votes; Allwein, Schapire &
    Singer, JMLR 1, 2000, for losses, by which alone MATLAB's fitcecoc decodes.
    """
    margins = self.margins(kernel)
    loss = np.zeros((len(kernel), self.classes))
    votes, learners = np.zeros_like(loss), np.zeros(self.classes)
    for p, pair in enumerate(self.pairs):
      for own, margin in zip(
        pair, (margins[:, p], -margins[:, p]), strict=True
      ):
        votes[:, own] += margin > 0
        loss[:, own] += np.maximum(0, 1 - margin) / 2
        learners[own] += 1
    scores = np.full_like(loss, -np.inf)
    # A class that was alone in training has no learner, and no rival.
    mean = loss[:, self.present] / np.maximum(learners[self.present], 1)
    scores[:, self.present] = votes[:, self.present] - mean / (1 + mean)
    return scores


def of(
  found: machines.Solution,
  rows: np.ndarray,
  labels: np.ndarray,
  classes: int,
) -> OneVsOne:
  """The machine of a solution: a learner for each pair of classes.

  Training rows are at positions `rows` (n,), which are kept for later use, with
  labels (n,) 0 … classes - 1; all but one may be absent.
  """
  return OneVsOne(
    classes=classes,
    present=np.unique(labels),
    pairs=np.array(machines.pairs_of(labels), int).reshape(-1, 2),
    rows=rows,
    coefficients=found[0],
    biases=found[1],
  )
