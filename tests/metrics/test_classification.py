"""Rates from confusion matrices, against scikit-learn and by hand."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from jaxfer.metrics import classification


@settings(deadline=None, derandomize=True, max_examples=30)
@given(st.integers(0, 10**6))
def test_rates_agree_with_scikit_learn(seed):
  rng = np.random.default_rng(seed)
  labels, predicted = rng.integers(0, 4, (2, 25))
  labels[labels == 3] = 0  # a class that is predicted but never true
  counts = metrics.confusion_matrix(labels, predicted, labels=range(4))
  present = np.unique(labels)
  with warnings.catch_warnings():
    warnings.filterwarnings("ignore", "y_pred contains classes not in y_true")
    expected = {
      "accuracy": metrics.accuracy_score(labels, predicted),
      "balanced_accuracy": metrics.balanced_accuracy_score(labels, predicted),
      "macro_f1": metrics.f1_score(
        labels, predicted, labels=present, average="macro", zero_division=0
      ),
    }
  for name, value in expected.items():
    ours = getattr(classification, name)(counts)
    np.testing.assert_allclose(ours, value, atol=1e-12)
  per_class = metrics.f1_score(
    labels, predicted, labels=present, average=None, zero_division=0
  )
  ours = classification.f1(counts)
  np.testing.assert_allclose(ours[present], per_class, atol=1e-12)
  assert np.isnan(np.delete(ours, present)).all()


def test_by_hand():
  counts = np.array([[3, 1, 0], [0, 2, 0], [0, 0, 0]])
  assert classification.accuracy(counts) == pytest.approx(5 / 6)
  np.testing.assert_allclose(classification.recall(counts), [0.75, 1, np.nan])
  np.testing.assert_allclose(classification.f1(counts), [6 / 7, 4 / 5, np.nan])
  assert classification.balanced_accuracy(counts) == pytest.approx(0.875)
  assert classification.macro_f1(counts) == pytest.approx((6 / 7 + 4 / 5) / 2)


def test_nothing_has_no_accuracy():
  assert np.isnan(classification.accuracy(np.zeros((3, 3))))


@pytest.mark.parametrize(
  "rate", ["accuracy", "recall", "f1", "balanced_accuracy", "macro_f1"]
)
def test_a_stack_is_its_matrices_one_by_one(rate):
  rng = np.random.default_rng(0)
  stack = rng.integers(0, 5, (2, 3, 4, 4))
  rate = getattr(classification, rate)
  whole = rate(stack)
  for at in np.ndindex(2, 3):
    np.testing.assert_allclose(whole[at], rate(stack[at]))


def test_class_order_does_not_matter():
  counts = np.random.default_rng(0).integers(0, 9, (4, 4))
  order = [2, 0, 3, 1]
  turned = counts[np.ix_(order, order)]
  for rate in ("accuracy", "balanced_accuracy", "macro_f1"):
    rate = getattr(classification, rate)
    assert rate(turned) == pytest.approx(rate(counts))
