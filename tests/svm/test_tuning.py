"""Choosing one candidate: on what, and what it may see."""

import dataclasses
import time
import types

import numpy as np
import pytest

from jaxfer.data import folds as foldlib
from jaxfer.svm import kernels, machines, probe, splits, threads
from jaxfer.svm.nearest import Nearest
from jaxfer.svm.task import Head, Task

CANDIDATES = (1, 3, 9)


def _task(features, labels, people):
  return Task(
    distances=kernels.squared_distances(features),
    labels=labels[:, None],
    width=labels.max() + 1,
    people=people,
    svm=types.SimpleNamespace(inner_folds=3),
    seed=0,
    solve=machines.sklearn_svm,
  )


def _run(task, tested, values, *, head=Nearest, report=None, shared=False):
  report = report or _silent
  found = probe.run(head(task), tested, values, report, shared=shared)
  records = [one.records for one in found]
  return types.SimpleNamespace(**probe.arrays(found, task), tuned=records)


def _silent(more):
  pass


def _noisy(draw_people, seed=0):
  features, labels, people = draw_people(emotion=0.25, noise=1.0, seed=seed)
  fold = foldlib.person_folds(labels, people, 4, 0)
  return _task(features, labels, people), splits.by_fold(fold)


def _accuracy(outcome, labels):
  tested = outcome.fold >= 0
  return (outcome.scores.argmax(1) == labels[:, 0])[tested].mean()


def _same(one, other):
  np.testing.assert_array_equal(one.scores, other.scores)
  np.testing.assert_array_equal(one.fold, other.fold)
  assert one.tuned == other.tuned


class Constant(Head):
  """Names one class, whatever the row."""

  @staticmethod
  def candidates(svm, *, units, papers, rows):
    return (0, 1, 2)

  def _fit(self, space, rows, labels, value):
    return lambda tested: np.eye(3)[np.full(len(tested), value)]


def test_shared_takes_the_candidate_with_fewest_errors_on_the_tested_splits(
  draw_people,
):
  task, tested = _noisy(draw_people)
  outcome = _run(task, tested, CANDIDATES, shared=True)
  each = [
    _accuracy(_run(task, tested, [k], shared=True), task.labels)
    for k in CANDIDATES
  ]
  assert len(set(each)) == 3  # else the next line says little
  assert len(outcome.tuned) == 4
  for chosen in outcome.tuned:
    assert chosen["value"] == CANDIDATES[np.argmax(each)]
    assert chosen["score"] == pytest.approx(max(each))
  assert _accuracy(outcome, task.labels) == max(each)


def test_nested_chooses_on_training_rows_where_shared_sees_the_test():
  """Training people show class 1 mostly, the tested person class 0 alone."""
  people = np.repeat([0, 1, 2, 3], 5)
  labels = np.array([0] * 5 + [1, 1, 1, 0, 2] * 3)
  task = _task(np.eye(20, dtype=np.float32), labels, people)
  rows = np.arange(20)
  tested = [splits.Split(0, rows[5:], rows[:5])]
  shared = _run(task, tested, (1, 0), head=Constant, shared=True)
  nested = _run(task, tested, (1, 0), head=Constant)
  assert shared.tuned == [{"value": 0, "score": 1.0}]
  assert nested.tuned == [{"value": 1, "score": pytest.approx(9 / 15)}]
  assert (shared.scores[:5].argmax(1) == 0).all()
  assert (nested.scores[:5].argmax(1) == 1).all()


def test_nested_folds_divide_nobody_and_follow_the_split(draw_people):
  """Folds are drawn by the task's seed + 1 + the test fold."""
  task, tested = _noisy(draw_people)
  split, seen = tested[2], []

  class Watch(Constant):
    def _fit(self, space, rows, labels, value):
      def score(tested):
        assert not set(task.people[rows]) & set(task.people[tested])
        seen.append(tested.tolist())
        return np.eye(3)[np.zeros(len(tested), int)]

      return score

  _run(task, [split], (0,), head=Watch)
  fold = splits.inner_folds(task.labels[:, 0], task.people, split.train, 3, 3)
  inner = [split.train[fold == k].tolist() for k in range(3)]
  assert sorted(seen) == sorted([*inner, split.test.tolist()])


@pytest.mark.parametrize("shared", [True, False])
def test_the_first_of_equal_candidates_is_taken(draw_people, shared):
  task, tested = _noisy(draw_people)
  # Every class has as many rows in every fold: any constant is as good.
  for candidates in [(0, 1, 2), (2, 0, 1)]:
    outcome = _run(task, tested, candidates, head=Constant, shared=shared)
    assert {chosen["value"] for chosen in outcome.tuned} == {candidates[0]}


@pytest.mark.parametrize("k", [0, 3])
def test_nested_choice_and_machine_see_training_rows_only(draw_people, k):
  task, tested = _noisy(draw_people)
  before = _run(task, tested, CANDIDATES)

  test = tested[k].test
  rng = np.random.default_rng(0)
  other = task.labels.copy()
  other[test] = (other[test] + 1) % 3
  changed = dataclasses.replace(task, labels=other)
  after = _run(changed, tested, CANDIDATES)
  assert after.tuned[k] == before.tuned[k]
  np.testing.assert_array_equal(after.scores[test], before.scores[test])
  assert (after.scores != before.scores).any()

  distances = task.distances.copy()
  noise = rng.random((len(other), len(test)), np.float32) * 1e3
  distances[:, test], distances[test] = noise, noise.T
  changed = dataclasses.replace(task, distances=distances)
  after = _run(changed, tested, CANDIDATES)
  assert after.tuned[k] == before.tuned[k]


def test_rows_that_no_split_tests_have_no_scores(draw_people):
  task, tested = _noisy(draw_people)
  outcome = _run(task, tested[1:2], CANDIDATES)
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

  class Slow(Nearest):
    def _fit(self, *given):
      time.sleep(rng.random() * 0.005)
      return super()._fit(*given)

  def both(head=Nearest):
    return [
      _run(task, tested, CANDIDATES, head=head, shared=shared)
      for shared in (True, False)
    ]

  ours, others = both(), [both(Slow)]
  monkeypatch.setattr(threads, "in_threads", threads.in_turn)
  others.append(both())
  for other in others:
    for one, again in zip(ours, other, strict=True):
      _same(one, again)


def test_progress_counts_candidates_and_in_nested_splits_too(draw_people):
  task, tested = _noisy(draw_people)
  counts = []
  _run(task, tested, CANDIDATES, report=counts.append, shared=True)
  assert sum(counts) == 3
  counts.clear()
  _run(task, tested, CANDIDATES, report=counts.append)
  assert sum(counts) == 3 * 4
