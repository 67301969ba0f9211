"""Inception score: its anchors, its shuffle, its ceiling."""

import numpy as np
import pytest
from scipy.stats import entropy

from jaxfer.metrics.inception_score import inception_score


def _sure(labels, classes):
  """Logits that are all but certain."""
  return 500.0 * np.eye(classes)[labels]


@pytest.mark.parametrize("splits", [1, 4])
def test_rows_that_say_nothing_score_one(splits):
  for logits in (np.zeros((40, 10)), np.tile(np.arange(10.0), (40, 1))):
    found = inception_score(logits, splits, 0)
    assert found.value == pytest.approx(1, abs=1e-12)


def test_sure_of_every_class_alike_scores_their_number():
  for classes in (2, 7, 30):
    logits = _sure(np.repeat(np.arange(classes), 4), classes)
    found = inception_score(logits, 1, 0)
    assert found.value == pytest.approx(classes, rel=1e-12)


def test_by_definition():
  """exp(H(mean p) − mean H(p)): the score is a mutual information."""
  logits = np.random.default_rng(0).normal(size=(50, 6)) * 2
  p = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
  expected = np.exp(entropy(p.mean(0)) - entropy(p, axis=1).mean())
  found = inception_score(logits, 1, 0)
  assert found.value == pytest.approx(expected, rel=1e-12)


def test_torch_fidelity_gives_the_same():
  """torch-fidelity 0.4.0, isc_features_to_metric, splits=1, no shuffle."""
  draw = np.random.RandomState(0)
  draw.normal(size=(120, 8))
  logits = draw.normal(size=(60, 8)) * 3
  found = inception_score(logits, 1, 0)
  assert found.value == pytest.approx(3.321226403481363, rel=1e-12)


def test_logits_may_be_shifted_by_row_but_not_scaled():
  rng = np.random.default_rng(1)
  logits = rng.normal(size=(60, 5))
  there = inception_score(logits, 3, 0).value
  shifted = logits + rng.normal(size=(60, 1)) * 1000
  assert inception_score(shifted, 3, 0).value == pytest.approx(there)
  assert inception_score(5 * logits, 3, 0).value > there + 0.5


def test_certainty_beyond_floating_point_is_no_nan():
  logits = np.zeros((4, 3))
  logits[:, 0] = 1e5
  assert inception_score(logits, 2, 0).value == 1


def test_rows_in_order_of_class_are_shuffled():
  """Unshuffled, every split of these holds one class and scores 1."""
  logits = _sure(np.repeat(np.arange(5), 200), 5)
  found = inception_score(logits, 5, 0)
  assert found.value > 4.9


def test_splits_cover_all_rows_once():
  """Of ten rows in splits of 3, 3 and 4, the odd one falls in either kind."""
  labels = np.zeros(10, int)
  labels[9] = 1
  parts = [np.exp(entropy([1 / n, 1 - 1 / n])) for n in (3, 4)]
  found = {
    round(inception_score(_sure(labels, 2), 3, seed).value, 9)
    for seed in range(40)
  }
  assert found == {round((1 + 1 + part) / 3, 9) for part in parts}


def test_the_seed_fixes_the_shuffle():
  logits = np.random.default_rng(2).normal(size=(50, 5)) * 3
  values = [inception_score(logits, 5, seed).value for seed in (1, 1, 2)]
  assert values[0] == values[1] != values[2]
  whole = [inception_score(logits, 1, seed).value for seed in (1, 2)]
  assert whole[0] == pytest.approx(whole[1], rel=1e-12)


def test_a_generator_of_fewer_classes_scores_lower():
  rng = np.random.default_rng(3)
  values = [
    inception_score(_sure(rng.integers(0, k, 400), 10), 4, 0).value
    for k in (1, 3, 10)
  ]
  np.testing.assert_allclose(values, [1, 3, 10], rtol=0.1)


def test_few_rows_are_said():
  logits = np.random.default_rng(4).normal(size=(30, 8))
  assert inception_score(logits, 3, 0).caution == ""
  assert "split of 7 rows cannot score above 7" in (
    inception_score(logits, 4, 0).caution
  )
  found = inception_score(logits[:3], 10, 0)
  assert found.value is None
  assert found.reason == "3 rows cannot be cut into 10 splits"


def test_bad_logits_are_refused():
  with pytest.raises(ValueError, match=r"shape \(5,\)"):
    inception_score(np.ones(5), 1, 0)
  with pytest.raises(ValueError, match="finite"):
    inception_score(np.array([[1.0, np.inf]]), 1, 0)
  with pytest.raises(ValueError, match="splits=0"):
    inception_score(np.ones((5, 2)), 0, 0)
