"""Machines over landmarks: against the exact ones, and what they may see."""

import dataclasses
from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.svm import LinearSVC

from jaxfer.svm import (
  heads,
  kernels,
  landmarks,
  machines,
  primal,
  probe,
  projected,
  splits,
  streamed,
)
from jaxfer.svm.logistic import Logistic, ProjectedLogistic
from jaxfer.svm.projected import Projected
from jaxfer.svm.streamed import Streamed, Vectors
from jaxfer.svm.support import Support
from jaxfer.svm.task import Task

SVM = SimpleNamespace(
  inner_folds=3,
  evaluations=8,
  starts=4,
  log10_low=-3.0,
  log10_high=3.0,
  au_values=4,
  landmarks=40,
  tuned_rows=1000,
)


@pytest.fixture
def faces(draw_people):
  """Features, labels and people that machines tell apart well, not wholly."""
  return draw_people(count=20, emotions=4, shots=3, emotion=0.7, noise=1.0)


def _task(faces, large, **changes):
  x, labels, people = faces
  fields = {
    "distances": kernels.distances(
      Vectors.of(x), "landmarks" if large else "exact"
    ),
    "labels": labels[:, None],
    "width": labels.max() + 1,
    "people": people,
    "svm": SVM,
    "seed": 0,
    "solve": machines.sklearn_svm,
  }
  return Task(**{**fields, **changes})


def _tested(people):
  return splits.by_fold(people % 5)


def test_streamed_distances_are_those_of_the_matrix(faces, monkeypatch):
  monkeypatch.setattr(streamed, "_BLOCK", 7)
  x = faces[0]
  half = len(x) // 2
  every = np.arange(len(x))
  parts = [(x, every[:half]), (x[half:], every[: len(x) - half])]
  found, exact = Streamed(Vectors(parts)), kernels.squared_distances(x)
  some = np.array([5, 200, 3, 77])
  for _ in range(2):  # computed, and then kept
    np.testing.assert_allclose(
      kernels.block(found, every, some), exact[:, some], rtol=1e-4, atol=1e-4
    )
    found.keep(some[:2])
    found.keep(some)
  assert found._kept.shape == (len(x), len(some))


def test_streamed_vectors_are_scaled_where_wanted(faces):
  rows = np.array([4, 1])
  found = Vectors([(faces[0], np.arange(len(faces[0])))], unit=True)[rows]
  expected = faces[0][rows].astype(np.float64)
  expected /= np.linalg.norm(expected, axis=1, keepdims=True)
  np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_streamed_refuses_what_is_not_finite(faces):
  x = faces[0].copy()
  x[30, 2] = np.inf
  with pytest.raises(ValueError, match=r"1 of 240 .* the first in row 30"):
    Streamed(Vectors.of(x))


def test_the_nearest_do_not_depend_on_how_many_are_looked_at(
  faces, monkeypatch
):
  exact = kernels.squared_distances(faces[0])
  rows, columns = np.arange(100), np.arange(100, 240)
  expected = np.argsort(exact[:100, 100:], axis=1, kind="stable")[:, :5]
  for looked_at in (1, 1 << 26):
    monkeypatch.setattr(kernels, "_LOOKED_AT", looked_at)
    for distances in (exact, _task(faces, True).distances):
      found = kernels.nearest(distances, rows, columns, 5)
      np.testing.assert_array_equal(found, expected)


def test_landmarks_are_spread_over_classes_and_people():
  people = np.repeat(np.arange(40), 25)
  strata = np.where(np.arange(1000) % 25 < 23, 0, 1)  # 920 and 80
  order = np.random.default_rng(0).permutation(1000)
  rows = np.arange(1000)
  found = landmarks.choose(rows, strata, people, 80, order)
  assert len(np.unique(found)) == 80
  assert np.bincount(strata[found]).tolist() == [40, 40]
  for k in range(2):
    given = np.bincount(people[found][strata[found] == k], minlength=40)
    assert given.tolist() == [1] * 40
  # Of a class that is used up, others take the place; of few rows all are.
  found = landmarks.choose(rows, strata, people, 500, order)
  assert np.bincount(strata[found]).tolist() == [420, 80]
  few = np.array([9, 3, 500])
  found = landmarks.choose(few, strata[few], people[few], 500, order)
  assert found.tolist() == [3, 9, 500]


