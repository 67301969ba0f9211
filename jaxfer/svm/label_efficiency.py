"""How well emotions are told after few labels.

A good representation should need few: the reason to learn one from faces
without labels. The settings of the machine are fixed and are ours, not the
paper's: there are too few labels to tune with.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from jaxfer.svm import kernels, multiclass, threads
from jaxfer.svm.probe import Report, Task
from jaxfer.svm.splits import Split

SIZES: tuple[int | None, ...] = (1, 2, 5, 10, 20, None)
"""Labels per class; None for all."""

DRAWS = 5

BOX_CONSTRAINT = 10.0
"""C of every machine. The kernel width is 1 / the median squared distance
between all training rows of the split, which takes no labels."""


@dataclasses.dataclass(frozen=True)
class Outcome:
  """What machines with few labels got right.

  Attributes:
    sizes: the S numbers of labels per class; None for all.
    correct: (S, draws, N) whether each row's class was named; False for a row
      that no split tests. All labels are one draw, repeated.
    fold: (N,) test fold of each row; -1 for a row that no split tests.
    short: for each size, the classes that in some split had fewer training
      rows, and gave all of them.
  """

  sizes: tuple[int | None, ...]
  correct: np.ndarray
  fold: np.ndarray
  short: tuple[tuple[int, ...], ...]


def feasible(
  task: Task, tested: list[Split], sizes: Sequence[int | None] = SIZES
) -> tuple[int | None, ...]:
  """The sizes that are less than all labels.

  Args:
    task: the problem.
    tested: the splits.
    sizes: labels per class; None for all, which always stays.

  Returns:
    The sizes that some class has more training rows than, in some split.
  """
  most = _counts(task, tested).max()
  return tuple(size for size in sizes if size is None or size < most)


def steps(
  task: Task,
  tested: list[Split],
  sizes: Sequence[int | None] = SIZES,
  draws: int = DRAWS,
) -> int:
  """How many machines `run` fits, and so reports."""
  kept = feasible(task, tested, sizes)
  return len(tested) * sum(_draws(size, draws) for size in kept)


def drawn_order(task: Task, split: Split, draw: int) -> list[np.ndarray]:
  """The order in which a draw takes each class's training rows.

  A random order of rows, in which a person's second row comes after the first
  of everybody else, the third after every second, and so on. Without person
  ids it is a random order. It depends on labels, people, split and seed alone:
  representations are compared on the same rows, and fewer labels are always
  among more.

  Args:
    task: the problem.
    split: whose training rows are drawn from.
    draw: number of the draw, from 0.

  Returns:
    For each of the K classes, the positions of its rows.
  """
  rng = np.random.default_rng((task.seed, split.fold, draw))
  orders = []
  for k in range(task.classes):
    rows = rng.permutation(split.train[task.labels[split.train] == k])
    if task.people is not None:
      rows = rows[np.argsort(_turns(task.people[rows]), kind="stable")]
    orders.append(rows)
  return orders


def run(
  task: Task,
  tested: list[Split],
  report: Report,
  *,
  sizes: Sequence[int | None] = SIZES,
  draws: int = DRAWS,
) -> Outcome:
  """Fits machines on few training rows and tests them on all test rows.

  Args:
    task: the problem; its search settings are not used.
    tested: the splits.
    report: called with each machine fitted; `steps` in all.
    sizes: labels per class; None for all.
    draws: number of draws of each size but all.
  """
  kept = feasible(task, tested, sizes)
  jobs = []
  for split in tested:
    median = kernels.median_distance(task.distances, split.train)
    orders = [drawn_order(task, split, draw) for draw in range(draws)]
    for s, size in enumerate(kept):
      for draw in range(_draws(size, draws)):
        train = np.concatenate([rows[:size] for rows in orders[draw]])
        jobs.append((s, draw, np.sort(train), split.test, 1 / median))

  def right(job: tuple[int, int, np.ndarray, np.ndarray, float]) -> np.ndarray:
    _, _, train, test, gamma = job
    predicted = _scores(task, train, test, gamma).argmax(1)
    report(1)
    return predicted == task.labels[test]

  found = threads.in_threads(right, jobs)
  correct = np.zeros((len(kept), draws, len(task.labels)), bool)
  for (s, draw, _, test, _), values in zip(jobs, found, strict=True):
    alike = slice(None) if kept[s] is None else slice(draw, draw + 1)
    correct[s, alike][:, test] = values
  fold = np.full(len(task.labels), -1)
  for split in tested:
    fold[split.test] = split.fold
  return Outcome(kept, correct, fold, _short(task, tested, kept))


def _scores(
  task: Task, train: np.ndarray, test: np.ndarray, gamma: float
) -> np.ndarray:
  def kernel(rows: np.ndarray) -> np.ndarray:
    return kernels.rbf(kernels.block(task.distances, rows, train), gamma)

  machine = multiclass.fit(
    kernel(train),
    train,
    task.labels[train],
    classes=task.classes,
    C=BOX_CONSTRAINT,
    solve=task.solve,
  )
  return machine.scores(kernel(test))


def _draws(size: int | None, draws: int) -> int:
  return 1 if size is None else draws


def _counts(task: Task, tested: list[Split]) -> np.ndarray:
  """Training rows of each split and class."""
  return np.stack(
    [
      np.bincount(task.labels[split.train], minlength=task.classes)
      for split in tested
    ]
  )


def _short(
  task: Task, tested: list[Split], sizes: Sequence[int | None]
) -> tuple[tuple[int, ...], ...]:
  fewest = _counts(task, tested).min(0)
  return tuple(
    () if size is None else tuple(np.flatnonzero(fewest < size).tolist())
    for size in sizes
  )


def _turns(people: np.ndarray) -> np.ndarray:
  """How many earlier rows are of the same person."""
  same = people[:, None] == people
  return np.tril(same, -1).sum(1)
