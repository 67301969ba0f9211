"""Neighbours: who is counted, and what breaks a tie."""

import numpy as np
import pytest
from sklearn.neighbors import KNeighborsClassifier

from jaxfer.svm import kernels
from jaxfer.svm.nearest import Nearest
from jaxfer.svm.task import Task


def _task(features, labels):
  distances = kernels.squared_distances(features)
  classes = labels.max() + 1
  return Task(distances, labels[:, None], classes, None, None, 0, None)


def _score(task, train, test, k):
  return Nearest(task).fit(train, train, [(0, k)])(test)[:, 0]


def _line(places, labels):
  """Rows on a line; the last one is tested."""
  task = _task(np.array(places, np.float32)[:, None], np.array(labels))
  rows = np.arange(len(places))
  return task, rows[:-1], rows[-1:]


@pytest.mark.parametrize("k", [1, 3, 5, 9, 15])
def test_predictions_agree_with_scikit_learn_where_votes_are_not_tied(
  draw_people, k
):
  features, labels, _ = draw_people(emotion=0.3, noise=1.0)
  train, test = np.arange(48), np.arange(48, 72)
  ours = _score(_task(features, labels), train, test, k)
  theirs = KNeighborsClassifier(k).fit(features[train], labels[train])
  shares = theirs.predict_proba(features[test])
  np.testing.assert_allclose(ours, shares, atol=1 / k)
  untied = (shares == shares.max(1, keepdims=True)).sum(1) == 1
  assert untied.sum() > 5
  predicted = theirs.predict(features[test])
  np.testing.assert_array_equal(ours.argmax(1)[untied], predicted[untied])


def test_of_equal_votes_the_nearer_class_is_named():
  # Nearest first: classes 2, 1, 1, 2, 0 around the row at 0.
  task, train, test = _line([5, -1, 2, -3, 4, 0], [0, 2, 1, 1, 2, 0])
  scores = _score(task, train, test, 5)[0]
  assert scores.argsort().tolist() == [0, 1, 2]
  # By hand: votes 1/5, 2/5, 2/5; nearest members fifth, second and first.
  np.testing.assert_allclose(
    scores, [1 / 5 + 1 / 30, 2 / 5 + 4 / 30, 2 / 5 + 5 / 30]
  )


def test_more_votes_outweigh_a_nearer_member():
  task, train, test = _line([1, 2, 3, 0], [0, 1, 1, 0])
  assert _score(task, train, test, 3).argmax(1) == [1]
  assert _score(task, train, test, 1).argmax(1) == [0]


def test_of_equally_near_rows_the_earlier_is_nearer():
  task, train, test = _line([1, -1, 0], [0, 1, 0])
  assert _score(task, train, test, 1).argmax(1) == [0]
  assert _score(task, train[::-1], test, 1).argmax(1) == [1]


def test_classes_without_training_rows_are_out_of_the_question():
  task, train, test = _line([1, 2, 0], [0, 2, 1])
  scores = _score(task, train, test, 1)[0]
  assert scores[1] == -np.inf
  assert scores[2] == 0  # has rows, though none is near


def test_more_neighbours_than_rows_are_all_rows():
  task, train, test = _line([1, 2, 3, 0], [0, 1, 1, 0])
  np.testing.assert_array_equal(
    _score(task, train, test, 15),
    _score(task, train, test, 3),
  )


def test_distances_are_left_as_they_were(draw_people):
  features, labels, _ = draw_people()
  task = _task(features, labels)
  before = task.distances.copy()
  _score(task, np.arange(48), np.arange(48, 72), 9)
  np.testing.assert_array_equal(task.distances, before)


@pytest.mark.parametrize(
  ("rows", "sizes"), [(100, (1, 3, 5, 9, 15)), (9, (1, 3, 5, 9)), (2, (1,))]
)
def test_candidates_fit_the_smallest_training_set(rows, sizes):
  found = Nearest.candidates(None, units=False, papers=True, rows=rows)
  assert found == sizes
