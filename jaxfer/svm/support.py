"""Support vector machines: a Gaussian kernel for classes, linear for units.

A candidate is (C, g), of action units C alone. The kernel width is g divided by
the median squared distance of the training rows, so that g means the same for
all; a linear kernel is centred and scaled by them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from jaxfer.svm import kernels, multiclass, threads
from jaxfer.svm.multiclass import OneVsOne
from jaxfer.svm.task import Head, Jobs, Task


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
    return [1.0] if papers else costs(svm)

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

  def fit(self, space: Any, rows: np.ndarray, jobs: Jobs) -> Radial | Linear:
    """One machine of classes; or a linear one each, which share a kernel."""
    if self.task.units:
      return _linear(self.task, rows, jobs)
    [(question, (C, g))] = jobs
    return radial(self.task, rows, question, C, g / space)


def costs(svm: Any) -> list[float]:
  """Values of C between the config's bounds."""
  return np.logspace(svm.log10_low, svm.log10_high, svm.au_values).tolist()


Kernel = Callable[[np.ndarray], np.ndarray]
"""Rows (m,) to their kernel (m, n) float64 with the n rows of a machine."""


@dataclasses.dataclass(frozen=True)
class Radial:
  """One-vs-one machines of classes, one for each of V candidates."""

  values: Sequence[tuple[float, float]]  # (V,) candidates
  # For each kernel width, the machines of the candidates that have it.
  by_width: Sequence[tuple[Kernel, Mapping[tuple[float, float], OneVsOne]]]

  @property
  def machine(self) -> OneVsOne:
    """The first candidate's."""
    return self.by_width[0][1][self.values[0]]

  def __call__(self, tested: np.ndarray) -> np.ndarray:
    """Class scores (m, V, K)."""
    scores = {}
    for kernel, machines in self.by_width:
      values = kernel(tested)
      scores |= {one: m.scores(values) for one, m in machines.items()}
    return np.stack([scores[one] for one in self.values], axis=1)


@dataclasses.dataclass(frozen=True)
class Linear:
  """A linear machine for each of J pairs of a unit and C, on the same rows."""

  rows: np.ndarray  # (n,) positions of the rows that its kernel is with
  coefficients: np.ndarray  # (n, J) of these; each column sums to zero
  biases: np.ndarray  # (J,)
  scale: float  # what the kernel was divided by
  kernel: Kernel

  def __call__(self, tested: np.ndarray) -> np.ndarray:
    """Decision values (m, J, 1)."""
    values = self.kernel(tested) @ self.coefficients + self.biases
    return values[..., None]


def radial(
  task: Task, rows: np.ndarray, question: int, C: float, gamma: float
) -> Radial:
  """The machine of one candidate, whose kernel width is gamma."""

  def kernel(tested: np.ndarray) -> np.ndarray:
    return kernels.rbf(kernels.block(task.distances, tested, rows), gamma)

  machine = multiclass.fit(
    kernel(rows),
    rows,
    task.labels[rows, question],
    classes=task.width,
    C=C,
    solve=task.solve,
  )
  return Radial([(C, gamma)], [(kernel, {(C, gamma): machine})])


def _linear(task: Task, rows: np.ndarray, jobs: Jobs) -> Linear:
  kernel, scale = kernels.linear(task.distances, rows, rows)

  def solve(job: tuple[int, float]) -> tuple[np.ndarray, np.ndarray]:
    unit, C = job
    coefficients, biases = task.solve(kernel, task.labels[rows, unit], C)
    # Decision values are positive for the smaller label: absent.
    return -coefficients[:, 0], -biases[0]

  found = threads.in_threads(solve, jobs)
  coefficients, biases = zip(*found, strict=True)
  return Linear(
    rows,
    np.stack(coefficients, axis=1),
    np.array(biases),
    scale,
    lambda tested: kernels.linear(task.distances, rows, tested)[0],
  )
