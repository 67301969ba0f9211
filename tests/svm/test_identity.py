"""What features say about the person."""

import json

import numpy as np
import pytest

from jaxfer.data import folds as foldlib
from jaxfer.svm import identity, kernels, splits


def _line(places):
  return kernels.squared_distances(np.array(places, np.float32)[:, None])


def test_nearest_rows_are_training_rows_of_the_same_split():
  distances = _line([0.0, 1.0, 2.1, 3.3, 50.0])
  fold = np.array([0, 1, 0, 1, -1])
  found = identity.nearest(distances, splits.by_fold(fold))
  assert found.tolist() == [1, 0, 1, 2, -1]


def test_the_summary_of_a_worked_example():
  """Six rows of people A and B; the last person, C, is alone."""
  people = np.array([0, 0, 0, 1, 1, 2])
  labels = np.array([0, 0, 1, 0, 1, 1])
  distances = _line([0.0, 0.1, 0.3, 0.32, 2.0, 2.1])
  tested = [
    splits.Split(0, np.array([1, 2, 4, 5]), np.array([0, 3])),
    splits.Split(1, np.array([0, 1, 3, 4]), np.array([2, 5])),
  ]
  # Nearest: 0 -> 1 (A, same label), 3 -> 2 (A for B), 2 -> 3 (B for A),
  # 5 -> 4 (B for C).
  assert identity.summary(distances, people, labels, tested) == {
    "rows": 4,
    "people": 3,
    "with_same_person": 3 / 4,
    "accuracy": 1 / 4,
    # A is 2 of 4 in both, B 1 of 4 in the first, C in neither.
    "chance": pytest.approx((2 / 4 + 1 / 4 + 2 / 4 + 0) / 4),
    "same_sitting": 1 / 4,
  }


def test_the_same_person_with_another_expression_is_no_near_copy():
  people, labels = np.array([0, 0, 1]), np.array([0, 1, 0])
  tested = [splits.Split(0, np.array([1, 2]), np.array([0]))]
  found = identity.summary(_line([0.0, 1.0, 9.0]), people, labels, tested)
  assert found["accuracy"] == 1
  assert found["same_sitting"] == 0


def _summary(drawn, fold):
  features, labels, people = drawn
  distances = kernels.squared_distances(features)
  return identity.summary(distances, people, labels, splits.by_fold(fold))


def test_sittings_are_found_across_random_folds(draw_people):
  drawn = draw_people(count=12, sitting=1.0)
  found = _summary(drawn, foldlib.random_folds(drawn[1], 6, 0))
  # A sitting has three shots; both others are seldom in the same fold.
  assert found["same_sitting"] > 0.9
  assert found["accuracy"] >= found["same_sitting"]
  assert found["chance"] == pytest.approx(1 / 12, abs=0.02)


def test_features_blind_to_people_name_them_by_chance(draw_people):
  drawn = draw_people(count=12, shots=6, emotion=1.0, seed=3)
  found = _summary(drawn, foldlib.random_folds(drawn[1], 6, 0))
  # 216 rows: a deviation of 0.06 is three standard errors.
  assert found["accuracy"] == pytest.approx(found["chance"], abs=0.06)


def test_under_person_disjoint_splits_there_is_nothing_to_measure(draw_people):
  drawn = draw_people(sitting=1.0)
  found = _summary(drawn, foldlib.person_folds(drawn[1], drawn[2], 4, 0))
  assert found == {
    "rows": 72,
    "people": 8,
    "with_same_person": 0,
    "accuracy": None,
    "chance": None,
    "same_sitting": None,
    "reason": "nobody is on both sides of a split: 0 by construction",
  }
  json.dumps(found, allow_nan=False)
