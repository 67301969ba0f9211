"""The search of a radial machine over one matrix of distances.

    python -m benchmarks.svm_search

1,608 vectors of 8,192 numbers, 8 classes, 30 evaluations over 10 folds. The
peer fits scikit-learn's SVC on the vectors themselves, as many at once as
there are cores. All 300 of its fits would take an hour, so it makes a few, at
points of our search and its folds, and its time is extrapolated.
"""

from __future__ import annotations

import importlib.util
import time
import warnings
from typing import Any

import numpy as np
from sklearn import svm

from benchmarks import harness
from jaxfer import cores
from jaxfer.configs import base
from jaxfer.svm import kernels, machines, multiclass, probe, splits, threads
from jaxfer.svm.support import Support, costs
from jaxfer.svm.task import Task

LIMIT = 60.0  # seconds of the whole search
GOAL = 100.0
_AGREEMENT = 0.995
TORCHKM = importlib.util.find_spec("torchkm") is not None
"""Whether the peer of paths of C is here, which the extra `bench` has."""


def measure(*, repeats: int) -> list[harness.Row]:
  """The search's rows and the backends'; it says what `auto` takes, and why."""
  name, reason = machines.choose("auto")
  print(f"svm.backend=auto is {name} here: {reason}")
  rows = search(faces=1608, dimension=8192, evaluations=30, repeats=repeats)
  rows += backends(faces=400, dimension=256)
  return rows + path(faces=200, dimension=256)


def vectors(
  faces: int, dimension: int, classes: int
) -> tuple[np.ndarray, np.ndarray]:
  """Vectors that classes tell apart well, but not wholly, and their labels."""
  rng = np.random.default_rng(0)
  labels = np.arange(faces) % classes
  centres = rng.normal(size=(classes, dimension))
  noise = rng.normal(size=(faces, dimension))
  return (noise + 0.1 * centres[labels]).astype(np.float32), labels


def search(
  *, faces: int, dimension: int, evaluations: int, repeats: int
) -> list[harness.Row]:
  """Rows of speed, of the limit, and of agreement in what is predicted.

  Of the turns the median of ours counts, and the mean of the peer's fits.
  """
  features, labels = vectors(faces, dimension, classes=8)
  config = base.get_config().svm
  config.evaluations = evaluations
  fold = np.random.default_rng(1).permutation(faces) % config.folds
  tested = splits.by_fold(fold)
  ours, theirs, equal, at_once = [], [], [], cores.count()
  for turn in range(repeats):
    start = time.perf_counter()
    task = Task(
      distances=kernels.squared_distances(features),
      labels=labels[:, None],
      width=8,
      people=None,
      svm=config,
      seed=turn,
      solve=machines.BACKENDS["sklearn"],
    )
    found = probe.run(Support(task), tested, None, lambda _: None, shared=True)
    ours.append(time.perf_counter() - start)
    few = [(one.split, one.records) for one in found[:at_once]]
    start = time.perf_counter()
    equal += threads.in_threads(
      lambda one, task=task: _agreement(task, features, *one), few
    )
    theirs.append((time.perf_counter() - start) / len(few))
  fits = evaluations * len(tested)
  seconds = float(np.median(ours))
  peer = float(np.mean(theirs)) * fits
  work = f"search, {faces}×{dimension}, {fits} fits"
  said = (
    f"scikit-learn SVC on the vectors, {at_once} fits at once, extrapolated"
    f" from {len(theirs) * at_once} of {fits}: {peer:.0f} s to our"
    f" {seconds:.3g} s"
  )
  rates = 1 / seconds, 1 / peer, "searches/s"
  alike = float(np.mean(equal)), 1.0, "share of test rows"
  decoded = "scikit-learn SVC, both decoded by votes"
  same = "same predictions at default tolerance"
  return [
    harness.Row(work, *rates, said, goal=GOAL),
    harness.within(work, seconds, LIMIT),
    harness.Row(same, *alike, decoded, goal=_AGREEMENT),
  ]


def backends(*, faces: int, dimension: int) -> list[harness.Row]:
  """A row for each other backend that can run here, against scikit-learn.

  There are 8 classes, and so 28 problems.
  """
  features, labels = vectors(faces, dimension, classes=8)
  distances = kernels.squared_distances(features)
  gamma = 1 / kernels.median_distance(distances, np.arange(faces))
  kernel, rows = kernels.rbf(distances, gamma), []
  for name, solve in machines.BACKENDS.items():
    try:
      machines.choose(name)
    except ValueError as error:
      print(f"{name} is left out: {error}")
      continue
    if name != "sklearn":
      ours, peer = harness.rates(
        [
          lambda one=one: len(one(kernel, labels, 1.0)[1])
          for one in (solve, machines.sklearn_svm)
        ],
        repeats=3,
      )
      work = f"backend {name}, {faces} rows"
      said = "scikit-learn, which svm.backend=auto takes until this is above 1"
      rows.append(harness.Row(work, ours, peer, "problems/s", said))
  return rows


