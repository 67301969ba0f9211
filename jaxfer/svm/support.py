"""Support vector machines: a Gaussian kernel for classes, linear for units.

A candidate is (C, g), of action units C alone. The kernel width is g divided by
the median squared distance of the training rows, so that g means the same for
all; a linear kernel is centred and scaled by them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from typing import Any

import numpy as np

from jaxfer.svm import kernels, machines, multiclass
from jaxfer.svm.machines import Posed, Solution
from jaxfer.svm.multiclass import OneVsOne
from jaxfer.svm.task import Given, Head, Jobs, Task

_VALUES = 1 << 28  # of kernels, in float32, that are solved over together


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
    [scorer] = self.fit_all([(space, rows, jobs)])
    return scorer

  def fit_all(self, sets: Sequence[Given]) -> list[Any]:
    """The same of several training sets, whose problems are solved together."""
    pose = _linear if self.task.units else _radial
    asked = [pose(self.task, *one) for one in sets]
    posed = [one for problems, _ in asked for one in problems]
    found = iter(machines.solve_all(self.task.solve, posed))
    return [made([*islice(found, len(problems))]) for problems, made in asked]

  def at_once(self, rows: int) -> int:
    """One; with JAX's solver as many as have kernels of a GiB together."""
    together = self.task.solve is machines.jax_svm
    return max(1, _VALUES // rows**2) if together else 1


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
    for kernel, by_value in self.by_width:
      values = kernel(tested)
      scores |= {one: m.scores(values) for one, m in by_value.items()}
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


Asked = tuple[list[Posed], Callable[[list[Solution]], Radial | Linear]]
"""Problems, and what makes machines of their solutions."""


def _radial(task: Task, space: float, rows: np.ndarray, jobs: Jobs) -> Asked:
  [(question, (C, g))] = jobs
  labels = task.labels[rows, question]

  def kernel(tested: np.ndarray) -> np.ndarray:
    squared = kernels.block(task.distances, tested, rows)
    return kernels.rbf(squared, g / space)

  def made(found: list[Solution]) -> Radial:
    machine = multiclass.of(found[0], rows, labels, task.width)
    return Radial([(C, g)], [(kernel, {(C, g): machine})])

  return [(kernel(rows), labels, C)], made


def _linear(task: Task, _: None, rows: np.ndarray, jobs: Jobs) -> Asked:
  kernel, scale = kernels.linear(task.distances, rows, rows)

  def made(found: list[Solution]) -> Linear:
    # Decision values are positive for the smaller label: absent.
    return Linear(
      rows,
      np.stack([-coefficients[:, 0] for coefficients, _ in found], axis=1),
      np.array([-biases[0] for _, biases in found]),
      scale,
      lambda tested: kernels.linear(task.distances, rows, tested)[0],
    )

  return [(kernel, task.labels[rows, unit], C) for unit, C in jobs], made
