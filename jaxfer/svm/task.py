"""A problem over one matrix of distances, and what is fitted to it: a head."""

from __future__ import annotations

import abc
import dataclasses
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, TypeVar

import numpy as np

from jaxfer.svm import machines, threads
from jaxfer.svm.kernels import Distances
from jaxfer.svm.machines import Solver
from jaxfer.svm.problem import Problem

S = TypeVar("S")

Scorer = Callable[[np.ndarray], np.ndarray]
"""Rows (m,) to scores (m, J, width) of J machines."""


Jobs = Sequence[tuple[int, Any]]
"""Pairs of a question and a candidate."""

Given = tuple[Any, np.ndarray, Jobs]
"""What is fitted at a time: space, rows, jobs."""


@dataclasses.dataclass(frozen=True)
class Task:
  """What is asked of each row: one question of K classes, or many of presence.

  Emotions are one question. Action units are a question each, of two classes,
  with rows that are not coded for it.
  """

  distances: Distances  # squared, between the feature vectors of N rows
  labels: np.ndarray  # (N, Q) class of each row by question, -1 not coded
  # How many scores answer a question: one of each of K classes; or 1, a
  # decision value, positive for present.
  width: int
  people: np.ndarray | None  # (N,) person of each row; for tuning folds
  svm: Any  # the config's `svm` section
  seed: int  # fixes inner folds and searches
  solve: Solver  # the backend of support vector machines

  @classmethod
  def of(
    cls,
    problem: Problem,
    distances: Distances,
    svm: Any,
    seed: int,
    solve: Solver = machines.sklearn_svm,
  ) -> Task:
    """What a problem asks of its rows."""
    labels = problem.labels.reshape(len(problem.labels), -1)
    width = 1 if problem.task == "au" else len(problem.names)
    return cls(distances, labels, width, problem.people, svm, seed, solve)

  @property
  def units(self) -> bool:
    """Whether its questions are of presence."""
    return self.width == 1

  def learnable(self, rows: np.ndarray, questions: np.ndarray) -> np.ndarray:
    """Which questions some rows can teach: of presence, both answers occur."""
    if not self.units:
      return np.ones(len(questions), bool)
    labels = self.labels[np.ix_(rows, questions)]
    return (labels == 1).any(0) & (labels == 0).any(0)


class Head(abc.ABC):
  """What names a face by its vector: one file, and a row of `heads.HEADS`.

  Called from several threads at once; of the task's labels it reads only those
  of the rows that it is fitted on.
  """

  title: ClassVar[str]  # what a figure calls it
  words: ClassVar[str]  # what a page says that features go into
  # With what action units are under the protocol `paper`.
  papers: ClassVar[str] = "settings tuned on faces left out of fitting"
  scaled: ClassVar[bool] = True  # works on vectors scaled to length 1
  few: ClassVar[Any]  # the candidate where labels are too few to choose by
  # Whether one that is fitted on all rows is saved, for new faces.
  kept: ClassVar[bool] = False

  def __init__(self, task: Task):
    self.task = task

  @classmethod
  def said(cls, units: bool) -> str:
    """What a page says that features go into; whether for action units."""
    return f"{cls.words}{', for each action unit' if units else ''}"

  @staticmethod
  @abc.abstractmethod
  def candidates(
    svm: Any, *, units: bool, papers: bool, rows: int
  ) -> Sequence[Any] | None:
    """The settings worth trying, of equally good ones the first to be taken.

    Args:
      svm: the config's `svm` section.
      units: whether action units are asked for.
      papers: whether it is for the protocol `paper`.
      rows: of the smallest training set.

    Returns:
      One or more; or None, where (C, g) are searched in the config's square.
    """

  def describe(self, value: Any, space: Any) -> dict[str, Any]:
    """A candidate as `search.json` names it."""
    del space
    return {"value": value}

  def fewer(self, rows: np.ndarray) -> np.ndarray:
    """Those of training rows on which settings are chosen."""
    return rows

  def prepare(self, sets: Sequence[np.ndarray]) -> None:
    """Is told of all training sets before the first `space`."""
    del sets

  def space(self, rows: np.ndarray) -> Any:
    """What is taken from training rows whatever their labels, computed once."""
    return rows

  def fit(self, space: Any, rows: np.ndarray, jobs: Jobs) -> Scorer:
    """Fits a machine for each job.

    Args:
      space: of the training rows.
      rows: those of them that it is fitted on, coded for every question.
      jobs: (J,) questions, and a candidate for each.
    """
    one_by_one = threads.in_threads(
      lambda job: self._fit(
        space, rows, self.task.labels[rows, job[0]], job[1]
      ),
      jobs,
    )

    def score(tested: np.ndarray) -> np.ndarray:
      scores = np.stack([scorer(tested) for scorer in one_by_one], axis=1)
      return self._answers(scores)

    return score

  def fit_all(self, sets: Sequence[Given]) -> list[Any]:
    """A scorer of each, as of `fit`."""
    return [self.fit(*one) for one in sets]

  def at_once(self, rows: int) -> int:
    """How many training sets of so many rows `fit_all` is best given."""
    del rows
    return 1

  def grouped(self, sets: Sequence[S], rows: int) -> list[Sequence[S]]:
    """Training sets of at most so many rows, in order, `at_once` together."""
    count = self.at_once(rows)
    return [sets[k : k + count] for k in range(0, len(sets), count)]

  def _answers(self, scores: np.ndarray) -> np.ndarray:
    """Class scores (m, J, K); of presence one decision value (m, J, 1)."""
    return scores[..., 1:] - scores[..., :1] if self.task.units else scores

  def _fit(
    self, space: Any, rows: np.ndarray, labels: np.ndarray, value: Any
  ) -> Scorer:
    """One machine, whose scorer gives class scores (m, K); of presence (m, 2).

    Minus infinity for a class without training rows.
    """
    raise NotImplementedError

  @property
  def _classes(self) -> int:
    return 2 if self.task.units else self.task.width
