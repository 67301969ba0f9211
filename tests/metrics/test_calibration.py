"""Probabilities that mean what they say."""

import numpy as np
import pytest

from jaxfer.metrics import calibration


def draw(count, temperature, seed=0):
  """Scores whose softmax over a temperature is the truth; and classes."""
  rng = np.random.default_rng(seed)
  scores = rng.normal(0, 2, (count, 3))
  truth = np.exp(scores / temperature)
  truth /= truth.sum(1, keepdims=True)
  labels = (rng.random(count)[:, None] > truth.cumsum(1)).sum(1)
  return scores, labels, rng.integers(0, 5, count)


def test_temperature_is_found():
  scores, labels, _ = draw(20_000, 0.5)
  found = calibration.fit(scores, labels, "temperature")
  assert found.temperature == pytest.approx(0.5, rel=0.05)
  np.testing.assert_allclose(found(scores).sum(1), 1)


def test_the_better_kind_is_chosen():
  scores, labels, fold = draw(3000, 1.0)
  assert calibration.choose(scores, labels, fold).kind == "temperature"
  # Of scores that are right or not by their sign alone, no temperature tells.
  bent = np.sign(scores - np.median(scores, axis=1, keepdims=True))
  bent = bent * np.abs(scores) ** 4
  assert calibration.choose(bent, labels, fold).kind == "isotonic"


def test_isotonic_rules_no_class_out():
  scores, labels, _ = draw(200, 0.1)
  found = calibration.fit(scores, labels, "isotonic")(scores * 10)
  assert found.min() > 0
  np.testing.assert_allclose(found.sum(1), 1)


def test_a_fold_is_calibrated_by_the_others():
  scores, labels, fold = draw(300, 1.0)
  moved = labels.copy()
  moved[fold == 2] = (moved[fold == 2] + 1) % 3
  one, other = (
    calibration.out_of_fold(scores, own, fold) for own in (labels, moved)
  )
  np.testing.assert_array_equal(one[fold == 2], other[fold == 2])
  assert (one[fold != 2] != other[fold != 2]).any()


def test_calibration_error_of_sure_and_wrong_is_what_it_lacks():
  labels = np.array([0, 0, 0, 1])
  sure = np.tile([[0.99, 0.01]], (4, 1))
  found = calibration.reliability(sure, labels)
  assert found["ece"] == pytest.approx(0.99 - 0.75)
  assert found["bins"] == [
    {"count": 4, "confidence": pytest.approx(0.99), "accuracy": 0.75}
  ]
  scores, labels, _ = draw(20_000, 1.0)
  honest = calibration.fit(scores, labels, "temperature")(scores)
  assert calibration.reliability(honest, labels)["ece"] < 0.02


def test_a_class_that_was_never_fitted_has_no_probability():
  found = calibration.Calibration(1.0)(np.array([[0.0, -np.inf, 0.0]]))
  np.testing.assert_allclose(found, [[0.5, 0, 0.5]])


def test_one_fold_is_not_calibrated_on_itself():
  """Of scores without a meaning, steps fitted to them would find one."""
  rng = np.random.default_rng(0)
  scores, labels = rng.normal(size=(300, 7)), rng.integers(0, 7, 300)
  fold = np.zeros(300, int)
  assert calibration.choose(scores, labels, fold).kind == "temperature"
  found = calibration.out_of_fold(scores, labels, fold)
  assert calibration.log_loss(found, labels) > np.log(7) - 0.01
  for few in (1, 2):  # no error, however few
    calibration.out_of_fold(scores[:few], labels[:few], fold[:few])
