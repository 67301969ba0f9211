"""The probe of one representation, from files to files.

Runs in the calling process, or as `python -m jaxfer.svm.stage JOB` in one of
its own: on a GPU, cuML needs the memory that JAX would have taken.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from jaxfer import logs
from jaxfer.svm import problem as problems
from jaxfer.svm.work import Job, Work


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
  problem = problems.read(job.folds, job.test_folds)
  protocols = [p for p in job.protocols if problem.tested(p)]
  work = Work(job, problem, protocols)
  search = {}
  # The solvers run in threads of their own; BLAS would only add to them.
  with threadpool_limits(1):
    for protocol in protocols:
      arrays, search[protocol] = work.run(protocol)
      np.savez(Path(job.out) / f"{protocol}.npz", allow_pickle=False, **arrays)
    if job.keep_machine:
      search["final"] = work.keep()
    if job.count_labels:
      work.count_labels()
    if job.audit and problem.people is not None:
      work.name_people()
  logs.write_json(Path(job.out) / "search.json", search)


if __name__ == "__main__":
  logs.speak_anywhere()
  probe_representation(Job(**json.loads(sys.argv[1])))
