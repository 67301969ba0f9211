"""A probe's work: one representation, on the problem that its faces pose."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from jaxfer import logs
from jaxfer.svm import (
  action_units,
  final,
  grid,
  identity,
  kernels,
  label_efficiency,
  logistic,
  machines,
  neighbours,
  probe,
  weights,
)
from jaxfer.svm.problem import Problem
from jaxfer.svm.splits import Split

MACHINES = ("svm", "knn", "logistic")
"""The last two work on features scaled to length 1."""


@dataclasses.dataclass(frozen=True)
class Job:
  """What to probe; everything is text or a number, so that it can be sent.

  Attributes:
    label: the representation, as progress names it.
    machine: one of `MACHINES`.
    protocols: those to run; the ones that the data do not allow are left out.
    features: files of (M, D) float32, a row per face of the table fitted on:
      one, or one for each fold of `sealed`.
    folds: folder of the fold assignments of that table.
    test_features: the same of another set, which is tested; or none.
    test_folds: folder of that set's fold assignments, or empty.
    out: an existing folder for the results.
    svm: the config's `svm` section.
    seed: fixes inner folds and searches.
    backend: a key of `machines.BACKENDS`.
    keep_machine: whether to save a machine trained on all rows.
    audit: whether to see how well the features name the person.
    count_labels: whether to see how results grow with the number of labels.
  """

  label: str
  machine: str
  protocols: tuple[str, ...]
  features: tuple[str, ...]
  folds: str
  test_features: tuple[str, ...]
  test_folds: str
  out: str
  svm: dict[str, Any]
  seed: int
  backend: str
  keep_machine: bool
  audit: bool
  count_labels: bool


class Work:
  """A job's problem, the distances it is solved on, and its progress.

  Args:
    job: what to probe.
    problem: what is recognised, in whom.
    protocols: those of the job's that the problem allows.
  """

  def __init__(self, job: Job, problem: Problem, protocols: list[str]):
    self._job, self._problem = job, problem
    self._svm, self._out = SimpleNamespace(**job.svm), Path(job.out)
    self._loaded, self._logistic = -1, None
    total = sum(self._steps(protocol) for protocol in protocols)
    if job.keep_machine:
      units = problem.task == "au"
      total += len(problem.names) if units else self._svm.evaluations
    self._count = _Counter(
      logs.Progress(f"probe {job.label}", total, "evaluations")
    )

  def run(self, protocol: str) -> tuple[dict[str, np.ndarray], list[Any]]:
    """Arrays by name, rows first, and what each split's machine was given."""
    tested = self._problem.tested(protocol)
    assert tested is not None
    if len(self._job.features) == 1:
      return self._solve(protocol, tested)
    found = [self._solve(protocol, [split]) for split in tested]
    arrays = {
      name: np.concatenate([arrays[name] for arrays, _ in found])
      if name == "train_auc"
      else _join([arrays[name] for arrays, _ in found], tested)
      for name in found[0][0]
    }
    return arrays, [record for _, records in found for record in records]

  def keep(self) -> list[Any]:
    """Saves a machine trained on all rows; returns what it was given."""
    features, problem = self._features(0), self._problem
    if problem.task == "au":
      task = self._units(papers=False)
      found = action_units.fit_final(task, features, self._count)
      weights.save(self._out, found, problem.names)
      return [{"C": None if np.isnan(c) else c} for c in found.C.tolist()]
    task, rows = self._emotions(), np.arange(len(problem.labels))
    trial = probe.tune(task, rows, self._count, self._job.seed)
    machine, tuned = probe.fit_final(task, trial)
    final.save(self._out, machine, tuned, features, problem.names)
    return [dataclasses.asdict(tuned)]

  def count_labels(self) -> None:
    """Saves which rows machines of so many labels name right."""
    tested = self._problem.tested("subject")
    if tested is None:
      return
    task, draws = self._emotions(), self._svm.label_draws
    sizes = (*self._svm.labels_per_class, None)
    label = f"labels {self._job.label}"
    total = label_efficiency.steps(task, tested, sizes, draws)
    found = label_efficiency.run(
      task,
      tested,
      _Counter(logs.Progress(label, total, "machines")),
      sizes=sizes,
      draws=draws,
    )
    np.savez(
      self._out / "labels.npz",
      sizes=[size or 0 for size in found.sizes],  # 0: all
      correct=found.correct,
      fold=found.fold,
    )

  def name_people(self) -> None:
    """Saves how well the nearest face names the person."""
    tested, people = self._problem.tested("paper"), self._problem.people
    assert tested is not None and people is not None
    found = identity.summary(
      self._distances(0), people, self._problem.strata, tested
    )
    logs.write_json(self._out / "identity.json", found)

  def _solve(
    self, protocol: str, tested: list[Split]
  ) -> tuple[dict[str, np.ndarray], list[Any]]:
    slot = tested[0].fold if len(self._job.features) > 1 else 0
    if self._problem.task == "au":
      task = self._units(protocol == "paper", slot)
      outcome = action_units.run(task, tested, self._count)
      arrays = {
        "scores": outcome.scores,
        "thresholds": outcome.thresholds,
        "fold": outcome.fold,
        "train_auc": outcome.train_auc,
      }
      return arrays, [
        [t and dataclasses.asdict(t) for t in split] for split in outcome.tuned
      ]
    task, shared = self._emotions(slot), protocol == "paper"
    if self._job.machine == "svm":
      solve = probe.run_shared if shared else probe.run_nested
      outcome = solve(task, tested, self._count)
    else:
      candidates, score = self._machine(task, tested)
      choose = grid.run_shared if shared else grid.run_nested
      outcome = choose(task, tested, candidates, score, self._count)
    arrays = {"scores": outcome.scores, "fold": outcome.fold}
    return arrays, [dataclasses.asdict(t) for t in outcome.tuned]

  def _machine(
    self, task: probe.Task, tested: list[Split]
  ) -> tuple[Sequence[Any], grid.Score[Any]]:
    if self._job.machine == "knn":
      return neighbours.candidates(tested), neighbours.score
    if self._logistic is None:
      self._logistic = logistic.machine(task.distances)
    return logistic.CANDIDATES, self._logistic

  def _emotions(self, slot: int = 0) -> probe.Task:
    return probe.Task(
      distances=self._distances(slot),
      labels=self._problem.labels,
      classes=len(self._problem.names),
      people=self._problem.people,
      svm=self._svm,
      seed=self._job.seed,
      solve=machines.BACKENDS[self._job.backend],
    )

  def _units(self, papers: bool, slot: int = 0) -> action_units.Task:
    low, high = self._svm.log10_low, self._svm.log10_high
    values = np.logspace(low, high, self._svm.au_values).tolist()
    return action_units.Task(
      distances=self._distances(slot),
      labels=self._problem.labels,
      people=self._problem.people,
      values=(1.0,) if papers else tuple(values),
      inner_folds=self._svm.inner_folds,
      seed=self._job.seed,
      solve=machines.BACKENDS[self._job.backend],
    )

  def _distances(self, slot: int) -> np.ndarray:
    if slot != self._loaded:
      features = self._features(slot)
      if self._job.machine != "svm":
        lengths = np.linalg.norm(features, axis=1, keepdims=True)
        features = features / np.maximum(lengths, np.finfo(np.float32).tiny)
      self._kept = kernels.squared_distances(features)
      self._loaded = slot
    return self._kept

  def _features(self, slot: int) -> np.ndarray:
    parts = [_rows(self._job.features[slot], self._problem.rows)]
    if self._job.test_features:
      more = self._job.test_features[slot]
      parts.append(_rows(more, self._problem.test_rows))
    return np.concatenate(parts)

  def _steps(self, protocol: str) -> int:
    tested = self._problem.tested(protocol) or []
    if self._problem.task == "au":
      return len(tested) * len(self._problem.names)
    tries = self._svm.evaluations
    if self._job.machine == "knn":
      tries = len(neighbours.candidates(tested))
    elif self._job.machine == "logistic":
      tries = len(logistic.CANDIDATES)
    return tries * (1 if protocol == "paper" else len(tested))


def _join(parts: list[np.ndarray], tested: list[Split]) -> np.ndarray:
  """The rows that each split tests, from its own part."""
  whole = parts[0].copy()
  for part, split in zip(parts, tested, strict=True):
    whole[split.test] = part[split.test]
  return whole


def _rows(path: str, rows: np.ndarray) -> np.ndarray:
  matrix = np.load(path, mmap_mode="r", allow_pickle=False)
  return np.asarray(matrix[rows])


class _Counter:
  """Adds up what several threads report."""

  def __init__(self, progress: logs.Progress):
    self._progress, self._done = progress, 0
    self._lock = threading.Lock()

  def __call__(self, more: int) -> None:
    with self._lock:
      self._done += more
      self._progress(self._done)
