"""Logistic regression on distances is that on the features."""

import hypothesis
import hypothesis.strategies as st
import numpy as np
import pytest
from scipy.special import log_softmax
from sklearn.linear_model import LogisticRegression

from jaxfer.svm import kernels, logistic
from jaxfer.svm.task import Task


def _task(features, labels):
  distances = kernels.squared_distances(features)
  classes = labels.max() + 1
  return Task(distances, labels[:, None], classes, None, None, 0, None)


def _score(task, train, test, C):
  head = logistic.Logistic(task)
  return head.fit(head.space(train), train, [(0, C)])(test)[:, 0]


def _squares(rows):
  return ((rows[:, None] - rows[None]) ** 2).sum(-1)


@hypothesis.given(st.integers(0, 2**32 - 1), st.sampled_from([1, 5, 40, 300]))
@hypothesis.settings(max_examples=20, deadline=None)
def test_coordinates_have_the_distances_of_the_features(seed, dimensions):
  rng = np.random.default_rng(seed)
  features = rng.normal(rng.normal() * 9, 1, (40, dimensions))
  features[7] = features[3]  # a copy is one, too
  distances = kernels.squared_distances(features.astype(np.float32))
  placed = logistic.coordinates(distances)
  assert placed.dtype == np.float64
  assert placed.shape[1] <= 40
  np.testing.assert_allclose(
    _squares(placed), distances, atol=2e-5 * distances.max()
  )


def test_features_of_few_dimensions_have_few_coordinates():
  rng = np.random.default_rng(0)
  features = rng.normal(size=(60, 8)).astype(np.float32)
  placed = logistic.coordinates(kernels.squared_distances(features))
  assert placed.shape == (60, 8)


def test_rows_that_are_all_the_same_are_scored_alike():
  labels = np.array([0, 1, 1, 0])
  task = _task(np.ones((4, 3), np.float32), labels)
  scores = _score(task, np.arange(3), np.array([3]), 1.0)
  # One of class 0, two of class 1: the intercept says so.
  np.testing.assert_allclose(np.exp(scores), [[1 / 3, 2 / 3]], atol=1e-4)


@pytest.mark.parametrize("C", logistic.CANDIDATES)
@pytest.mark.parametrize("emotions", [2, 4])
@pytest.mark.parametrize("wide", [1, 40])
def test_scores_are_those_of_the_raw_features(draw_people, C, emotions, wide):
  """With more features than rows, and fewer; fitted to a tight tolerance."""
  features, labels, _ = draw_people(
    count=6, emotions=emotions, emotion=0.3, noise=1.0
  )
  rng = np.random.default_rng(0)
  features = features @ rng.normal(size=(20, 20 * wide)) + 3
  features += rng.normal(size=features.shape)
  features /= np.linalg.norm(features, axis=1, keepdims=True)
  features = features.astype(np.float32)
  train, test = np.split(rng.permutation(len(labels)), [len(labels) * 2 // 3])
  ours = _score(_task(features, labels), train, test, C)

  exact = features.astype(np.float64)
  centred = exact[train] - exact[train].mean(0)
  norm = np.sqrt((centred**2).sum(1).mean())
  theirs = LogisticRegression(C=C, tol=1e-8, max_iter=100_000)
  theirs.fit(centred / norm, labels[train])
  values = theirs.decision_function((exact[test] - exact[train].mean(0)) / norm)
  if emotions == 2:
    values = np.stack([-values / 2, values / 2], 1)
  expected = log_softmax(values, axis=1)
  np.testing.assert_allclose(ours, expected, rtol=1e-2, atol=1e-3)
  np.testing.assert_array_equal(ours.argmax(1), expected.argmax(1))


def test_scores_do_not_depend_on_the_unit_of_the_features(draw_people):
  features, labels, _ = draw_people(emotion=0.3, noise=1.0)
  train, test = np.arange(48), np.arange(48, 72)
  one = _score(_task(features, labels), train, test, 1.0)
  scaled = _score(_task(features * 64, labels), train, test, 1.0)
  np.testing.assert_allclose(scaled, one, atol=1e-4)


def test_a_machine_is_fitted_on_training_rows_only(draw_people):
  """Other test rows turn the coordinates, which changes nothing that counts."""
  features, labels, _ = draw_people(emotion=0.3, noise=1.0)
  train, test = np.arange(48), np.arange(48, 72)
  before = _score(_task(features, labels), train, test, 10.0)
  features, labels = features.copy(), labels.copy()
  features[60:] += np.random.default_rng(0).normal(size=20).astype(np.float32)
  labels[60:] = (labels[60:] + 1) % 3
  after = _score(_task(features, labels), train, test, 10.0)
  np.testing.assert_allclose(after[:12], before[:12], atol=1e-3)
  assert (np.abs(after[12:] - before[12:]).max(1) > 0.05).all()


def test_scores_are_log_probabilities_of_the_classes_in_training(draw_people):
  features, labels, _ = draw_people(emotion=1.0)
  train = np.flatnonzero(labels[:48] != 1)
  scores = _score(_task(features, labels), train, np.arange(48, 72), 1.0)
  assert (scores[:, 1] == -np.inf).all()
  np.testing.assert_allclose(np.exp(scores).sum(1), 1)
  known = labels[48:] != 1
  assert (scores.argmax(1) == labels[48:])[known].all()


def test_a_class_alone_in_training_is_named(draw_people):
  features, labels, _ = draw_people()
  train = np.flatnonzero(labels == 2)[:5]
  scores = _score(_task(features, labels), train, np.arange(40, 45), 1.0)
  np.testing.assert_array_equal(scores, [[-np.inf, -np.inf, 0]] * 5)
