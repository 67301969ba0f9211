"""A logistic head in place of support vectors, and what that costs."""

from __future__ import annotations

import dataclasses
from types import SimpleNamespace
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from jaxfer.metrics import bootstrap
from jaxfer.recogniser import card, heldout
from jaxfer.recogniser.heads import Centres, Linear
from jaxfer.recogniser.model import Model
from jaxfer.recogniser.run import Run
from jaxfer.svm import kernels, logistic, machines, probe
from jaxfer.svm.logistic import Logistic
from jaxfer.svm.problem import Problem
from jaxfer.svm.splits import Split
from jaxfer.svm.task import Task

_DRAWS = 2000  # of people, behind the interval of a difference


def replace(model: Model, run: Run) -> Model:
  """The same recogniser with a logistic head, which holds no person's face.

  Its card says what that costs: the accuracy of either head on the same
  unseen people, C chosen inside each training set.

  Args:
    model: a run's, of emotions; one of action units is linear already.
    run: the run.
  """
  if model.head is None:
    note = "linear, a weight for each feature: no face is in it"
    return dataclasses.replace(
      model, card={**model.card, "head": {"kind": "linear", "note": note}}
    )
  problem, features = heldout.read(run)
  protocol, tested = heldout.split(problem)
  distances = kernels.squared_distances(features)
  task = _task(problem, distances, run)
  over = Logistic(task)

  def named(shared: bool) -> list[probe.Tested]:
    def quiet(more: int) -> None:
      del more

    values = logistic.CANDIDATES
    return probe.run(over, tested, values, quiet, shared=shared)

  honest = probe.arrays(named(problem.people is None), task)
  # The one C of the head that is kept, and its scores of faces left out.
  found = named(True)
  kept = probe.arrays(found, task)
  head = fit(features, distances, problem.labels, found[0].records["value"])
  nearest = np.full(len(features), np.nan)
  for one in tested:
    means = heldout.class_means(features[one.train], problem.labels[one.train])
    apart = kernels.squared_distances_between(features[one.test], means)
    nearest[one.test] = apart.min(1)
  held_out = heldout.parse(
    heldout.record(
      protocol, kept["scores"], problem.labels, kept["fold"], nearest
    )
  )
  cost = _cost(run, problem, protocol, tested, honest["scores"])
  means = heldout.class_means(features, problem.labels)
  new = card.of_run(run.results, held_out)
  new["head"] = {"kind": "linear", **cost}
  return dataclasses.replace(
    model,
    head=head,
    centres=Centres(means, held_out.limit),
    calibration=held_out.calibration,
    card=new,
  )


def fit(
  features: np.ndarray, distances: np.ndarray, labels: np.ndarray, C: float
) -> Linear:
  """Logistic regression as `svm.logistic` fits it, as weights of features.

  It is fitted in coordinates of at most as many dimensions as rows. Its
  weights there are a sum of rows, w = Σ a_i z_i, and so are they here,
  Σ a_i (x_i - m), for inner products are the same.

  Args:
    features: (N, D) float32.
    distances: (N, N) squared, between them.
    labels: (N,) classes.
    C: inverse strength of the penalty.
  """
  present = np.unique(labels)
  placed = logistic.coordinates(distances)
  placed -= placed.mean(0)
  norm = np.sqrt((placed**2).sum(1).mean()) or 1.0
  fitted = LogisticRegression(C=C, tol=1e-6, max_iter=10_000)
  fitted.fit(placed / norm, labels)
  inner, biases = fitted.coef_ / norm, fitted.intercept_
  if len(present) == 2:
    inner = np.concatenate([np.zeros_like(inner), inner])
    biases = np.concatenate([[0.0], biases])
  sums = np.linalg.lstsq(placed.T, inner.T, rcond=None)[0]
  centre = features.mean(0, dtype=np.float64)
  own = (features - centre).T @ sums
  classes = int(labels.max()) + 1
  weights = np.zeros((features.shape[1], classes), np.float32)
  offsets = np.zeros(classes)
  weights[:, present] = own
  offsets[present] = biases - centre @ own
  return Linear(weights, offsets, present, float(C))


def _task(problem: Problem, distances: np.ndarray, run: Run) -> Task:
  inner = run.results["config"].get("svm.inner_folds", 3)
  return Task(
    distances=distances,
    labels=problem.labels[:, None],
    width=len(problem.names),
    people=problem.people,
    svm=SimpleNamespace(inner_folds=inner),
    seed=run.results.get("seed", 0),
    solve=machines.BACKENDS["sklearn"],
  )


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
  labels = problem.labels[rows]
  svm = before[rows].argmax(1) == labels
  own = scores[rows].argmax(1) == labels
  people = problem.people[rows] if problem.people is not None else rows
  _, people = np.unique(people, return_inverse=True)
  count = people.max() + 1
  gain = np.bincount(people, own.astype(float) - svm, count)
  size = np.bincount(people, minlength=count)
  draws = bootstrap.draw_weights(int(count), _DRAWS, 0)
  spread = bootstrap.interval((draws @ gain) / (draws @ size))
  assert spread is not None
  low, high = spread
  cost = float(svm.mean() - own.mean())
  return {
    "accuracy_svm": float(svm.mean()),
    "accuracy_linear": float(own.mean()),
    "cost": cost,
    "cost_interval95": [-high, -low],
    "protocol": protocol,
    "note": "logistic regression, which holds no face's vector: it names"
    f" {own.mean():.1%} right where support vectors name {svm.mean():.1%}, a"
    f" cost of {100 * cost:.1f} points [{-100 * high:.1f}, {-100 * low:.1f}],"
    f" on {card.seen_by(protocol)}",
  }
