"""Probes by landmarks of as many vectors as are asked for, drawn at random.

    python -m benchmarks.large_vectors --vectors=100000 --dimension=2048

Eight emotions, then all action units, of people with twenty faces each, under
`paper` and `subject`, as a run does, each probe a process of its own. Vectors
lie in a file, which a probe reads in blocks. Each task's results are kept in
the workdir; another size wants another workdir.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks import harness, large
from jaxfer import facs, logs
from jaxfer.data.table import Face

TASKS = ("emotion", "au")
_EACH = 20  # faces of a person
_CLASSES = 8
_BLOCK = 1024  # vectors in memory at a time


def main() -> int:
  """Probes what was not probed yet; returns the exit status."""
  parser = argparse.ArgumentParser(
    description=(__doc__ or "").partition("\n")[0]
  )
  parser.add_argument("--vectors", type=int, default=100_000)
  parser.add_argument("--dimension", type=int, default=2048)
  parser.add_argument("--workdir", type=Path, default=Path("runs/vectors"))
  parser.add_argument("--check", action="store_true")
  options = parser.parse_args()
  logs.speak_anywhere()
  rows = measure(options.vectors, options.dimension, options.workdir)
  return harness.finish("large_vectors", rows, check=options.check)


def measure(count: int, dimension: int, workdir: Path) -> list[harness.Row]:
  """Rows of time, memory and scores, of each task."""
  matrix, rows = 4 * count**2 / 2**30, []
  for task in TASKS:
    draw(task, count, dimension, workdir / task)
    found = large.probe(workdir / task, task, "landmarks", large.PROTOCOLS)
    work = f"{task}, {count}×{dimension}"
    what = "mean AUC" if task == "au" else "accuracy"
    alone = f"the matrix of all pairs alone, {matrix:.3g} GiB"
    rows += [
      harness.Row(f"{work}: probe, wall", found["seconds"], None, "s", "none"),
      harness.Row(f"{work}: probe, CPU", found["cpu"], None, "s", "none"),
      harness.Row(
        f"{work}: peak memory",
        1 / found["gib"],
        1 / matrix,
        "1/GiB",
        f"{alone}; took {found['gib']:.3g} GiB",
        goal=1.0,
      ),
      *(
        harness.Row(f"{work}: {name}", found[name], None, what, "none")
        for name in large.PROTOCOLS
      ),
    ]
  return rows


def draw(task: str, count: int, dimension: int, workdir: Path) -> None:
  """Writes vectors, and folds of their faces, where they are not there."""
  path, out = workdir / f"{task}.npy", workdir / large.FACES
  if path.exists():
    return
  out.mkdir(parents=True, exist_ok=True)
  rng = np.random.default_rng(0)
  if task == "emotion":
    told = np.eye(_CLASSES, dtype=np.int8)[np.arange(count) % _CLASSES]
  else:
    told = (rng.random((count, len(facs.AUS))) < 0.2).astype(np.int8)
  large.deal([*_faces(task, told)], out, task)
  directions = rng.normal(size=(told.shape[1], dimension))
  draft = path.with_suffix(".draft")
  with draft.open("wb") as file:
    form = {"descr": "<f4", "fortran_order": False, "shape": (count, dimension)}
    np.lib.format.write_array_header_1_0(file, form)
    for start in range(0, count, _BLOCK):
      part = told[start : start + _BLOCK]
      block = rng.normal(size=(len(part), dimension))
      block += 0.1 * part @ directions
      file.write(block.astype("<f4").tobytes())
  draft.rename(path)


def _faces(task: str, told: np.ndarray) -> Iterator[Face]:
  for k, own in enumerate(told.tolist()):
    emotion, aus = None, {}
    if task == "emotion":
      emotion = facs.EMOTIONS[own.index(1)]
    else:
      aus = dict(zip(facs.AUS, own, strict=True))
    yield Face(f"{k}", "drawn", f"p{k // _EACH}", emotion=emotion, aus=aus)


if __name__ == "__main__":
  sys.exit(main())
