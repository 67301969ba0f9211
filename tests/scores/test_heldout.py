"""What follows from faces that were left out."""

from types import SimpleNamespace

import numpy as np
import pytest

from jaxfer.metrics import calibration
from jaxfer.scores import heldout
from jaxfer.svm.splits import Split


def test_means_are_of_classes_and_of_units_with_and_without():
  rows = np.arange(8, dtype=np.float32).reshape(4, 2)
  found = heldout.means(rows, np.array([2, 0, 2, 0]))
  np.testing.assert_array_equal(found, [[4, 5], [2, 3]])
  # Not coded: -1, which counts on neither side.
  units = np.array([[1, -1], [0, -1], [1, 1], [0, 1]])
  found = heldout.means(rows, units)
  np.testing.assert_array_equal(found, [[4, 5], [2, 3], [5, 6]])


def test_a_face_is_far_from_means_that_it_is_not_in():
  rows = np.array([[0.0], [2.0], [10.0], [12.0]], np.float32)
  labels = np.array([0, 0, 1, 1])
  split = Split(0, np.array([0, 2]), np.array([1]))
  found = heldout.to_means(rows, labels, [split])
  np.testing.assert_array_equal(found, [np.nan, 4, np.nan, np.nan])


def test_what_was_never_tested_says_nothing():
  rng = np.random.default_rng(0)
  labels = rng.integers(0, 3, 200)
  scores = np.eye(3)[labels] + rng.normal(0, 0.5, (200, 3))
  fold = np.arange(200) % 5
  scores[fold == 4], fold[fold == 4] = np.nan, -1
  scores[fold == 0, 2] = -np.inf  # a class without training rows there
  nearest = np.where(fold < 0, np.nan, np.arange(200.0))
  found = heldout.of_scores("subject", nearest, scores, labels, fold)
  tested = fold >= 0
  assert found.reliability["faces"] == tested.sum()
  assert found.limit == pytest.approx(np.quantile(nearest[tested], 0.95))
  assert found.calibration.kind in calibration.KINDS
  assert np.isfinite(found.reliability["log_loss"])


def test_landmarks_say_about_what_the_exact_machine_says():
  """A third of the training rows stand for the kernel."""
  rng = np.random.default_rng(0)
  labels = np.arange(360) % 3
  people = np.arange(360) // 6
  x = rng.normal(size=(360, 10)) + 2 * np.eye(3, 10)[labels]
  x = x.astype(np.float32)
  problem = SimpleNamespace(
    task="emotion", labels=labels, names=("a", "b", "c"), people=people
  )
  kept = SimpleNamespace(C=1.0, gamma=0.05)
  part = Split(0, np.flatnonzero(people < 45), np.flatnonzero(people >= 45))
  settings = {"landmarks": 120, "seed": 0, "solver": "landmarks 3"}
  exact, _ = heldout._scorer(problem, x, kept, {})(part)
  found, apart = heldout._scorer(problem, x, kept, settings)(part)
  assert (found.argmax(1) == exact.argmax(1)).mean() > 0.9
  # Landmarks are some of the training rows, of which none is nearer.
  every = ((x[part.test][:, None] - x[people < 45]) ** 2).sum(2)
  assert (apart >= every.min(1) - 1e-4).all()
  assert np.isclose(apart, every.min(1), atol=1e-4).mean() > 0.1
  assert np.corrcoef(found.ravel(), exact.ravel())[0, 1] > 0.95