def path(*, faces: int, dimension: int) -> list[harness.Row]:
  """Rows against TorchKM, which solves one pair for all C and folds at once.

  Both have the same kernel, two classes, seven C and ten folds, and give the
  decision values of rows left out; TorchKM fits all rows besides.
  """
  if not TORCHKM:
    print("TorchKM is left out: it is not installed (extra bench)")
    return []
  # A peer, imported where it is asked for.
  import torch  # pyright: ignore[reportMissingImports]
  from torchkm.cvksvm import cvksvm  # pyright: ignore[reportMissingImports]

  features, labels = vectors(faces, dimension, classes=2)
  distances, config = kernels.squared_distances(features), base.get_config().svm
  values, every = costs(config), np.arange(faces)
  kernel = kernels.rbf(distances, 1 / kernels.median_distance(distances, every))
  fold = np.random.default_rng(1).permutation(faces) % config.folds
  held = np.empty((2, faces, len(values)))

  def ours() -> int:
    def one(job: tuple[splits.Split, int]) -> None:
      part, v = job
      own = kernel[np.ix_(part.train, part.train)]
      found, bias = machines.sklearn_svm(own, labels[part.train], values[v])
      across = kernel[np.ix_(part.test, part.train)]
      held[0, part.test, v] = (across @ found + bias)[:, 0]

    parts = splits.by_fold(fold)
    jobs = [(part, v) for part in parts for v in range(len(values))]
    threads.in_threads(one, jobs)
    return len(jobs)

  def theirs() -> int:
    peer = cvksvm(
      Kmat=torch.from_numpy(kernel),
      y=torch.from_numpy(1.0 - 2 * labels),  # ours is positive for class 0
      nlam=len(values),
      # Its loss is a mean over all rows, with lambda a'Ka added.
      ulam=torch.tensor([1 / (2 * faces * C) for C in values]),
      foldid=torch.from_numpy(fold + 1),
      nfolds=config.folds,
      maxit=100_000,
      gamma=1e-8,
      device="cpu",
    )
    with warnings.catch_warnings():
      # It says where it stops before it has converged; that is its affair.
      warnings.simplefilter("ignore")
      peer.fit()
    held[1] = peer.pred.numpy()
    return len(values) * config.folds

  mine, other = harness.rates([ours, theirs], repeats=1)
  work = f"a pair, {faces} rows, {len(values)} C, {config.folds} folds"
  same = float((np.sign(held[0]) == np.sign(held[1])).mean())
  said = "TorchKM, on the same kernel, on CPUs"
  return [
    harness.Row(work, mine, other, "problems/s", said),
    harness.Row(f"{work}: alike", same, 1.0, "share of rows", said),
  ]


def _agreement(
  task: Task, features: np.ndarray, split: splits.Split, given: dict[str, Any]
) -> float:
  """Share of test rows that a peer, fitted here, names as our machine does."""
  peer = svm.SVC(C=given["C"], gamma=given["gamma"])
  peer.fit(features[split.train], task.labels[split.train, 0])
  found = peer.predict(features[split.test])
  return float(np.mean(found == _votes(task, split, given)))


def _votes(
  task: Task, split: splits.Split, given: dict[str, Any]
) -> np.ndarray:
  """What our binary machines predict when decoded as libsvm does, by votes."""
  d, gamma = task.distances, given["gamma"]
  kernel = kernels.rbf(kernels.block(d, split.train, split.train), gamma)
  labels = task.labels[split.train, 0]
  [found] = machines.solve_all(task.solve, [(kernel, labels, given["C"])])
  machine = multiclass.of(found, split.train, labels, task.width)
  kernel = kernels.rbf(kernels.block(d, split.test, split.train), gamma)
  margins = machine.margins(kernel)
  votes = np.zeros((len(kernel), task.width), int)
  for p, (positive, negative) in enumerate(machine.pairs):
    won = margins[:, p] > 0
    votes[won, positive] += 1
    votes[~won, negative] += 1
  return votes.argmax(1)


if __name__ == "__main__":
  harness.main("svm_search", __doc__, measure, repeats=1)
