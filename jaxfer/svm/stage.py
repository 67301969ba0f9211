"""The probe of one representation, from files to files.

Runs in the calling process, or as `python -m jaxfer.svm.stage JOB` in one of
its own: on a GPU, cuML needs the memory that JAX would have taken.
"""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from jaxfer import logs
from jaxfer.svm import final, identity, kernels, label_efficiency, machines
from jaxfer.svm import probe as probes
from jaxfer.svm import problem as problems
from jaxfer.svm.heads import SOLVERS
from jaxfer.svm.problem import Problem
from jaxfer.svm.splits import Split
from jaxfer.svm.streamed import Vectors
from jaxfer.svm.task import Head, Task
from jaxfer.svm.tuning import Report


@dataclasses.dataclass(frozen=True)
class Job:
  """What to probe; everything is text or a number, so that it can be sent."""

  label: str  # the representation, as progress names it
  machine: str  # one of `heads.HEADS`
  # Those to run; the ones that the data do not allow are left out.
  protocols: tuple[str, ...]
  # Files of (M, D) float32, a row per face of the table fitted on: one, or one
  # for each fold of `sealed`.
  features: tuple[str, ...]
  folds: str  # folder of the fold assignments of that table
  test_features: tuple[str, ...]  # the same of another set, tested; or none
  test_folds: str  # folder of that set's fold assignments, or empty
  out: str  # an existing folder for the results
  svm: dict[str, Any]  # the config's `svm` section
  seed: int  # fixes inner folds and searches
  backend: str  # a key of `machines.BACKENDS`
  keep_machine: bool  # whether to save a machine trained on all rows
  audit: bool  # whether to see how well the features name the person
  count_labels: bool  # whether to see how results grow with the labels
  solver: str = "exact"  # one of `heads.SOLVERS`


def run(job: Job) -> None:
  """Probes, in a process of its own where the backend needs one."""
  if job.backend != "cuml" or job.solver != "exact":
    probe_representation(job)
    return
  subprocess.run(
    [sys.executable, "-m", "jaxfer.svm.stage", json.dumps(vars(job))],
    check=True,
    env=os.environ | {"XLA_PYTHON_CLIENT_PREALLOCATE": "false"},
  )


def probe_representation(job: Job) -> None:
  """Runs the protocols and writes what they gave.

  Leaves `<protocol>.npz` (scores (N, K), fold (N,); of action units also
  thresholds (N, K) and train_auc) and `search.json` in `job.out`; and where
  they are wanted the files of `final.save` or `weights.save`, identity.json
  and labels.npz.
  """
  work = _Work(job)
  search = {}
  # The solvers run in threads of their own; BLAS would only add to them.
  with threadpool_limits(1):
    for protocol, tested in work.protocols.items():
      arrays, search[protocol] = work.run(protocol, tested)
      np.savez(work.out / f"{protocol}.npz", allow_pickle=False, **arrays)
    if job.keep_machine:
      search["final"] = work.keep()
    if job.count_labels:
      work.count_labels()
    if job.audit and work.problem.people is not None:
      work.name_people()
  logs.write_json(work.out / "search.json", search)


class _Work:
  """A job's problem, the heads that are fitted to it, and its progress."""

  def __init__(self, job: Job):
    self._job, self.out = job, Path(job.out)
    self.problem: Problem = problems.read(job.folds, job.test_folds)
    self.protocols = {
      protocol: tested
      for protocol in job.protocols
      if (tested := self.problem.tested(protocol))
    }
    self._svm = SimpleNamespace(**job.svm)
    self._kind = SOLVERS[job.solver][job.machine]
    self._kept: tuple[int, Head] | None = None
    total = self._tries() if job.keep_machine else 0
    for protocol, tested in self.protocols.items():
      shared = protocol == "paper" and self.problem.task == "emotion"
      total += self._tries(protocol) * (1 if shared else len(tested))
    self._count = _counter(f"probe {job.label}", total, "evaluations")

  def run(
    self, protocol: str, tested: list[Split]
  ) -> tuple[dict[str, np.ndarray], list[Any]]:
    """Arrays by name, rows first, and what each split's machine was given."""
    values, shared = self._candidates(protocol), protocol == "paper"
    apart = len(self._job.features) > 1
    parts = [[split] for split in tested] if apart else [tested]
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
    names = self.problem.names
    return final.keep(self.out, head.task, fitted, self._features(0), names)

  def count_labels(self) -> None:
    """Saves which rows machines of so many labels name right."""
    tested = self.problem.tested("subject")
    if tested is None:
      return
    found = label_efficiency.run(
      self._head(0),
      tested,
      lambda total: _counter(f"labels {self._job.label}", total, "machines"),
      sizes=(*self._svm.labels_per_class, None),
      draws=self._svm.label_draws,
    )
    np.savez(
      self.out / "labels.npz",
      sizes=[size or 0 for size in found.sizes],  # 0: all
      correct=found.correct,
      fold=found.fold,
    )

  def name_people(self) -> None:
    """Saves how well the nearest face names the person."""
    tested, people = self.problem.tested("paper"), self.problem.people
    assert tested is not None and people is not None
    distances = self._head(0).task.distances
    found = identity.summary(distances, people, self.problem.strata, tested)
    logs.write_json(self.out / "identity.json", found)

  def _head(self, slot: int) -> Head:
    """The head on the features of a slot; one slot's is kept."""
    if self._kept is None or self._kept[0] != slot:
      self._kept = None  # the memory of what comes next
      vectors = self._features(slot, unit=self._kind.scaled)
      distances = kernels.distances(vectors, self._job.solver)
      solve = machines.BACKENDS[self._job.backend]
      task = Task.of(self.problem, distances, self._svm, self._job.seed, solve)
      self._kept = slot, self._kind(task)
    return self._kept[1]

  def _candidates(self, protocol: str = "") -> Sequence[Any] | None:
    """What a head may be given under a protocol; or on all rows."""
    sets = [len(one.train) for one in self.protocols.get(protocol, [])]
    return self._kind.candidates(
      self._svm,
      units=self.problem.task == "au",
      papers=protocol == "paper",
      rows=min(sets, default=len(self.problem.labels)),
    )

  def _tries(self, protocol: str = "") -> int:
    """How many candidates are tried in each training set."""
    values = self._candidates(protocol)
    return self._svm.evaluations if values is None else len(values)

  def _features(self, slot: int, unit: bool = False) -> Vectors:
    """The vectors of a slot's rows, in their files; scaled to length 1."""
    files = [(self._job.features[slot], self.problem.rows)]
    if self._job.test_features:
      files.append((self._job.test_features[slot], self.problem.test_rows))
    return Vectors(
      [
        (np.load(path, mmap_mode="r", allow_pickle=False), rows)
        for path, rows in files
      ],
      unit,
    )


def _counter(label: str, total: int, unit: str) -> Report:
  """Adds up what several threads report, and shows it."""
  progress, lock, done = logs.Progress(label, total, unit), threading.Lock(), 0

  def count(more: int) -> None:
    nonlocal done
    with lock:
      done += more
      progress(done)

  return count


if __name__ == "__main__":
  logs.speak_anywhere()
  probe_representation(Job(**json.loads(sys.argv[1])))
