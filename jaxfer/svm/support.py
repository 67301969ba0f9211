"""Support vector machines: a Gaussian kernel for classes, linear for units.

A candidate is (C, g), of action units C alone. The kernel width is g divided by
the median squared distance of the training rows, so that g means the same for
all; a linear kernel is centred and scaled by them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from jaxfer.svm import kernels, multiclass, threads
from jaxfer.svm.multiclass import OneVsOne
from jaxfer.svm.task import Head, Task


class Support(Head):
  """One-vs-one machines of classes, or a linear machine for each unit."""

  title = "SVM"
  words = "support vector machines with a Gaussian kernel"
  papers = "C = 1"
  scaled = False
  few = (10.0, 1.0)
  kept = True

  @classmethod
  def said(cls, units: bool) -> str:
    """Those of action units are linear."""
    linear = "a linear support vector machine for each action unit"
    return linear if units else cls.words

  @staticmethod
  def candidates(
    svm: Any, *, units: bool, papers: bool, rows: int
  ) -> Sequence[float] | None:
    """None for classes; the paper has C = 1 for action units."""
    del rows
    if not units:
      return None
    values = np.logspace(svm.log10_low, svm.log10_high, svm.au_values)
    return (1.0,) if papers else tuple(values.tolist())

  def describe(self, value: Any, space: Any) -> dict[str, Any]:
    """C, and of classes gamma, which is 1 / squared distance."""
    if self.task.units:
      return {"C": value}
    return {"C": value[0], "gamma": value[1] / space}

  def space(self, rows: np.ndarray) -> Any:
    """The median squared distance; action units need none."""
    if self.task.units:
      return None
    return kernels.median_distance(self.task.distances, rows)

  def fit(
    self,
    space: Any,
    rows: np.ndarray,
    questions: Sequence[int] | np.ndarray,
    values: Sequence[Any],
  ) -> Radial | Linear:
    """One machine of classes; or a linear one each, which share a kernel."""
    if self.task.units:
      return Linear(self.task, rows, questions, values)
    [question], [(C, g)] = questions, values
    return Radial(
      self.task, rows, self.task.labels[rows, question], C, g / space
    )


class Radial:
  """One-vs-one machines with a Gaussian kernel, fitted.

  Attributes:
    machine: the binary learners.
  """

  def __init__(
    self,
    task: Task,
    rows: np.ndarray,
    labels: np.ndarray,
    C: float,
    gamma: float,
  ):
    self._distances, self._gamma = task.distances, gamma
    self.machine: OneVsOne = multiclass.fit(
      self._kernel(rows, rows),
      rows,
      labels,
      classes=task.width,
      C=C,
      solve=task.solve,
    )

  def __call__(self, tested: np.ndarray) -> np.ndarray:
    """Class scores (m, 1, K)."""
    kernel = self._kernel(tested, self.machine.rows)
    return self.machine.scores(kernel)[:, None]

  def _kernel(self, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    squared = kernels.block(self._distances, one, other)
    return kernels.rbf(squared, self._gamma)


class Linear:
  """A linear machine for each pair of a unit and C, on the same rows, fitted.

  Attributes:
    rows: (n,) positions of the training rows.
    coefficients: (n, J) dual coefficients.
    biases: (J,).
    scale: what the kernel was divided by.
  """

  def __init__(
    self,
    task: Task,
    rows: np.ndarray,
    units: Sequence[int] | np.ndarray,
    values: Sequence[float],
  ):
    self._distances, self.rows = task.distances, rows
    kernel, self.scale = kernels.linear(task.distances, rows, rows)

    def solve(job: tuple[int, float]) -> tuple[np.ndarray, np.ndarray]:
      unit, C = job
      coefficients, biases = task.solve(kernel, task.labels[rows, unit], C)
      # Decision values are positive for the smaller label: absent.
      return -coefficients[:, 0], -biases[0]

    found = threads.in_threads(solve, zip(units, values, strict=True))
    coefficients, biases = zip(*found, strict=True)
    self.coefficients = np.stack(coefficients, axis=1)
    self.biases = np.array(biases)

  def __call__(self, tested: np.ndarray) -> np.ndarray:
    """Decision values (m, J, 1)."""
    kernel, _ = kernels.linear(self._distances, self.rows, tested)
    return (kernel @ self.coefficients + self.biases)[..., None]
