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
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from jaxfer import logs
from jaxfer.data import folds as foldlib
from jaxfer.svm import final, kernels, machines, probe

PROTOCOLS = ("paper", "subject")


@dataclasses.dataclass(frozen=True)
class Job:
  """What to probe; everything is text or a number, so that it can be sent.

  Attributes:
    label: the representation, as progress names it.
    features: file of (M, D) float32, a row per face of the table.
    folds: folder of fold assignments.
    out: an existing folder for the results.
    svm: the config's `svm` section.
    seed: fixes inner folds and searches.
    backend: a key of `machines.BACKENDS`.
    keep_machine: whether to save a machine trained on all rows.
  """

  label: str
  features: str
  folds: str
  out: str
  svm: dict[str, Any]
  seed: int
  backend: str
  keep_machine: bool


def run(job: Job) -> None:
  """Probes, in a process of its own where the backend needs one."""
  if job.backend != "cuml":
    probe_representation(job)
    return
  subprocess.run(
    [sys.executable, "-m", "jaxfer.svm.stage", json.dumps(vars(job))],
    check=True,
    env=os.environ | {"XLA_PYTHON_CLIENT_PREALLOCATE": "false"},
  )


def probe_representation(job: Job) -> None:
  """Runs both protocols and writes what they gave.

  Leaves `<protocol>.npz` (scores (N, K), fold (N,)) and `search.json` in
  `job.out`, and the machine of `final.save` where it is wanted.
  """
  svm, out = SimpleNamespace(**job.svm), Path(job.out)
  folds = foldlib.read_folds(Path(job.folds))
  matrix = np.load(job.features, mmap_mode="r", allow_pickle=False)
  features = np.asarray(matrix[folds.rows])
  task = probe.Task(
    distances=kernels.squared_distances(features),
    labels=folds.labels,
    classes=len(folds.emotions),
    svm=svm,
    seed=job.seed,
    solve=machines.BACKENDS[job.backend],
  )
  protocols = [p for p in PROTOCOLS if getattr(folds, p) is not None]
  total = sum(
    probe.steps(svm, getattr(folds, p).max() + 1, p) for p in protocols
  )
  total += svm.evaluations if job.keep_machine else 0
  count = _Counter(logs.Progress(f"probe {job.label}", total, "evaluations"))
  search = {}
  # The solvers run in threads of their own; BLAS would only add to them.
  with threadpool_limits(1):
    for protocol in protocols:
      if protocol == "paper":
        outcome = probe.run_paper(task, folds.paper, count)
      else:
        assert folds.people is not None and folds.subject is not None
        outcome = probe.run_subject(task, folds.people, folds.subject, count)
      np.savez(
        out / f"{protocol}.npz", scores=outcome.scores, fold=outcome.fold
      )
      search[protocol] = [dataclasses.asdict(t) for t in outcome.tuned]
    if job.keep_machine:
      rows = np.arange(len(folds.labels))
      trial = probe.tune_person_disjoint(
        task, rows, folds.people, count, job.seed
      )
      machine, tuned = probe.fit_final(task, trial)
      final.save(out, machine, tuned, features, folds.emotions)
      search["final"] = [dataclasses.asdict(tuned)]
  text = json.dumps(search, indent=2)
  (out / "search.json").write_text(text, encoding="utf-8")


class _Counter:
  """Adds up what several threads report."""

  def __init__(self, progress: logs.Progress):
    self._progress, self._done = progress, 0
    self._lock = threading.Lock()

  def __call__(self, more: int) -> None:
    with self._lock:
      self._done += more
      self._progress(self._done)


if __name__ == "__main__":
  probe_representation(Job(**json.loads(sys.argv[1])))
