"""Support vector machines on more rows than a kernel matrix holds.

The kernels are those of `support`, known by landmarks; the loss is the squared
hinge. A candidate of classes is one of a grid, whose machines of one width
share coordinates, and start, for each C, from those of the one before.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import numpy as np

from jaxfer.svm import kernels, landmarks, machines, primal
from jaxfer.svm.landmarks import Basis
from jaxfer.svm.multiclass import OneVsOne
from jaxfer.svm.streamed import Streamed
from jaxfer.svm.support import Linear, Radial, Support, costs
from jaxfer.svm.task import Head, Jobs, Task

WIDTHS = (0.03, 0.2, 0.7, 2.0)
"""Values of g, of which those within the config's bounds are tried."""

# Settings are chosen on few rows, quickly: of these a fifth are landmarks, as
# good for choosing as a third. Of very few rows all are.
_ROWS_A_LANDMARK, _FEW = 5, 200


class Space:
  """What is taken of training rows whatever their labels.

  Attributes:
    landmarks: (m,) positions of some of them.
    median: median squared distance of training rows to landmarks.
  """

  def __init__(self, task: Task, rows: np.ndarray):
    """Chooses landmarks, and keeps the distances of all rows to them."""
    assert isinstance(task.distances, Streamed)
    self._rows, self._distances = rows, task.distances
    self.landmarks = chosen(task, rows)
    task.distances.keep(self.landmarks)
    squared = kernels.block(task.distances, rows, self.landmarks)
    apart = squared[squared > 0]
    self.median = float(np.median(apart)) if len(apart) else 1.0
    self._last: Basis | None = None
    self._lock = threading.Lock()

  def basis(self, gamma: float | None) -> Basis:
    """The basis of a kernel on all its rows; the last one is kept."""
    with self._lock:
      if self._last is None or self._last.gamma != gamma:
        self._last = landmarks.basis(
          self._distances, self._rows, self.landmarks, gamma
        )
      return self._last


def chosen(task: Task, rows: np.ndarray) -> np.ndarray:
  """The landmarks of training rows: `svm.landmarks`, or fewer of few rows."""
  count = min(task.svm.landmarks, max(len(rows) // _ROWS_A_LANDMARK, _FEW))
  return landmarks.choose(
    rows,
    np.unique(task.labels[rows], axis=0, return_inverse=True)[1].ravel(),
    None if task.people is None else task.people[rows],
    count,
    ordered(task),
  )


def ordered(task: Task) -> np.ndarray:
  """The place of every row in a random order, (N,), the same for all uses."""
  return np.random.default_rng(task.seed).permutation(len(task.labels))


class OnLandmarks(Head):
  """What all heads over landmarks have in common."""

  def fewer(self, rows: np.ndarray) -> np.ndarray:
    """No more than `svm.tuned_rows`, drawn at random, ascending."""
    order = ordered(self.task)[rows]
    return np.sort(rows[np.argsort(order)[: self.task.svm.tuned_rows]])

  def prepare(self, sets: Sequence[np.ndarray]) -> None:
    """The distances that all training sets need, computed in one reading."""
    assert isinstance(self.task.distances, Streamed)
    every = [chosen(self.task, rows) for rows in sets]
    self.task.distances.keep(np.unique(np.concatenate(every)))

  def space(self, rows: np.ndarray) -> Space:
    """Landmarks of the training rows."""
    return Space(self.task, rows)


class Projected(OnLandmarks, Support):
  """The machines of `Support` over the kernels of landmarks."""

  words = f"{Support.words}, known by landmarks"

  @staticmethod
  def candidates(
    svm: Any, *, units: bool, papers: bool, rows: int
  ) -> Sequence[Any]:
    """Of classes a grid: the values of C of action units, by `WIDTHS`."""
    found = Support.candidates(svm, units=units, papers=papers, rows=rows)
    if found is not None:
      return found
    low, high = 10**svm.log10_low, 10**svm.log10_high
    widths = [g for g in WIDTHS if low <= g <= high] or [(low * high) ** 0.5]
    return [(C, g) for C in costs(svm) for g in widths]

  def describe(self, value: Any, space: Space) -> dict[str, Any]:
    """C, and of classes gamma, which is 1 / squared distance."""
    return super().describe(value, space.median)

  fit_all = Head.fit_all

  def at_once(self, rows: int) -> int:
    """One: machines of several settings are solved together already."""
    return Head.at_once(self, rows)

  def fit(self, space: Space, rows: np.ndarray, jobs: Jobs) -> Radial | Linear:
    """Machines of classes for each candidate, or one for each unit and C."""
    if self.task.units:
      return self._linear(space, rows, jobs)
    return self._radial(space, rows, [value for _, value in jobs])

  def _radial(
    self, space: Space, rows: np.ndarray, values: Sequence[tuple[float, float]]
  ) -> Radial:
    labels = self.task.labels[rows, 0]
    rows = rows[np.argsort(labels, kind="stable")]
    present, counts = np.unique(labels, return_counts=True)
    pairs = np.array(machines.pairs_of(labels), int).reshape(-1, 2)
    groups, ends = [], np.cumsum(counts)
    for label, start, stop in zip(present, ends - counts, ends, strict=True):
      own = np.flatnonzero((pairs == label).any(1))
      signs = np.where(pairs[own, 0] == label, 1, -1).astype(np.float32)
      groups.append(primal.Group(slice(start, stop), own, signs[:, None]))
    by_width = []
    for g in dict.fromkeys(g for _, g in values):
      basis = space.basis(g / space.median)
      tried = sorted({C for C, own in values if own == g})
      solved = primal.hinges(basis.place(rows), groups, len(pairs), tried)
      found = {
        (C, g): OneVsOne(
          self.task.width,
          present,
          pairs,
          space.landmarks,
          *basis.expand(weights),
        )
        for C, weights in zip(tried, solved, strict=True)
      }
      by_width.append((basis.kernel, found))
    return Radial(values, by_width)

  def _linear(self, space: Space, rows: np.ndarray, jobs: Jobs) -> Linear:
    basis, near = space.basis(None), space.landmarks
    _, scale = kernels.linear(self.task.distances, near, near[:1])
    asked = sorted({unit for unit, _ in jobs})
    tried = sorted({C for _, C in jobs})
    labels = self.task.labels[rows][:, asked]
    signs = np.where(labels.T == 1, 1, -1).astype(np.float32)
    every = primal.Group(slice(0, len(rows)), np.arange(len(asked)), signs)
    solved = primal.hinges(basis.place(rows), [every], len(asked), tried)
    by_value = {
      C: basis.expand(weights) for C, weights in zip(tried, solved, strict=True)
    }
    places = [(asked.index(unit), C) for unit, C in jobs]
    found = np.stack([by_value[C][0][:, q] for q, C in places], axis=1)
    biases = np.array([by_value[C][1][q] for q, C in places])
    # Landmarks are centred on themselves: a constant changes no value.
    return Linear(near, found - found.mean(0), biases, scale, basis.kernel)
