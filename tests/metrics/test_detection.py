"""Detection metrics against scikit-learn and by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from jaxfer.metrics import detection


def _rows(seed, n=60, levels=None):
  """Scores of some skill; `levels` makes ties."""
  rng = np.random.default_rng(seed)
  positive = rng.random(n) < 0.3
  positive[:2] = True, False
  scores = rng.normal(size=n) + positive
  if levels:
    scores = np.round(scores * levels) / levels
  return scores, positive


def _counts(positive, called):
  return metrics.confusion_matrix(positive, called, labels=[False, True])


@pytest.mark.parametrize("levels", [None, 4, 1])
@pytest.mark.parametrize("seed", range(5))
def test_average_precision_is_that_of_scikit_learn(seed, levels):
  scores, positive = _rows(seed, levels=levels)
  expected = metrics.average_precision_score(positive, scores)
  assert detection.average_precision(scores, positive) == pytest.approx(
    expected, abs=1e-12
  )


def test_average_precision_by_hand():
  """Present at ranks 1 and 3 of 4: (1/1 + 2/3) / 2."""
  scores, positive = np.array([4.0, 3, 2, 1]), np.array([1, 0, 1, 0], bool)
  value = detection.average_precision(scores, positive)
  assert value == pytest.approx((1 + 2 / 3) / 2)


def test_average_precision_of_constant_scores_is_the_base_rate():
  positive = np.array([True, False, False, False])
  assert detection.average_precision(np.zeros(4), positive) == 0.25


def test_weights_are_repetitions_of_rows():
  scores, positive = _rows(0, levels=3)
  weights = np.random.default_rng(1).integers(0, 4, (7, len(scores)))
  together = detection.average_precision(scores, positive, weights)
  assert together.shape == (7,)
  for value, weight in zip(together, weights, strict=True):
    rows = np.repeat(np.arange(len(scores)), weight)
    expected = metrics.average_precision_score(positive[rows], scores[rows])
    assert value == pytest.approx(expected, abs=1e-12)
    alone = detection.average_precision(scores, positive, weight)
    assert alone == pytest.approx(value, abs=1e-12)


def test_fractional_weights_are_those_of_scikit_learn():
  scores, positive = _rows(2, levels=3)
  weights = np.random.default_rng(3).random(len(scores)) * 0.01
  expected = metrics.average_precision_score(
    positive, scores, sample_weight=weights
  )
  value = detection.average_precision(scores, positive, weights)
  assert value == pytest.approx(expected, abs=1e-12)


def test_average_precision_without_a_class_is_undefined():
  scores = np.array([3.0, 1, 2])
  for positive in (np.zeros(3, bool), np.ones(3, bool)):
    assert np.isnan(detection.average_precision(scores, positive))
  positive = np.array([True, False, False])
  weights = np.array([[0, 1, 1], [2, 0, 0], [0, 0, 0], [1, 1, 0]])
  values = detection.average_precision(scores, positive, weights)
  np.testing.assert_array_equal(values, [np.nan, np.nan, np.nan, 1])


@pytest.mark.parametrize("threshold", [-0.5, 0.0, 0.5, 5.0])
def test_f1_is_that_of_scikit_learn(threshold):
  scores, positive = _rows(4)
  called = scores >= threshold
  expected = metrics.f1_score(positive, called, zero_division=0.0)
  assert detection.f1(_counts(positive, called)) == pytest.approx(expected)


def test_skew_normalised_f1_is_f1_with_negatives_reweighted():
  scores, positive = _rows(5)
  called = scores >= 0
  share = positive.sum() / (~positive).sum()
  expected = metrics.f1_score(
    positive, called, sample_weight=np.where(positive, 1, share)
  )
  counts = _counts(positive, called)
  assert detection.skew_normalised_f1(counts) == pytest.approx(expected)


def test_skew_normalised_f1_does_not_depend_on_the_base_rate():
  """TPR 0.8 and FPR 0.1: 1.6 / (1.6 + 0.2 + 0.1)."""
  even = np.array([[90, 10], [20, 80]])
  rare = np.array([[9000, 1000], [20, 80]])
  counts = np.stack([even, rare])
  np.testing.assert_allclose(detection.skew_normalised_f1(counts), 1.6 / 1.9)
  assert detection.f1(rare) < 0.2 < 0.8 < detection.f1(even)


def test_f1_without_positives_is_undefined():
  counts = np.array([[3, 1], [0, 0]])
  assert np.isnan(detection.f1(counts))
  assert np.isnan(detection.skew_normalised_f1(counts))
  assert np.isnan(detection.skew_normalised_f1(np.array([[0, 0], [1, 2]])))


_scores = st.one_of(
  st.integers(-3, 3).map(float),
  st.floats(-1e300, 1e300),
  st.sampled_from([1.0, np.nextafter(1.0, 2), np.nextafter(1.0, 0)]),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(_scores, st.booleans()), min_size=1, max_size=12))
def test_no_threshold_is_better_than_the_best_and_none_as_good_is_larger(rows):
  scores, positive = (np.array(column) for column in zip(*rows, strict=True))
  threshold = detection.best_threshold(scores, positive)
  if not positive.any():
    assert np.isnan(threshold)
    return
  value = detection.f1(_counts(positive, scores >= threshold))
  for other in scores:
    at = detection.f1(_counts(positive, scores >= other))
    assert at <= value
    if at == value:  # the same rows are called, or more
      assert (scores >= threshold).sum() <= (scores >= other).sum()


def test_the_threshold_lies_midway_between_neighbours():
  scores, positive = np.array([1.0, 2, 4, 5]), np.array([0, 0, 1, 1], bool)
  assert detection.best_threshold(scores, positive) == 3


def test_calling_every_row_takes_the_lowest_score_for_threshold():
  scores, positive = np.array([1.0, 2, 3]), np.array([1, 0, 1], bool)
  # From 1 up: 2·2 / (3 + 2) = 0.8; from 3 up: 2·1 / (1 + 2) = 0.67.
  assert detection.best_threshold(scores, positive) == 1


def test_of_equally_good_thresholds_the_largest_is_taken():
  # From 8 up: 2·1 / (1 + 3) = 1/2; from 0 up: 2·3 / (9 + 3) = 1/2.
  scores = np.arange(9.0)
  positive = np.isin(scores, [8, 1, 0])
  value = [detection.f1(_counts(positive, scores >= cut)) for cut in (8.0, 0.0)]
  assert value == [0.5, 0.5]
  assert detection.best_threshold(scores, positive) == 7.5
