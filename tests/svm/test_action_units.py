"""Action-unit machines: what they find, and what they have not seen."""

import dataclasses
import time
import types

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cdist
from sklearn.metrics import roc_auc_score
from sklearn.svm import SVC

from jaxfer.data import folds as foldlib
from jaxfer.svm import dual, final, kernels, machines, probe, threads
from jaxfer.svm import weights as weightlib
from jaxfer.svm.heads import HEADS
from jaxfer.svm.splits import Split, by_fold
from jaxfer.svm.support import Support
from jaxfer.svm.task import Task

VALUES = (0.01, 1.0, 100.0)


def _faces(
  people=12,
  shots=12,
  aus=3,
  seed=0,
  dim=20,
  effect=0.0,
  sitting=0.0,
  noise=0.3,
):
  """Faces whose action units come and go: features, labels, people.

  `effect` is what an action unit does to everybody's features, `sitting` what
  one person's combination of action units does to that person's alone.
  """
  rng = np.random.default_rng(seed)
  person = np.repeat(np.arange(people), shots)
  labels = rng.integers(0, 2, (people, shots // 3, aus)).repeat(3, axis=1)
  labels = labels.reshape(-1, aus).astype(np.int8)
  code = labels @ (1 << np.arange(aus))
  features = (
    effect * labels @ rng.normal(size=(aus, dim))
    + sitting * rng.normal(size=(people, 1 << aus, dim))[person, code]
    + noise * rng.normal(size=(len(labels), dim))
  )
  return features.astype(np.float32), labels, person


def _task(features, labels, people, solve=machines.sklearn_svm):
  return Task(
    distances=kernels.squared_distances(features),
    labels=labels,
    width=1,
    people=people,
    svm=types.SimpleNamespace(inner_folds=3),
    seed=0,
    solve=solve,
  )


def _run(task, splits, values=VALUES, report=None, head=Support):
  found = probe.run(head(task), splits, values, report or _silent)
  return types.SimpleNamespace(
    **probe.arrays(found, task), tuned=[one.records for one in found]
  )


def _final(folder, task, features, values=VALUES, report=None):
  fitted = probe.fit_final(Support(task), values, report or _silent)
  names = tuple("abc"[: task.labels.shape[1]])
  final.keep(folder, task, fitted, features, names)
  return weightlib.load(folder)[0]


def _silent(more):
  pass


def _disjoint(people, folds=4):
  return by_fold(people % folds)


def _aucs(outcome, labels):
  """The mean AUC over the test folds, by action unit."""
  return np.array(
    [
      np.mean(
        [
          roc_auc_score(labels[own, a], outcome.scores[own, a])
          for own in (outcome.fold == k for k in np.unique(outcome.fold))
        ]
      )
      for a in range(labels.shape[1])
    ]
  )


def _same(one, other):
  for name in ("scores", "thresholds", "fold", "train_auc"):
    np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
  assert one.tuned == other.tuned


def test_each_planted_action_unit_is_found():
  features, labels, people = _faces(effect=1.0)
  task = _task(features, labels, people)
  outcome = _run(task, _disjoint(people), (1.0, 10.0))
  assert (_aucs(outcome, labels) > 0.99).all()
  assert ((outcome.scores >= outcome.thresholds) == labels).mean() > 0.97
  assert (outcome.train_auc > 0.99).all()
  np.testing.assert_array_equal(outcome.fold, people % 4)


def test_scores_are_those_of_a_linear_machine_on_scaled_features(monkeypatch):
  """With the bias: action units that are rare have one far from zero."""
  monkeypatch.setattr(machines, "TOLERANCE", 1e-8)
  features, labels, people = _faces(effect=0.3, noise=1.0)
  labels[:, 0] &= labels[:, 1]
  task = _task(features, labels, people)
  splits = _disjoint(people)
  outcome = _run(task, splits, (0.1,))
  for split in splits:
    own = features[split.train]
    length = np.sqrt(((own - own.mean(0)) ** 2).sum(1).mean())
    for a in range(3):
      svc = SVC(C=0.1, kernel="linear", tol=1e-8)
      svc.fit(own / length, labels[split.train, a])
      expected = svc.decision_function(features[split.test] / length)
      np.testing.assert_allclose(
        outcome.scores[split.test, a], expected, atol=1e-4
      )


def test_jax_tunes_as_scikit_learn_with_one_call_for_folds_units_and_c(
  monkeypatch,
):
  features, labels, people = _faces(effect=0.4, noise=1.0, seed=2)
  shapes = []

  def watched(kernels, signs, *rest, solve=dual.solve):
    shapes.append((len(kernels), signs.shape[1]))
    return solve(kernels, signs, *rest)

  splits = _disjoint(people)[:1]
  expected = _run(_task(features, labels, people), splits)
  monkeypatch.setattr(dual, "solve", watched)
  found = _run(_task(features, labels, people, machines.jax_svm), splits)
  for own, other in zip(found.tuned[0], expected.tuned[0], strict=True):
    assert own["C"] == other["C"]
  np.testing.assert_allclose(found.scores, expected.scores, atol=0.02)
  assert shapes == [(3, 9), (1, 3)]


def test_no_signal_is_chance():
  features, labels, people = _faces(people=24, seed=3)
  task = _task(features, labels, people)
  outcome = _run(task, _disjoint(people))
  assert (abs(_aucs(outcome, labels) - 0.5) < 0.1).all()
  assert (outcome.train_auc > 0.6).all()  # what is learnt by heart


def test_memorised_sittings_are_caught():
  """Random folds leave a sitting's other shots in training; people do not."""
  features, labels, people = _faces(sitting=1.0, dim=100, seed=1)
  strata = labels @ np.array([1, 2, 4])
  random = by_fold(foldlib.random_folds(strata, 4, 0))
  task = _task(features, labels, people)
  paper = _run(task, random)
  subject = _run(task, _disjoint(people))
  assert (_aucs(paper, labels) > 0.85).all()
  assert (_aucs(subject, labels) < 0.75).all()


@settings(max_examples=12, deadline=None, derandomize=True)
@given(
  shots=st.lists(st.integers(2, 6), min_size=6, max_size=10),
  codes=st.randoms(use_true_random=False),
  k=st.integers(0, 2),
)
def test_no_table_lets_test_rows_into_the_training(shots, codes, k):
  """Whoever is coded for what: test rows change no C, threshold or AUC.

  Their labels change no score either. Centre and scale are among what is seen;
  a change of either would show.
  """
  rng = np.random.default_rng(codes.randrange(1 << 30))
  people = np.repeat(np.arange(len(shots)), shots)
  labels = rng.integers(-1, 2, (len(people), 3)).astype(np.int8)
  features = rng.normal(size=(len(people), 5)) + labels @ rng.normal(
    size=(3, 5)
  )
  task = _task(features.astype(np.float32), labels, people)
  splits = _disjoint(people, 3)[k : k + 1]
  test = splits[0].test
  before = _run(task, splits)
  other, distances = labels.copy(), task.distances.copy()
  other[test] = rng.integers(-1, 2, other[test].shape)
  changed = dataclasses.replace(task, labels=other)
  _same(_run(changed, splits), before)
  noise = rng.random((len(labels), len(test)), np.float32) * 1e3
  distances[:, test], distances[test] = noise, noise.T
  after = _run(dataclasses.replace(changed, distances=distances), splits)
  assert after.tuned == before.tuned
  np.testing.assert_array_equal(after.train_auc, before.train_auc)
  np.testing.assert_array_equal(after.thresholds, before.thresholds)
  known = np.isfinite(before.scores[test])
  assert (after.scores[test] != before.scores[test])[known].all()


def test_inner_machines_have_not_seen_the_rows_that_judge_them(monkeypatch):
  """Every kernel that a solver gets is one of people of its own inner folds."""
  features, labels, people = _faces(effect=0.3, noise=1.0)
  seen = []
  linear = kernels.linear

  def watched(distances, train, rows):
    if rows is not train:
      seen.append((train, np.setdiff1d(rows, train)))
    return linear(distances, train, rows)

  monkeypatch.setattr(kernels, "linear", watched)
  task = _task(features, labels, people)
  splits = _disjoint(people)
  _run(task, splits)
  # Three inner folds and the split itself, shared by action units and C.
  assert len(seen) == 4 * len(splits)
  for k, (train, test) in enumerate(seen):
    assert not np.intersect1d(people[train], people[test]).size
    held = splits[k // 4].test
    assert np.isin(held, test).all() == (k % 4 == 3)
    assert not np.isin(held, train).any()


def test_uncoded_rows_are_ignored():
  """As if they were not in the training set, for that action unit alone."""
  features, labels, people = _faces(effect=0.3, noise=1.0)
  labels[people == 5, 1] = -1
  task = _task(features, labels, people)
  outcome = _run(task, _disjoint(people))

  flipped = features.copy()
  flipped[people == 5] *= -9  # training rows of folds other than 1
  distances = kernels.squared_distances(flipped)
  other = dataclasses.replace(task, distances=distances)
  after = _run(other, _disjoint(people))
  rows = people % 4 != 1
  np.testing.assert_allclose(
    after.scores[rows, 1], outcome.scores[rows, 1], atol=1e-3
  )
  assert (abs(after.scores - outcome.scores)[rows][:, [0, 2]] > 0.01).any()
  # A row that nobody coded is still scored.
  assert np.isfinite(outcome.scores).all()


def test_an_action_unit_of_one_class_in_training_has_no_machine():
  features, labels, people = _faces(effect=1.0)
  labels[people % 4 != 2, 0] = 0  # present in test fold 2 only
  labels[:, 1] = -1
  task = _task(features, labels, people)
  outcome = _run(task, _disjoint(people))
  undefined = outcome.fold == 2
  np.testing.assert_array_equal(np.isnan(outcome.scores[:, 0]), undefined)
  np.testing.assert_array_equal(np.isnan(outcome.thresholds[:, 0]), undefined)
  assert np.isnan(outcome.scores[:, 1]).all()
  assert np.isfinite(outcome.scores[:, 2]).all()
  assert outcome.tuned[2][0] is None
  assert np.isnan(outcome.train_auc[2, 0])
  assert outcome.tuned[0][1] is None
  assert outcome.tuned[0][2] is not None


def test_rows_in_no_split_are_neither_trained_on_nor_tested():
  features, labels, people = _faces(effect=0.3, noise=1.0)
  split = Split(0, np.flatnonzero(people < 6), np.flatnonzero(people > 8))
  task = _task(features, labels, people)
  outcome = _run(task, [split])
  np.testing.assert_array_equal(outcome.fold, np.where(people > 8, 0, -1))
  assert np.isnan(outcome.scores[people <= 8]).all()
  assert np.isfinite(outcome.scores[people > 8]).all()
  task.labels[(people >= 6) & (people <= 8)] = 1
  _same(_run(task, [split]), outcome)


def test_without_a_usable_inner_fold_c_is_1_and_the_threshold_0():
  """One person has the action unit: whoever judges lacks it, or training."""
  features, labels, people = _faces(effect=1.0, people=6)
  labels[people != 0, 0] = 0
  labels[people == 0, 0] = 1
  for values, expected in ((VALUES, 1.0), ((0.1, 0.2, 0.5), 0.2)):
    task = _task(features, labels, people)
    split = Split(0, np.flatnonzero(people < 4), np.flatnonzero(people >= 4))
    tuned = _run(task, [split], values).tuned[0]
    assert tuned[0] == {"C": expected, "auc": None, "threshold": 0.0}
    assert tuned[2]["auc"] > 0.9


def test_of_equally_good_c_the_smallest_is_taken():
  features, labels, people = _faces(effect=3.0, noise=0.1)
  task = _task(features, labels, people)
  tuned = _run(task, _disjoint(people), (1.0, 100.0)).tuned
  assert {t["auc"] for split in tuned for t in split} == {1.0}
  assert {t["C"] for split in tuned for t in split} == {1.0}


def test_c_is_chosen_by_the_inner_auc():
  """As if each value had been alone, and the best of them taken."""
  features, labels, people = _faces(effect=0.4, noise=1.0, seed=2)
  splits = _disjoint(people)
  task = _task(features, labels, people)
  tuned = _run(task, splits).tuned
  alone = [_run(task, splits, (C,)) for C in VALUES]
  for s, a in np.ndindex(len(splits), 3):
    rivals = [outcome.tuned[s][a] for outcome in alone]
    best = max(rivals, key=lambda t: t["auc"])
    assert tuned[s][a]["C"] == best["C"]
    # A product with fewer columns may sum in another order.
    assert tuned[s][a] == pytest.approx(best, rel=1e-9)
  assert len({t["C"] for split in tuned for t in split}) > 1


def test_outcomes_do_not_depend_on_the_timing_of_threads(monkeypatch):
  features, labels, people = _faces(effect=0.3, noise=1.0)
  labels[people == 3, 2] = -1
  rng = np.random.default_rng(0)

  def dawdle(kernel, labels, C):
    time.sleep(rng.random() * 0.003)
    return machines.sklearn_svm(kernel, labels, C)

  splits = _disjoint(people)
  task = _task(features, labels, people)
  first = _run(task, splits)
  slow = dataclasses.replace(task, solve=dawdle)
  _same(_run(slow, splits), first)
  monkeypatch.setattr(threads, "in_threads", threads.in_turn)
  _same(_run(task, splits), first)


def test_progress_counts_to_what_was_announced():
  features, labels, people = _faces()
  labels[:, 1] = 0
  counts = []
  task, splits = _task(features, labels, people), _disjoint(people)
  _run(task, splits, report=counts.append)
  assert sum(counts) == 4 * len(VALUES)


@pytest.mark.parametrize(
  ("dtype", "tolerance"), [(np.float32, 1e-4), (np.float64, 1e-11)]
)
def test_the_weights_are_the_kernel_machine(dtype, tolerance, tmp_path):
  features, labels, people = _faces(effect=0.3, noise=1.0)
  labels[people == 3, 2] = -1  # trained on fewer rows, with another centre
  features = features.astype(dtype) + 2
  exact = features.astype(float)
  # New faces, as rows that nothing is trained on.
  new = np.random.default_rng(5).normal(size=(9, 20)) + 2
  both = np.concatenate([exact, new])
  distances = cdist(both, both, "sqeuclidean").astype(dtype)
  task = dataclasses.replace(
    _task(np.zeros((2, 2), np.float32), labels, people),
    distances=distances[: len(exact), : len(exact)],
  )
  final = _final(tmp_path, task, features, (1.0,))
  assert final.weights.shape == (3, 20)
  assert final.weights.dtype == dtype
  unknown = np.full((9, 3), -1, np.int8)
  task = dataclasses.replace(
    task,
    distances=distances,
    labels=np.concatenate([labels, unknown]),
    people=np.concatenate([people, np.full(9, 99)]),
  )
  split = Split(0, np.arange(len(exact)), np.arange(len(exact), len(both)))
  expected = _run(task, [split], (1.0,)).scores[split.test]
  np.testing.assert_allclose(
    final.scores(new), expected, rtol=tolerance, atol=tolerance
  )


def test_final_machines_detect_in_new_people(tmp_path):
  features, labels, people = _faces(effect=1.0)
  known = people < 9
  labels[:, 1] = 0
  task = _task(features[known], labels[known], people[known])
  counts = []
  final = _final(tmp_path, task, features[known], report=counts.append)
  called = final.scores(features[~known]) >= final.thresholds
  assert (called == labels[~known])[:, [0, 2]].mean() > 0.95
  assert np.isin(final.C[[0, 2]], VALUES).all()
  assert sum(counts) == len(VALUES)
  for array in vars(final).values():
    assert np.isnan(array[1]).all()
    assert np.isfinite(array[[0, 2]]).all()


def test_features_that_are_all_alike_score_all_rows_alike():
  _, labels, people = _faces()
  task = _task(np.ones((len(labels), 4), np.float32), labels, people)
  scores = _run(task, _disjoint(people)).scores
  for split in _disjoint(people):
    assert (np.ptp(scores[split.test], axis=0) == 0).all()
  assert np.isfinite(scores).all()


@pytest.mark.parametrize("name", ["nearest", "logistic"])
def test_every_head_finds_planted_action_units(name):
  """Coded rows alone, a threshold of its own, and no machine for one class."""
  features, labels, people = _faces(effect=1.0)
  labels[people == 3, 2] = -1
  labels[people % 4 != 2, 0] = 0
  task = _task(features, labels, people)
  values = HEADS[name].candidates(None, units=True, papers=False, rows=108)
  outcome = _run(task, _disjoint(people), values, head=HEADS[name])
  coded = labels[:, 2] >= 0
  assert roc_auc_score(labels[coded, 2], outcome.scores[coded, 2]) > 0.9
  one = types.SimpleNamespace(scores=outcome.scores[:, 1:2], fold=outcome.fold)
  assert _aucs(one, labels[:, 1:2]) > 0.9
  assert np.isfinite(outcome.thresholds[:, 1]).all()
  assert np.isnan(outcome.scores[outcome.fold == 2, 0]).all()
  assert set(outcome.tuned[0][1]) == {"value", "auc", "threshold"}