def test_landmarks_are_training_rows_whose_choice_sees_no_others(faces):
  task = _task(faces, True)
  train = np.flatnonzero(task.people < 15)
  found = projected.chosen(task, train)
  assert np.isin(found, train).all()
  labels = task.labels.copy()
  labels[task.people >= 15] = 0
  people = np.where(task.people < 15, task.people, 99)
  other = dataclasses.replace(task, labels=labels, people=people)
  np.testing.assert_array_equal(projected.chosen(other, train), found)


def test_with_all_rows_as_landmarks_the_kernel_is_exact(faces):
  task = _task(faces, True)
  rows = np.arange(240)
  exact = kernels.rbf(kernels.squared_distances(faces[0]), 0.05)
  basis = landmarks.basis(task.distances, rows, rows, 0.05)
  placed = basis.place(rows).astype(np.float64)
  centre = np.eye(240) - 1 / 240
  np.testing.assert_allclose(
    placed @ placed.T, centre @ exact @ centre, atol=2e-3
  )
  moments = placed.T @ placed / 240
  np.testing.assert_allclose(moments, np.diag(basis.spread), atol=1e-5)


@pytest.mark.parametrize("C", [0.01, 1.0, 100.0])
def test_hinges_are_those_of_liblinear(C, monkeypatch):
  """LinearSVC minimises the same, its bias penalised next to nothing."""
  monkeypatch.setattr(primal, "_TOLERANCE", 1e-12)
  monkeypatch.setattr(primal, "_STEPS", 2000)
  rng = np.random.default_rng(0)
  x = rng.normal(size=(120, 5)).astype(np.float32)
  y = np.where(x[:, 0] + rng.normal(size=120) > 0, 1, -1)
  order = np.argsort(-y, kind="stable")
  x, y = x[order], y[order]
  count = int((y == 1).sum())
  one = np.zeros(1, int)
  groups = [
    primal.Group(slice(0, count), one, np.ones((1, 1), np.float32)),
    primal.Group(slice(count, 120), one, -np.ones((1, 1), np.float32)),
  ]
  *_, found = primal.hinges(x, groups, 1, [1e-3, C])
  peer = LinearSVC(C=C, dual=False, tol=1e-10, intercept_scaling=1e3)
  peer.fit(x, y)
  np.testing.assert_allclose(found[0, :-1], peer.coef_[0], atol=2e-3)
  np.testing.assert_allclose(found[0, -1], peer.intercept_[0], atol=2e-3)


def test_softmax_is_that_of_scikit_learn(monkeypatch):
  monkeypatch.setattr(primal, "_TOLERANCE", 1e-12)
  rng = np.random.default_rng(1)
  x = rng.normal(size=(150, 4)).astype(np.float32)
  labels = (x[:, :3] + rng.normal(size=(150, 3))).argmax(1)
  found = primal.softmax(x, labels, 3, 0.5)
  peer = LogisticRegression(C=0.5, tol=1e-10).fit(x, labels)
  np.testing.assert_allclose(found[:, :-1], peer.coef_, atol=2e-3)


def _right(head, tested, values=None):
  found = probe.run(head, tested, values, lambda more: None)
  scores = probe.arrays(found, head.task)["scores"]
  return (scores.argmax(1) == head.task.labels[:, 0]).mean()


def test_names_as_many_right_as_the_exact_machine(faces):
  tested = _tested(faces[2])
  exact = _right(Support(_task(faces, False)), tested)
  head = Projected(_task(faces, True))
  values = head.candidates(SVM, units=False, papers=False, rows=100)
  found = _right(head, tested, values)
  assert 0.6 < exact < 0.99
  assert abs(found - exact) < 0.05  # of 240 faces, a standard error is 0.02


def test_logistic_regression_gives_what_the_exact_one_gives(faces, monkeypatch):
  monkeypatch.setattr(primal, "_TOLERANCE", 1e-12)
  rows, every = np.arange(0, 240, 2), np.arange(240)
  svm = SimpleNamespace(**{**vars(SVM), "landmarks": 240})
  scores = []
  for kind, large in ((Logistic, False), (ProjectedLogistic, True)):
    head = kind(_task(faces, large, svm=svm))
    scores.append(head.fit(head.space(rows), rows, [(0, 1.0)])(every))
  # 20 dimensions: 120 landmarks span them, and scale as all rows do.
  np.testing.assert_allclose(*scores, atol=0.02)


