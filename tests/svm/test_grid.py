"""Choosing one candidate: on what, and what it may see."""

import time
import types

import numpy as np
import pytest

from jaxfer.data import folds as foldlib
from jaxfer.svm import (
  grid,
  kernels,
  machines,
  neighbours,
  probe,
  splits,
  threads,
)

CANDIDATES = (1, 3, 9)


def _task(features, labels, people):
  return probe.Task(
    distances=kernels.squared_distances(features),
    labels=labels,
    classes=labels.max() + 1,
    people=people,
    svm=types.SimpleNamespace(inner_folds=3),
    seed=0,
    solve=machines.sklearn_svm,
  )


def _silent(more):
  pass


def _noisy(draw_people, seed=0):
  features, labels, people = draw_people(emotion=0.25, noise=1.0, seed=seed)
  fold = foldlib.person_folds(labels, people, 4, 0)
  return _task(features, labels, people), splits.by_fold(fold)


def _accuracy(outcome, labels):
  tested = outcome.fold >= 0
  return (outcome.scores.argmax(1) == labels)[tested].mean()


def _same(one, other):
  np.testing.assert_array_equal(one.scores, other.scores)
  np.testing.assert_array_equal(one.fold, other.fold)
  assert one.tuned == other.tuned


def _constant(task, train, test, candidate):
  """Names one class, whatever the row."""
  return np.eye(task.classes)[np.full(len(test), candidate)]


def test_shared_takes_the_candidate_with_fewest_errors_on_the_tested_splits(
  draw_people,
):
  task, tested = _noisy(draw_people)
  outcome = grid.run_shared(task, tested, CANDIDATES, neighbours.score, _silent)
  each = [
    _accuracy(
      grid.run_shared(task, tested, [k], neighbours.score, _silent), task.labels
    )
    for k in CANDIDATES
  ]
  assert len(set(each)) == 3  # else the next line says little
  assert len(outcome.tuned) == 4
  for chosen in outcome.tuned:
    assert chosen.value == CANDIDATES[np.argmax(each)]
    assert chosen.score == pytest.approx(max(each))
  assert _accuracy(outcome, task.labels) == max(each)


def test_nested_chooses_on_training_rows_where_shared_sees_the_test():
  """Training people show class 1 mostly, the tested person class 0 alone."""
  people = np.repeat([0, 1, 2, 3], 5)
  labels = np.array([0] * 5 + [1, 1, 1, 0, 2] * 3)
  task = _task(np.eye(20, dtype=np.float32), labels, people)
  rows = np.arange(20)
  tested = [splits.Split(0, rows[5:], rows[:5])]
  shared = grid.run_shared(task, tested, (1, 0), _constant, _silent)
  nested = grid.run_nested(task, tested, (1, 0), _constant, _silent)
  assert shared.tuned == (grid.Chosen(0, 1.0),)
  assert nested.tuned == (grid.Chosen(1, pytest.approx(9 / 15)),)
  assert (shared.scores[:5].argmax(1) == 0).all()
  assert (nested.scores[:5].argmax(1) == 1).all()


def test_nested_folds_divide_nobody(draw_people):
  task, tested = _noisy(draw_people)

  def apart(task, train, test, candidate):
    assert not set(task.people[train]) & set(task.people[test])
    return _constant(task, train, test, candidate)

  grid.run_nested(task, tested, (0, 1), apart, _silent)


def test_nested_folds_are_those_that_the_svm_is_tuned_on(draw_people):
  """The rule of `probe.run_nested`: folds by task seed + 1 + test fold."""
  task, tested = _noisy(draw_people)
  split = tested[2]
  seen = []

  def watch(task, train, test, candidate):
    seen.append(test.tolist())
    return _constant(task, train, test, candidate)

  grid.run_nested(task, [split], (0,), watch, _silent)
  fold = splits.inner_folds(task.labels, task.people, split.train, 3, 3)
  inner = [split.train[fold == k].tolist() for k in range(3)]
  assert seen == [*inner, split.test.tolist()]


@pytest.mark.parametrize("run", [grid.run_shared, grid.run_nested])
def test_the_first_of_equal_candidates_is_taken(draw_people, run):
  task, tested = _noisy(draw_people)
  # Every class has as many rows in every fold: any constant is as good.
  for candidates in [(0, 1, 2), (2, 0, 1)]:
    outcome = run(task, tested, candidates, _constant, _silent)
    assert {chosen.value for chosen in outcome.tuned} == {candidates[0]}


@pytest.mark.parametrize("k", [0, 3])
def test_nested_choice_and_machine_see_training_rows_only(draw_people, k):
  task, tested = _noisy(draw_people)
  options = CANDIDATES, neighbours.score, _silent
  before = grid.run_nested(task, tested, *options)

  test = tested[k].test
  rng = np.random.default_rng(0)
  other = task.labels.copy()
  other[test] = (other[test] + 1) % 3
  changed = probe.Task(**{**vars(task), "labels": other})
  after = grid.run_nested(changed, tested, *options)
  assert after.tuned[k] == before.tuned[k]
  np.testing.assert_array_equal(after.scores[test], before.scores[test])
  assert (after.scores != before.scores).any()

  distances = task.distances.copy()
  noise = rng.random((len(other), len(test)), np.float32) * 1e3
  distances[:, test], distances[test] = noise, noise.T
  changed = probe.Task(**{**vars(task), "distances": distances})
  after = grid.run_nested(changed, tested, *options)
  assert after.tuned[k] == before.tuned[k]


def test_a_person_on_both_sides_is_refused(draw_people):
  task, tested = _noisy(draw_people)
  leaked = tested[0].test[:1]
  tested[0] = splits.Split(
    0, np.append(tested[0].train, leaked), tested[0].test
  )
  with pytest.raises(ValueError, match=r"stands in test fold 0"):
    grid.run_nested(task, tested, CANDIDATES, neighbours.score, _silent)


def test_rows_that_no_split_tests_have_no_scores(draw_people):
  task, tested = _noisy(draw_people)
  outcome = grid.run_nested(
    task, tested[1:2], CANDIDATES, neighbours.score, _silent
  )
  np.testing.assert_array_equal(
    np.flatnonzero(outcome.fold >= 0), tested[1].test
  )
  assert (outcome.fold[tested[1].test] == 1).all()
  assert np.isnan(outcome.scores[outcome.fold < 0]).all()
  assert len(outcome.tuned) == 1


def test_outcomes_do_not_depend_on_the_timing_of_threads(
  draw_people, monkeypatch
):
  task, tested = _noisy(draw_people)
  rng = np.random.default_rng(0)

  def dawdle(*given):
    time.sleep(rng.random() * 0.005)
    return neighbours.score(*given)

  def both(score):
    return [
      run(task, tested, CANDIDATES, score, _silent)
      for run in (grid.run_shared, grid.run_nested)
    ]

  ours = both(neighbours.score)
  others = [both(dawdle)]
  monkeypatch.setattr(threads, "in_threads", threads.in_turn)
  others.append(both(neighbours.score))
  for other in others:
    for one, again in zip(ours, other, strict=True):
      _same(one, again)


def test_progress_counts_candidates_and_in_nested_splits_too(draw_people):
  task, tested = _noisy(draw_people)
  counts = []
  options = task, tested, CANDIDATES, neighbours.score, counts.append
  grid.run_shared(*options)
  assert sum(counts) == 3
  counts.clear()
  grid.run_nested(*options)
  assert sum(counts) == 3 * 4
