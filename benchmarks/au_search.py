"""Linear machines for fourteen action units, chosen among seven values of C.

    python -m benchmarks.au_search [--faces=8422 --folds=10]

The whole, 8,422 vectors of 8,192 numbers in ten folds, is hours of work for
the peer and longer than a benchmark should be for us, so by default fewer
faces and folds are taken; the ratio grows with the faces. The peer,
scikit-learn's SVC(kernel="linear"), solves the same problems on the vectors
themselves, as many at once as there are cores; it makes one fit for each value
of C, and its time is extrapolated. LinearSVC, which minimises another loss and
penalises the bias, stands beside it for time only.
"""

from __future__ import annotations

import argparse
import sys
import time
import warnings

import numpy as np
from sklearn import exceptions, svm

from benchmarks import harness
from jaxfer.configs import base
from jaxfer.facs import AUS
from jaxfer.svm import kernels, machines, probe, splits, threads
from jaxfer.svm.support import Support
from jaxfer.svm.task import Task

GOAL = 20.0


def main() -> int:
  """Runs the benchmark; returns the exit status."""
  parser = argparse.ArgumentParser(description=__doc__)
  parser.add_argument("--check", action="store_true")
  parser.add_argument("--faces", type=int, default=1000, help="8422 in all")
  parser.add_argument("--folds", type=int, default=1, help="10 in all")
  options = parser.parse_args()
  rows = measure(faces=options.faces, dimension=8192, folds=options.folds)
  name, reason = machines.choose("auto")
  print(f"svm.backend=auto is {name} here: {reason}")
  return harness.finish("au_search", rows, check=options.check)


def vectors(faces: int, dimension: int) -> tuple[np.ndarray, np.ndarray]:
  """Vectors that carry each action unit faintly, and (N, A) labels."""
  rng = np.random.default_rng(0)
  labels = (rng.random((faces, len(AUS))) < 0.2).astype(np.int8)
  directions = rng.normal(size=(len(AUS), dimension))
  noise = rng.normal(size=(faces, dimension))
  return (noise + 0.1 * labels @ directions).astype(np.float32), labels


def measure(*, faces: int, dimension: int, folds: int) -> list[harness.Row]:
  """A row against SVC, and one against LinearSVC.

  Args:
    faces: vectors.
    dimension: numbers in each.
    folds: of ten, how many are run.
  """
  features, labels = vectors(faces, dimension)
  config = base.get_config().svm
  values = np.logspace(config.log10_low, config.log10_high, config.au_values)
  fold = np.random.default_rng(1).permutation(faces) % config.folds
  tested = splits.by_fold(fold)[:folds]
  start = time.perf_counter()
  task = Task(
    distances=kernels.squared_distances(features),
    labels=labels,
    width=1,
    people=None,
    svm=config,
    seed=0,
    solve=machines.BACKENDS["sklearn"],
  )
  probe.run(Support(task), tested, values.tolist(), lambda _: None)
  seconds = time.perf_counter() - start
  fits = folds * len(AUS) * (config.inner_folds * len(values) + 1)

  # An inner training set, scaled as our kernel is.
  inner = tested[0].train[fold[tested[0].train] % config.inner_folds != 0]
  own = features[inner] - features[inner].mean(0)
  own /= np.sqrt((own**2).sum(1).mean())
  rows = []
  for name, make in (
    ("SVC", lambda C: svm.SVC(C=C, kernel="linear")),
    (
      "LinearSVC, another objective,",
      lambda C: svm.LinearSVC(C=C, dual="auto"),
    ),
  ):
    start = time.perf_counter()
    with warnings.catch_warnings():
      # LinearSVC stops early at a large C; that is its affair.
      warnings.simplefilter("ignore", exceptions.ConvergenceWarning)
      threads.in_threads(
        lambda C, make=make: make(C).fit(own, labels[inner, 0]), values
      )
    peer = (time.perf_counter() - start) / len(values) * fits
    rows.append(
      harness.Row(
        f"{folds} of {config.folds} folds, {faces}×{dimension}, {fits} fits",
        1 / seconds,
        1 / peer,
        "searches/s",
        f"scikit-learn {name} {harness.cores()} fits at once, extrapolated"
        f" from {len(values)} of {fits}: {peer:.0f} s to our {seconds:.3g} s",
        goal=GOAL if name == "SVC" else None,
      )
    )
  return rows


if __name__ == "__main__":
  sys.exit(main())
