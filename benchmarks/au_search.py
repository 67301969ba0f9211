"""Linear machines for fourteen action units, chosen among seven values of C.

    python -m benchmarks.au_search

The whole, 8,422 vectors of 8,192 numbers in ten folds, is hours of work for
the peer and longer than a benchmark should be for us, so fewer faces and folds
are taken; the ratio grows with the faces. The peer,
scikit-learn's SVC(kernel="linear"), solves the same problems on the vectors
themselves, as many at once as there are cores; it makes one fit for each value
of C, and its time is extrapolated. LinearSVC, which minimises another loss and
penalises the bias, stands beside it for time only.
"""

from __future__ import annotations

import time
import warnings

import numpy as np
from sklearn import exceptions, svm

from benchmarks import harness
from jaxfer import cores
from jaxfer.configs import base
from jaxfer.facs import AUS
from jaxfer.svm import kernels, machines, probe, splits, threads
from jaxfer.svm.support import Support
from jaxfer.svm.task import Task

GOAL = 20.0


def vectors(faces: int, dimension: int) -> tuple[np.ndarray, np.ndarray]:
  """Vectors that carry each action unit faintly, and (N, A) labels."""
  rng = np.random.default_rng(0)
  labels = (rng.random((faces, len(AUS))) < 0.2).astype(np.int8)
  directions = rng.normal(size=(len(AUS), dimension))
  noise = rng.normal(size=(faces, dimension))
  return (noise + 0.1 * labels @ directions).astype(np.float32), labels


def measure(
  *, faces: int = 1000, dimension: int = 8192, folds: int = 1
) -> list[harness.Row]:
  """A row against SVC, and one against LinearSVC, in so many of ten folds."""
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
    said = (
      f"scikit-learn {name} {cores.count()} fits at once, extrapolated"
      f" from {len(values)} of {fits}: {peer:.0f} s to our {seconds:.3g} s"
    )
    work = f"{folds} of {config.folds} folds, {faces}×{dimension}, {fits} fits"
    rates, goal = (1 / seconds, 1 / peer), GOAL if name == "SVC" else None
    rows.append(harness.Row(work, *rates, "searches/s", said, goal=goal))
  return rows


if __name__ == "__main__":
  harness.main("au_search", __doc__, measure)