def test_a_candidate_gives_the_same_alone_and_among_others(faces):
  head = Projected(_task(faces, True))
  rows, every = np.arange(0, 240, 2), np.arange(240)
  space = head.space(rows)
  several = [(1.0, 2.0), (0.1, 0.2), (10.0, 2.0)]
  together = head.fit(space, rows, [(0, value) for value in several])(every)
  for k, value in enumerate(several):
    [alone] = np.moveaxis(head.fit(space, rows, [(0, value)])(every), 1, 0)
    # The start differs, by which a solution may within its tolerance.
    same = (alone.argmax(1) == together[:, k].argmax(1)).mean()
    assert same > 0.97


@pytest.mark.parametrize("degenerate", ["alone", "alike", "a row a class"])
def test_degenerate_training_sets(faces, degenerate):
  x, labels, people = faces
  rows = np.arange(0, 240, 3)
  if degenerate == "alone":
    labels = np.where(np.isin(np.arange(240), rows), 1, labels)
  if degenerate == "alike":
    x = np.ones_like(x)
  if degenerate == "a row a class":
    rows = np.array([np.flatnonzero(labels == k)[0] for k in range(4)])
  head = Projected(_task((x, labels, people), True))
  scores = head.fit(head.space(rows), rows, [(0, (10.0, 1.0))])(rows)[:, 0]
  assert not np.isnan(scores).any()
  if degenerate == "alone":
    assert (scores.argmax(1) == 1).all()
  if degenerate == "a row a class":
    assert (scores.argmax(1) == labels[rows]).all()


def test_units_are_weights_of_features(faces):
  """Their decision values, and AUCs near those of the exact machines."""
  x, labels, people = faces
  units = np.stack([labels > 1, labels % 2], axis=1).astype(int)
  rows, every = np.flatnonzero(people < 14), np.arange(240)
  jobs = [(0, 0.1), (0, 1.0), (1, 0.1), (1, 1.0)]
  found = []
  for kind, large in ((Support, False), (Projected, True)):
    task = _task(faces, large, labels=units, width=1)
    head = kind(task)
    found.append(head.fit(head.space(rows), rows, jobs))
  exact, own = (scorer(every)[..., 0] for scorer in found)
  for j in range(4):
    assert np.corrcoef(exact[:, j], own[:, j])[0, 1] > 0.9
  near = x[found[1].rows]
  weights = found[1].coefficients.T @ near / found[1].scale
  biases = found[1].biases - weights @ near.mean(0)
  np.testing.assert_allclose(x @ weights.T + biases, own, atol=1e-3)


def test_settings_are_chosen_on_no_more_rows_than_asked_for(faces):
  svm = SimpleNamespace(**{**vars(SVM), "tuned_rows": 50})
  head, rows = Projected(_task(faces, True, svm=svm)), np.arange(40, 240)
  found = head.fewer(rows)
  assert len(found) == 50
  assert np.isin(found, rows).all()
  assert len(head.fewer(rows[:30])) == 30


def test_the_solver_is_chosen_by_rows():
  svm = SimpleNamespace(solver="auto", exact_rows=100)
  assert heads.solver(svm, 100)[0] == "exact"
  name, reason = heads.solver(svm, 101)
  assert name == "landmarks"
  assert reason == "101 labelled faces, more than svm.exact_rows=100"
  svm.solver = "exact"
  assert heads.solver(svm, 101)[0] == "exact"


@pytest.mark.parametrize(
  ("units", "shared"), [(True, False), (True, True), (False, True)]
)
def test_one_reading_and_no_matrix_of_all_pairs(
  faces, units, shared, monkeypatch
):
  """Tuning under `paper` too finds what it needs kept; units are told."""
  read = []

  def watched(self, rows, columns, computed=Streamed._computed):
    read.append((len(rows), len(columns)))
    return computed(self, rows, columns)

  monkeypatch.setattr(Streamed, "_computed", watched)
  labels, changes = faces[1], {}
  if units:
    coded = np.stack([labels > 1, labels % 2], axis=1).astype(int)
    coded[faces[2] == 3, 1] = -1
    changes = {"labels": coded, "width": 1}
  head = Projected(_task(faces, True, **changes))
  values = head.candidates(SVM, units=units, papers=False, rows=100)[:4]
  found = probe.run(
    head, _tested(faces[2]), values, lambda more: None, shared=shared
  )
  [(rows, columns)] = read
  assert rows == 240 and columns < 120  # of 40 landmarks in each training set
  scores = probe.arrays(found, head.task)["scores"]
  if units:
    for k in range(2):
      own = coded[:, k] >= 0
      assert roc_auc_score(coded[own, k], scores[own, k]) > 0.8
  else:
    assert (scores.argmax(1) == labels).mean() > 0.6
