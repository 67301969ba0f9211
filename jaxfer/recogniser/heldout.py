"""What the classifier that is kept would have said of people it had not seen.

The scores that a run keeps come from machines with hyper-parameters of their
own, fold by fold, whose scale differs by orders of magnitude. Here each fold is
scored once more, by a machine with those of the classifier that is used. From
these scores come its probabilities, and from the distances to their nearest
support vectors what is familiar.
"""

from __future__ import annotations

import dataclasses
import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from jaxfer import artifacts
from jaxfer.artifacts import Spec, Store
from jaxfer.recogniser import calibration
from jaxfer.recogniser.calibration import Calibration
from jaxfer.recogniser.heads import Machine
from jaxfer.recogniser.run import Run
from jaxfer.svm import kernels, machines, multiclass, threads
from jaxfer.svm import problem as problems
from jaxfer.svm.problem import Problem
from jaxfer.svm.splits import Split

VERSION = 1
QUANTILE = 0.95
"""Of the tested faces, the share whose distance to the nearest is familiar."""

_PROTOCOLS = ("subject", "official", "paper")  # the first that there is


@dataclasses.dataclass(frozen=True)
class HeldOut:
  """What is known from faces that were left out.

  Attributes:
    protocol: the folds that they are of.
    calibration: of class scores; None of action units.
    reliability: as `calibration.reliability` has it, out of fold; or None.
    limit: squared distance within which a face is familiar.
    accuracy: share of those faces named right; None of action units.
  """

  protocol: str
  calibration: Calibration | None
  reliability: dict[str, Any] | None
  limit: float
  accuracy: float | None


def of_machine(run: Run, machine: Machine) -> HeldOut:
  """The folds scored with a machine's hyper-parameters, once for a run."""

  def build(out: Path) -> None:
    problem, features = read(run)
    protocol, tested = split(problem)
    scores, nearest, fold = _score(problem, features, tested, machine)
    found = record(protocol, scores, problem.labels, fold, nearest)
    write(out, found)

  return _made(run, build)


def of_units(run: Run) -> HeldOut:
  """How far left out faces lie from the means of units; see `unit_means`."""

  def build(out: Path) -> None:
    problem, features = read(run)
    protocol, tested = split(problem)
    nearest = np.full(len(features), np.nan)
    for one in tested:
      means = unit_means(features[one.train], problem.labels[one.train])
      apart = kernels.squared_distances_between(features[one.test], means)
      nearest[one.test] = apart.min(1)
    write(out, record(protocol, None, problem.labels, None, nearest))

  return _made(run, build)


def unit_means(features: np.ndarray, labels: np.ndarray) -> np.ndarray:
  """The mean (M, D) of the faces with each unit, and of those without."""
  means = [
    features[labels[:, unit] == value].mean(0)
    for unit in range(labels.shape[1])
    for value in (0, 1)
    if (labels[:, unit] == value).any()
  ]
  return np.asarray(means, np.float32)


def class_means(features: np.ndarray, labels: np.ndarray) -> np.ndarray:
  """The mean (M, D) of the faces of each class that occurs."""
  means = [features[labels == k].mean(0) for k in np.unique(labels)]
  return np.asarray(means, np.float32)


def read(run: Run) -> tuple[Problem, np.ndarray]:
  """The problem of a run, and the features (N, D) of its rows."""
  problem = problems.read(run.folds)
  features = np.load(
    run.described / "features.npy", mmap_mode="r", allow_pickle=False
  )
  return problem, np.asarray(features[problem.rows])


def split(problem: Problem) -> tuple[str, list[Split]]:
  """The first protocol that tests unseen people, or what comes nearest."""
  for protocol in _PROTOCOLS:
    if tested := problem.tested(protocol):
      return protocol, tested
  raise AssertionError("random folds are always there")


