"""Probes of more faces than a kernel matrix is for, against the exact machine.

    python -m benchmarks.large --faces=FOLDER

The folder holds index.csv (path, subject, emotion) and cropped faces. All of
them are probed by landmarks under `paper` and `subject`, as a run does: grey
pixels, HOG, an untrained discriminator of width 64, and a second one where a
run has the trained, which is as large. A sample of whole people is probed both
ways. Each probe is a process of its own, whose time and memory are its own, and
is left out where its results lie in the workdir.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.metrics import roc_auc_score

from benchmarks import harness
from jaxfer import backend, controls, cores, features, logs
from jaxfer.configs import base
from jaxfer.data import assignment, crop, pools, preparation, readers
from jaxfer.data.table import Face
from jaxfer.facs import AUS
from jaxfer.learn import learners
from jaxfer.svm.stage import Job

LIMIT, LIMIT_GIB = 600.0, 8.0  # seconds and memory of all probes
_POINT = 0.01
PROTOCOLS = ("paper", "subject")
_SAMPLE = 3000  # faces probed both ways
FACES = "faces"
_NETWORKS = {"untrained": 0, "another": 1}  # seeds of their weights


def main() -> int:
  """Runs what is left of the benchmark; returns the exit status."""
  parser = argparse.ArgumentParser(
    description=(__doc__ or "").partition("\n")[0]
  )
  parser.add_argument("--faces", type=Path, required=True)
  parser.add_argument("--workdir", type=Path, default=Path("runs/large"))
  parser.add_argument("--of", default="pixels,hog,untrained,another")
  parser.add_argument("--check", action="store_true")
  options = parser.parse_args()
  logs.speak_anywhere()
  workdir, of = options.workdir, options.of.split(",")
  prepare(options.faces, workdir)
  for name in of:
    describe(name, workdir)
  few = sample(workdir, _SAMPLE)
  rows = cost(of, [probe(workdir, n, "landmarks", PROTOCOLS) for n in of])
  for name in of:
    exact, by_landmarks = (
      probe(workdir, name, solver, PROTOCOLS, few)
      for solver in ("exact", "landmarks")
    )
    for protocol in PROTOCOLS:
      rows += compare(
        f"{name}, {protocol}",
        among(workdir, name, protocol, few),
        exact[protocol],
        by_landmarks[protocol],
        _SAMPLE,
      )
  return harness.finish("large", rows, check=options.check)


def prepare(folder: Path, workdir: Path) -> None:
  """Crops all faces, and deals folds, where that was not done."""
  out = workdir / FACES
  if (out / "folds.csv").exists():
    return
  out.mkdir(parents=True, exist_ok=True)
  config: Any = base.get_config()
  config.data.pretrain = config.data.probe = "labelled"
  config.data.labelled.detector = "precropped"
  table = readers.read("labelled", folder, config.data)
  settings, _ = preparation.describe(config, "probe", "grey")
  progress = logs.Progress("prepare", len(table.faces), "images")
  crop.write_faces(table, out, settings, progress=progress)
  deal([*pools.iterate_rows(out)], out)


def deal(faces: list[Face], out: Path, task: str = "emotion") -> None:
  """Writes folds of faces."""
  svm = base.get_config().svm
  assignment.write(
    faces,
    out,
    task=task,
    aus=AUS,
    folds=svm.folds,
    sealed_folds=svm.sealed_folds,
    seed=0,
  )


def describe(name: str, workdir: Path) -> None:
  """Writes the features of all faces, where they are not there."""
  path = workdir / f"{name}.npy"
  if path.exists():
    return
  faces, draft = pools.load_faces(workdir / FACES), workdir / f"{name}.draft"
  if name in controls.CONTROLS:
    with draft.open("wb") as file:
      np.save(file, controls.CONTROLS[name](np.asarray(faces)))
  else:
    config: Any = base.get_config()
    learner, state = learners.create(
      config.gan, seed=_NETWORKS[name], image_size=config.crop.size
    )
    how = {"batch": config.features.batch, "devices": backend.devices()}
    net = learner.encoder(state)
    net = features.recompute_statistics(learner, net, faces, **how)
    features.extract(learner, net, faces, draft, readout="conv4", **how)
  draft.rename(path)


def sample(workdir: Path, count: int) -> np.ndarray:
  """Rows of whole people drawn at random, count of them or hardly more."""
  faces = [*pools.iterate_rows(workdir / FACES)]
  _, who = np.unique([f.group or "" for f in faces], return_inverse=True)
  order = np.random.default_rng(0).permutation(who.max() + 1)
  rows = np.argsort(order[who], kind="stable")
  return np.sort(rows[:count])


def probe(
  workdir: Path,
  name: str,
  solver: str,
  protocols: tuple[str, ...],
  rows: np.ndarray | None = None,
) -> dict[str, Any]:
  """A probe's score by protocol, its seconds, CPU seconds and GiB.

  A score is the accuracy; of action units their mean AUC.
  """
  label = f"{name}-{solver}" + ("" if rows is None else f"-{len(rows)}")
  out = workdir / "probes" / label
  found = out / "found.json"
  if not found.exists():
    out.mkdir(parents=True, exist_ok=True)
    described, folds = workdir / f"{name}.npy", workdir / FACES
    if rows is not None:
      matrix = np.load(described, mmap_mode="r", allow_pickle=False)
      described, folds = out / "features.npy", out
      np.save(described, matrix[rows])
      every = [*pools.iterate_rows(workdir / FACES)]
      deal([every[row] for row in rows], out)
    labels = assignment.read(Path(folds)).labels
    job = Job(
      label=label,
      machine="svm",
      protocols=protocols,
      features=(str(described),),
      folds=str(folds),
      test_features=(),
      test_folds="",
      out=str(out),
      svm=base.get_config().svm.to_dict(),
      seed=0,
      backend="sklearn",
      keep_machine=rows is None and name == "another",
      audit=rows is None,
      count_labels=rows is None and labels.ndim == 1,
      solver=solver,
    )
    start = time.perf_counter()
    text = json.dumps(vars(job))
    # Waited for here, and not by the class, for what it used.
    child = subprocess.Popen([sys.executable, "-m", "jaxfer.svm.stage", text])
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if status:
      raise SystemExit(f"the probe {label} ended with status {status}")
    took = {
      "seconds": time.perf_counter() - start,
      "cpu": used.ru_utime + used.ru_stime,
      "gib": used.ru_maxrss / 2**20,
    }
    logs.write_json(
      found, {p: _score(out, labels, p) for p in protocols} | took
    )
  return logs.read_json(found)


def among(workdir: Path, name: str, protocol: str, rows: np.ndarray) -> float:
  """Of some faces, the share that the probe of all faces names right."""
  problem = assignment.read(workdir / FACES)
  out = workdir / "probes" / f"{name}-landmarks"
  right = _right(out, problem.labels, protocol)
  return float(right[np.isin(problem.rows, rows)].mean())


def _score(out: Path, labels: np.ndarray, protocol: str) -> float:
  if labels.ndim == 1:
    return float(_right(out, labels, protocol).mean())
  with np.load(out / f"{protocol}.npz", allow_pickle=False) as saved:
    return float(roc_auc_score(labels, saved["scores"]))


def _right(out: Path, labels: np.ndarray, protocol: str) -> np.ndarray:
  """(N,) whether a probe names each face right."""
  with np.load(out / f"{protocol}.npz", allow_pickle=False) as saved:
    return saved["scores"].argmax(1) == labels


def cost(of: list[str], whole: list[dict[str, Any]]) -> list[harness.Row]:
  """Rows of the limits of time and memory, and of each probe's."""
  seconds, cpu = (sum(one[k] for one in whole) for k in ("seconds", "cpu"))
  each = "; ".join(
    f"{name} {one['seconds']:.0f} s, {one['cpu']:.0f} s of CPU"
    for name, one in zip(of, whole, strict=True)
  )
  count = cores.count()
  shared = f"{len(of)} probes, CPU time over {count} cores"
  by_core = harness.within(shared, cpu / count, LIMIT)
  return [
    harness.within(f"{len(of)} probes, wall", seconds, LIMIT),
    dataclasses.replace(by_core, note=f"{cpu:.0f} s of CPU: {each}"),
    harness.within(
      "peak memory", max(x["gib"] for x in whole), LIMIT_GIB, "GiB"
    ),
  ]


def compare(
  what: str, by_all: float, exact: float, by_landmarks: float, count: int
) -> list[harness.Row]:
  """Rows of accuracy on a sample, against the exact machine fitted on it."""
  said = f"the exact machine on {count:,} faces, {exact:.4f}"
  least = exact - _POINT, "accuracy", f"{said}, less a point"
  same, every = f"landmarks, {count:,} faces", "landmarks, fitted on all"
  return [
    harness.Row(f"{what}: {same}", by_landmarks, *least, goal=1.0),
    harness.Row(f"{what}: {every}", by_all, exact, "accuracy", said, goal=1.0),
  ]


if __name__ == "__main__":
  sys.exit(main())
