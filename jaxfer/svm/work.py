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
from jaxfer.svm import final, identity, kernels, label_efficiency, machines
from jaxfer.svm import probe as probes
from jaxfer.svm.heads import SOLVERS
from jaxfer.svm.problem import Problem
from jaxfer.svm.streamed import Vectors
from jaxfer.svm.task import Head, Task


@dataclasses.dataclass(frozen=True)
class Job:
  """What to probe; everything is text or a number, so that it can be sent.

  Attributes:
    label: the representation, as progress names it.
    machine: one of `heads.HEADS`.
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
    solver: one of `heads.SOLVERS`.
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
  solver: str = "exact"


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
    self._kept: tuple[int, Head] | None = None
    total = sum(self._steps(protocol) for protocol in protocols)
    total += self._steps() if job.keep_machine else 0
    self._count = _Counter(
      logs.Progress(f"probe {job.label}", total, "evaluations")
    )

  def run(self, protocol: str) -> tuple[dict[str, np.ndarray], list[Any]]:
    """Arrays by name, rows first, and what each split's machine was given."""
    tested = self._problem.tested(protocol)
    assert tested is not None
    values, shared = self._candidates(protocol), protocol == "paper"
    parts = [tested]
    if len(self._job.features) > 1:
      parts = [[split] for split in tested]
    found = [
      one
      for slot, part in enumerate(parts)
      for one in probes.run(
        self._head(slot), part, values, self._count, shared=shared
      )
    ]
    arrays = probes.arrays(found, self._head(len(parts) - 1).task)
    return arrays, [one.records for one in found]

  def keep(self) -> list[Any]:
    """Saves a machine trained on all rows; returns what it was given."""
    head = self._head(0)
    fitted = probes.fit_final(head, self._candidates(), self._count)
    names = self._problem.names
    return final.keep(self._out, head.task, fitted, self._features(0), names)

  def count_labels(self) -> None:
    """Saves which rows machines of so many labels name right."""
    tested = self._problem.tested("subject")
    if tested is None:
      return
    head, draws = self._head(0), self._svm.label_draws
    sizes = (*self._svm.labels_per_class, None)
    label = f"labels {self._job.label}"
    total = label_efficiency.steps(head.task, tested, sizes, draws)
    found = label_efficiency.run(
      head,
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
    distances = self._head(0).task.distances
    found = identity.summary(distances, people, self._problem.strata, tested)
    logs.write_json(self._out / "identity.json", found)

  def _head(self, slot: int) -> Head:
    """The head on the features of a slot; one slot's is kept."""
    if self._kept is None or self._kept[0] != slot:
      self._kept = None  # the memory of what comes next
      self._kept = slot, self._made(slot)
    return self._kept[1]

  def _made(self, slot: int) -> Head:
    head, problem = self._kind, self._problem
    vectors = self._features(slot, unit=head.scaled)
    return head(
      Task(
        distances=kernels.distances(vectors, self._job.solver),
        labels=problem.labels.reshape(len(problem.labels), -1),
        width=1 if problem.task == "au" else len(problem.names),
        people=problem.people,
        svm=self._svm,
        seed=self._job.seed,
        solve=machines.BACKENDS[self._job.backend],
      )
    )

  def _candidates(self, protocol: str = "") -> Sequence[Any] | None:
    """What a head may be given under a protocol; or on all rows."""
    tested = self._problem.tested(protocol) if protocol else None
    return self._kind.candidates(
      self._svm,
      units=self._problem.task == "au",
      papers=protocol == "paper",
      rows=min(len(one.train) for one in tested)
      if tested
      else len(self._problem.labels),
    )

  def _steps(self, protocol: str = "") -> int:
    """How many candidates are tried."""
    values = self._candidates(protocol)
    tries = self._svm.evaluations if values is None else len(values)
    tested = (self._problem.tested(protocol) or []) if protocol else [None]
    shared = protocol == "paper" and self._problem.task == "emotion"
    return tries * (1 if shared else len(tested))

  @property
  def _kind(self) -> type[Head]:
    return SOLVERS[self._job.solver][self._job.machine]

  def _features(self, slot: int, unit: bool = False) -> Vectors:
    """The vectors of a slot's rows, in their files; scaled to length 1."""
    files = [(self._job.features[slot], self._problem.rows)]
    if self._job.test_features:
      files.append((self._job.test_features[slot], self._problem.test_rows))
    return Vectors(
      [
        (np.load(path, mmap_mode="r", allow_pickle=False), rows)
        for path, rows in files
      ],
      unit,
    )


class _Counter:
  """Adds up what several threads report."""

  def __init__(self, progress: logs.Progress):
    self._progress, self._done = progress, 0
    self._lock = threading.Lock()

  def __call__(self, more: int) -> None:
    with self._lock:
      self._done += more
      self._progress(self._done)