def _score(
  problem: Problem,
  features: np.ndarray,
  tested: list[Split],
  machine: Machine,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
  """Scores (N, K), squared distances to support vectors (N,), folds (N,)."""
  distances = kernels.squared_distances(features)
  classes = len(problem.names)

  def one(split: Split) -> tuple[np.ndarray, np.ndarray]:
    own = kernels.block(distances, split.train, split.train)
    fitted = multiclass.fit(
      kernels.rbf(own, machine.gamma),
      split.train,
      problem.labels[split.train],
      classes=classes,
      C=machine.C,
      solve=machines.BACKENDS["sklearn"],
    )
    across = kernels.block(distances, split.test, split.train)
    support = (fitted.coefficients != 0).any(1)
    scores = fitted.scores(kernels.rbf(across, machine.gamma))
    return scores, across[:, support].min(1, initial=np.inf)

  scores = np.full((len(features), classes), np.nan)
  nearest, fold = np.full(len(features), np.nan), np.full(len(features), -1)
  with threadpool_limits(1):
    found = threads.in_threads(one, tested)
  for split, (values, apart) in zip(tested, found, strict=True):
    scores[split.test], nearest[split.test] = values, apart
    fold[split.test] = split.fold
  return scores, nearest, fold


def write(out: Path, found: dict[str, Any]) -> None:
  """Writes `heldout.json`, of what `record` gives."""
  text = json.dumps(found, indent=2)
  (out / "heldout.json").write_text(text, encoding="utf-8")


def record(
  protocol: str,
  scores: np.ndarray | None,
  labels: np.ndarray,
  fold: np.ndarray | None,
  nearest: np.ndarray,
) -> dict[str, Any]:
  """All that follows from the faces left out, as JSON has it.

  Args:
    protocol: whose folds they are.
    scores: (N, K), or None of action units.
    labels: (N,) classes.
    fold: (N,) test fold of each row, -1 where it was never tested.
    nearest: (N,) squared distances to what the classifier holds; nan where it
      was never tested.
  """
  known = np.isfinite(nearest)
  out: dict[str, Any] = {
    "protocol": protocol,
    "limit": float(np.quantile(nearest[known], QUANTILE)),
  }
  if scores is not None and fold is not None:
    tested = fold >= 0
    # A class without training rows in a fold cannot have been right there.
    least = scores[np.isfinite(scores)].min() - 1
    own = np.where(np.isfinite(scores[tested]), scores[tested], least)
    labels, fold = labels[tested], fold[tested]
    found = calibration.choose(own, labels, fold)
    honest = calibration.out_of_fold(own, labels, fold)
    out |= {
      "accuracy": float((own.argmax(1) == labels).mean()),
      "calibration": to_json(found),
      "reliability": calibration.reliability(honest, labels),
    }
  return out


def parse(found: dict[str, Any]) -> HeldOut:
  """What `record` gave."""
  calibrated = found.get("calibration")
  return HeldOut(
    protocol=found["protocol"],
    calibration=None if calibrated is None else from_json(calibrated),
    reliability=found.get("reliability"),
    limit=found["limit"],
    accuracy=found.get("accuracy"),
  )


def to_json(found: Calibration) -> dict[str, Any]:
  """A calibration as JSON has it."""
  steps = [[x.tolist(), y.tolist()] for x, y in found.steps]
  return {
    "temperature": found.temperature,
    "steps": steps,
    "floor": found.floor,
  }


def from_json(found: dict[str, Any]) -> Calibration:
  """The calibration that `to_json` gave."""
  steps = tuple((np.array(x), np.array(y)) for x, y in found["steps"])
  return Calibration(found["temperature"], steps, found["floor"])


def _made(run: Run, build: Any) -> HeldOut:
  """The artifact of a run; computed anew each time where none can be kept."""
  inputs = {
    name: artifacts.provenance(folder)["key"]
    for name, folder in (
      ("probe", run.probe),
      ("features", run.described),
      ("folds", run.folds),
    )
  }
  spec = Spec("calibrate", run.task, VERSION, {"quantile": QUANTILE}, inputs)
  try:
    folder = Store(run.workdir).make(spec, build)
  except OSError:
    folder = None
  if folder is not None:
    return parse(json.loads((folder / "heldout.json").read_bytes()))
  with tempfile.TemporaryDirectory() as out:
    build(Path(out))
    return parse(json.loads(Path(out, "heldout.json").read_bytes()))
