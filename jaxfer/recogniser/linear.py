"""A logistic head in place of support vectors, and what that costs."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from jaxfer import artifacts
from jaxfer.recogniser import card
from jaxfer.recogniser.heads import Centres, Emotions, Linear
from jaxfer.recogniser.model import Model
from jaxfer.recogniser.run import Run
from jaxfer.scores import heldout, label_efficiency
from jaxfer.scores import rows as rowslib
from jaxfer.svm import heads, kernels, logistic, probe
from jaxfer.svm.kernels import Distances
from jaxfer.svm.problem import Problem
from jaxfer.svm.splits import Split
from jaxfer.svm.streamed import Vectors
from jaxfer.svm.task import Task

_DRAWS = 2000  # of people, behind the interval of a difference


def replace(model: Model, run: Run) -> Model:
  """The same recogniser with a logistic head, which holds no person's face.

  Its card says what that costs: the accuracy of either head on the same
  unseen people, C chosen inside each training set. One of action units is
  linear already.
  """
  if not isinstance(model.head, Emotions):
    note = "linear, a weight for each feature: no face is in it"
    return dataclasses.replace(
      model, card={**model.card, "head": {"kind": "linear", "note": note}}
    )
  problem, features = run.labelled()
  protocol, tested = heldout.split(problem)
  made = artifacts.provenance(run.probe)["settings"]
  solver = heads.recorded(made)
  distances = kernels.distances(Vectors.of(features), solver)
  task = _task(problem, distances, run, made)
  over = heads.SOLVERS[solver]["logistic"](task)

  def named(shared: bool) -> list[probe.Tested]:
    values = logistic.CANDIDATES
    return probe.run(over, tested, values, lambda _: None, shared=shared)

  honest = probe.arrays(named(problem.people is None), task)
  # The one C of the head that is kept, and its scores of faces left out.
  found, labels = named(True), problem.labels
  kept = probe.arrays(found, task)
  head = fit(features, labels, found[0].records["value"], len(problem.names))
  nearest = heldout.to_means(features, labels, tested)
  held_out = heldout.of_scores(
    protocol, nearest, kept["scores"], labels, kept["fold"]
  )
  assert held_out.calibration is not None
  cost = _cost(run, problem, protocol, tested, honest["scores"])
  return dataclasses.replace(
    model,
    head=Emotions(problem.names, head, held_out.calibration),
    centres=Centres(heldout.means(features, labels), held_out.limit),
    card=card.of_run(run.results, held_out)
    | {"head": {"kind": "linear", **cost}},
  )


def fit(
  features: np.ndarray, labels: np.ndarray, C: float, classes: int
) -> Linear:
  """Logistic regression as `svm.logistic` fits it, as weights of features.

  Args:
    features: (N, D) float32.
    labels: (N,) classes.
    C: inverse strength of the penalty, of features centred and divided by the
      root of their mean squared norm.
    classes: their number K.
  """
  present = np.unique(labels)
  centre = features.mean(0, dtype=np.float64)
  x = features - centre
  norm = np.sqrt((x**2).sum(1).mean()) or 1.0
  fitted = LogisticRegression(C=C, tol=1e-6, max_iter=10_000)
  fitted.fit(x / norm, labels)
  own, biases = fitted.coef_ / norm, fitted.intercept_
  if len(present) == 2:
    own = np.concatenate([np.zeros_like(own), own])
    biases = np.concatenate([[0.0], biases])
  weights = np.zeros((features.shape[1], classes), np.float32)
  offsets = np.zeros(classes)
  weights[:, present] = own.T
  offsets[present] = biases - own @ centre
  return Linear(weights, offsets, present, float(C))


def _task(
  problem: Problem, distances: Distances, run: Run, made: Mapping[str, Any]
) -> Task:
  inner = run.results["config"].get("svm.inner_folds", 3)
  svm = SimpleNamespace(**{**made, "inner_folds": inner})
  return Task.of(problem, distances, svm, run.results.get("seed", 0))


def _cost(
  run: Run,
  problem: Problem,
  protocol: str,
  tested: list[Split],
  scores: np.ndarray,
) -> dict[str, Any]:
  """The accuracy of either head, and the difference with its interval."""
  with np.load(run.probe / f"{protocol}.npz", allow_pickle=False) as saved:
    before = saved["scores"]
  rows = np.concatenate([one.test for one in tested])
  svm, own = (
    scored[rows].argmax(1) == problem.labels[rows]
    for scored in (before, scores)
  )
  who, fold = problem.drawn[rows], np.zeros(len(rows), int)
  drawn = rowslib.draw(fold, who, _DRAWS, 0)
  [found] = label_efficiency.difference(
    svm[None, None], own[None, None], [None], drawn
  )
  cost, (low, high) = found["value"], found["ci95"]
  return {
    "accuracy_svm": float(svm.mean()),
    "accuracy_linear": float(own.mean()),
    "cost": cost,
    "cost_interval95": [low, high],
    "protocol": protocol,
    "note": "logistic regression, which holds no face's vector: it names"
    f" {own.mean():.1%} right where support vectors name {svm.mean():.1%}, a"
    f" cost of {100 * cost:.1f} points [{100 * low:.1f}, {100 * high:.1f}], on"
    f" {card.SEEN_BY[protocol]}",
  }
