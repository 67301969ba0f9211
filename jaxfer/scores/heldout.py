"""What the classifier that is kept would have said of people it had not seen.

The scores that a probe keeps come from machines with hyper-parameters of their
own, fold by fold, whose scale differs by orders of magnitude. Here each fold is
scored once more, by a machine with those of the classifier that is used. From
these scores come its probabilities, and from the distances to their nearest
support vectors what is familiar.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from jaxfer import artifacts, logs
from jaxfer.artifacts import Spec, Store
from jaxfer.metrics import calibration
from jaxfer.metrics.calibration import Calibration
from jaxfer.svm import final, heads, kernels, threads
from jaxfer.svm import problem as problems
from jaxfer.svm.final import Recogniser
from jaxfer.svm.problem import Problem
from jaxfer.svm.projected import Projected
from jaxfer.svm.splits import Split
from jaxfer.svm.streamed import Vectors
from jaxfer.svm.support import Radial, Support
from jaxfer.svm.task import Task

VERSION = 4
QUANTILE = 0.95
"""Of the tested faces, the share whose distance to the nearest is familiar."""

_FILE = "heldout.json"
_PROTOCOLS = ("subject", "official", "paper")  # the first that there is


@dataclasses.dataclass(frozen=True)
class HeldOut:
  """What is known from faces that were left out."""

  protocol: str  # the folds that they are of
  limit: float  # squared distance within which a face is familiar
  calibration: Calibration | None = None  # of class scores; not of units
  # As `calibration.reliability` has it, out of fold; of class scores.
  reliability: dict[str, Any] | None = None


def find(
  store: Store, task: str, *, probe: Path, described: Path, folds: Path
) -> HeldOut:
  """What a probe's classifier leaves, made where it is not there yet.

  Where nothing can be kept, it is computed each time. `described` is the
  artifact of the features, and `folds` that of who was tested when.
  """
  made_from = {"probe": probe, "features": described, "folds": folds}
  keys = {k: artifacts.provenance(p)["key"] for k, p in made_from.items()}
  spec = Spec("calibrate", task, VERSION, {"quantile": QUANTILE}, keys)

  def build(out: Path) -> None:
    found = _measure(task, probe, *read(folds, described))
    logs.write_json(out / _FILE, dataclasses.asdict(found))

  try:
    found = logs.read_json(store.make(spec, build) / _FILE)
  except OSError:
    return _measure(task, probe, *read(folds, described))
  if own := found["calibration"]:
    found["calibration"] = Calibration(**own)
  return HeldOut(**found)


def read(folds: Path, described: Path) -> tuple[Problem, np.ndarray]:
  """A problem, and the features (N, D) of its rows."""
  problem = problems.read(folds)
  path = described / "features.npy"
  features = np.load(path, mmap_mode="r", allow_pickle=False)
  return problem, np.asarray(features[problem.rows])


def split(problem: Problem) -> tuple[str, list[Split]]:
  """The first protocol that tests unseen people, or what comes nearest."""
  for protocol in _PROTOCOLS:
    if tested := problem.tested(protocol):
      return protocol, tested
  raise AssertionError("random folds are always there")


def means(features: np.ndarray, labels: np.ndarray) -> np.ndarray:
  """The mean face of each class; of action units, with each and without it.

  (M, D) float32 of features (N, D), and labels (N,) classes, or (N, A) 1
  present, 0 absent, -1 not coded.
  """
  found = [
    features[column == value].mean(0)
    for column in labels.reshape(len(labels), -1).T
    for value in np.unique(column[column >= 0])
  ]
  return np.asarray(found, np.float32)


def to_means(
  features: np.ndarray, labels: np.ndarray, tested: list[Split]
) -> np.ndarray:
  """Squared distances (N,) of faces left out to the nearest of `means`.

  Those are of the faces that each split trains on; nan where none tests.
  """
  nearest = np.full(len(features), np.nan)
  for one in tested:
    own = means(features[one.train], labels[one.train])
    apart = kernels.squared_distances_between(features[one.test], own)
    nearest[one.test] = apart.min(1)
  return nearest


def of_scores(
  protocol: str,
  nearest: np.ndarray,
  scores: np.ndarray,
  labels: np.ndarray,
  fold: np.ndarray,
) -> HeldOut:
  """All that follows from the class scores of faces left out.

  Args:
    protocol: whose folds they are.
    nearest: (N,) squared distances to what the classifier holds; nan where it
      was never tested.
    scores: (N, K).
    labels: (N,) classes.
    fold: (N,) test fold of each row, -1 where it was never tested.
  """
  own, labels, fold = (x[fold >= 0] for x in (scores, labels, fold))
  # A class without training rows in a fold cannot have been right there.
  known = np.isfinite(own)
  own = np.where(known, own, own[known].min() - 1)
  return HeldOut(
    protocol,
    _limit(nearest),
    calibration.choose(own, labels, fold),
    calibration.reliability(calibration.out_of_fold(own, labels, fold), labels),
  )


def _limit(nearest: np.ndarray) -> float:
  return float(np.quantile(nearest[np.isfinite(nearest)], QUANTILE))


def _measure(
  task: str, probe: Path, problem: Problem, features: np.ndarray
) -> HeldOut:
  protocol, tested = split(problem)
  if task == "au":
    nearest = to_means(features, problem.labels, tested)
    return HeldOut(protocol, _limit(nearest))
  kept = final.load(probe)
  settings = artifacts.provenance(probe)["settings"]
  one = _scorer(problem, features, kept, settings)
  scores = np.full((len(features), len(problem.names)), np.nan)
  nearest, fold = np.full(len(features), np.nan), np.full(len(features), -1)
  with threadpool_limits(1):
    found = threads.in_threads(one, tested)
  for part, (values, apart) in zip(tested, found, strict=True):
    scores[part.test], nearest[part.test] = values, apart
    fold[part.test] = part.fold
  return of_scores(protocol, nearest, scores, problem.labels, fold)


def _scorer(
  problem: Problem,
  features: np.ndarray,
  kept: Recogniser,
  settings: Mapping[str, Any],
) -> Callable[[Split], tuple[np.ndarray, np.ndarray]]:
  """A split's class scores, and its distances to the nearest support vectors.

  The machine of its training rows has the settings of the probe; over
  landmarks, these stand for the support vectors.
  """
  solver = heads.recorded(settings)
  distances = kernels.distances(Vectors.of(features), solver)
  svm, seed = SimpleNamespace(**settings), settings.get("seed", 0)
  task = Task.of(problem, distances, svm, seed)

  def one(part: Split) -> tuple[np.ndarray, np.ndarray]:
    if solver == "exact":
      given = kept.C, kept.gamma  # of distances as they are
      fitted = Support(task).fit(1.0, part.train, [(0, given)])
      assert isinstance(fitted, Radial)
      used = (fitted.machine.coefficients != 0).any(1)
      near = fitted.machine.rows[used]
    else:
      head = Projected(task)
      space = head.space(part.train)
      given = kept.C, kept.gamma * space.median
      fitted = head.fit(space, part.train, [(0, given)])
      near = space.landmarks
    apart = kernels.block(task.distances, part.test, near)
    return fitted(part.test)[:, 0], apart.min(1, initial=np.inf)

  return one
