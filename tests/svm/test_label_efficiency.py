"""Few labels: whose, how many, and the same for every representation."""

import dataclasses
import time

import numpy as np
import pytest
from sklearn import svm

from jaxfer.data import folds as foldlib
from jaxfer.svm import kernels, label_efficiency, machines, splits
from jaxfer.svm.heads import HEADS
from jaxfer.svm.support import Support
from jaxfer.svm.task import Task

SIZES = (1, 2, 5, 10, 20, None)


def _task(features, labels, people, solve=machines.sklearn_svm, seed=0):
  return Task(
    distances=kernels.squared_distances(features),
    labels=labels[:, None],
    width=labels.max() + 1,
    people=people,
    svm=None,
    seed=seed,
    solve=solve,
  )


def _tested(labels, people, folds=4):
  return splits.by_fold(foldlib.person_folds(labels, people, folds, 0))


def _silent(total):
  return lambda more: None


def _run(features, labels, people, **options):
  task = _task(features, labels, people, **options)
  return _fit(task, _tested(labels, people))


def _fit(task, tested, progress=_silent, sizes=SIZES, draws=5, head=Support):
  return label_efficiency.run(
    head(task), tested, progress, sizes=sizes, draws=draws
  )


def test_a_signal_is_found_with_few_labels_and_better_with_more(draw_people):
  drawn = draw_people(count=12, emotion=0.6, noise=1.0)
  outcome = _run(*drawn)
  assert outcome.sizes == (1, 2, 5, 10, 20, None)
  accuracy = outcome.correct.mean((1, 2))
  assert 0.5 < accuracy[0] < accuracy[2] < accuracy[-1]
  assert accuracy[-1] > 0.85  # chance is 1/3


def test_no_signal_is_chance_at_every_size(draw_people):
  outcome = _run(*draw_people(count=12, noise=1.0, seed=2))
  accuracy = outcome.correct.mean((1, 2))
  assert ((accuracy > 0.15) & (accuracy < 0.5)).all()


def test_fewer_labels_are_among_more_and_balanced(draw_people):
  features, labels, people = draw_people(count=12)
  given = []

  def watch(kernel, labels, C):
    assert C == 10
    given.append((labels, kernel))
    return machines.sklearn_svm(kernel, labels, C)

  task = _task(features, labels, people, watch)
  tested = _tested(labels, people)[:1]
  _fit(task, tested, sizes=(2, 5), draws=1)
  (few, kernel), (more, larger) = sorted(given, key=lambda one: len(one[0]))
  assert np.bincount(few).tolist() == [2] * 3
  assert np.bincount(more).tolist() == [5] * 3
  # Every value between the few is one between the more: the same width too.
  assert np.isin(kernel.round(12), larger.round(12)).all()


def test_a_draw_orders_each_class_and_takes_every_person_in_turn(draw_people):
  features, labels, people = draw_people(count=8, shots=3)
  task = _task(features, labels, people)
  split = _tested(labels, people)[1]
  for k, rows in enumerate(label_efficiency.drawn_order(task, split, 2)):
    own = split.train[labels[split.train] == k]
    np.testing.assert_array_equal(np.sort(rows), own)
    present = np.unique(people[own])
    for turn in people[rows].reshape(3, -1):
      np.testing.assert_array_equal(np.sort(turn), present)


def test_people_with_fewer_rows_run_out_first(draw_people):
  people = np.array([0, 0, 0, 0, 1, 2, 2])
  labels = np.zeros(7, int)
  task = _task(np.eye(7, dtype=np.float32), labels, people)
  split = splits.Split(0, np.arange(7), np.arange(0))
  [rows] = label_efficiency.drawn_order(task, split, 0)
  assert set(people[rows[:3]]) == {0, 1, 2}
  assert set(people[rows[3:5]]) == {0, 2}
  assert set(people[rows[5:]]) == {0}


def test_draws_differ_by_seed_split_and_number_alone(draw_people):
  features, labels, people = draw_people(count=8)
  tested = _tested(labels, people)

  def orders(features=features, seed=0, split=tested[0], draw=0):
    task = _task(features, labels, people, seed=seed)
    drawn = label_efficiency.drawn_order(task, split, draw)
    return np.concatenate(drawn).tolist()

  assert orders() == orders(features=features[::-1] * 5)
  assert orders() != orders(seed=1)
  assert orders() != orders(draw=1)
  again = splits.Split(1, tested[0].train, tested[0].test)
  assert orders() != orders(split=again)


def test_without_person_ids_rows_are_drawn_at_random(draw_people):
  features, labels, people = draw_people()
  tested = _tested(labels, people)
  task = _task(features, labels, None)
  rows = np.concatenate(label_efficiency.drawn_order(task, tested[0], 0))
  np.testing.assert_array_equal(np.sort(rows), tested[0].train)
  assert _fit(task, tested).correct.any()


def test_all_labels_are_a_machine_of_fixed_settings(draw_people):
  features, labels, people = draw_people(emotion=0.3, noise=1.0)
  outcome = _run(features, labels, people)
  for split in _tested(labels, people):
    train = features[split.train].astype(np.float64)
    squares = ((train[:, None] - train[None]) ** 2).sum(-1)
    median = np.median(squares[np.triu_indices(len(train), 1)])
    machine = svm.SVC(C=10, gamma=1 / median).fit(train, labels[split.train])
    # Another decoding of the same pairs: equal but for near ties.
    predicted = machine.predict(features[split.test]) == labels[split.test]
    assert (predicted == outcome.correct[-1, 0, split.test]).mean() > 0.85
  assert (outcome.correct[-1] == outcome.correct[-1, 0]).all()


@pytest.mark.parametrize("k", [0, 3])
def test_machines_see_training_rows_only(draw_people, k):
  features, labels, people = draw_people(emotion=0.3, noise=1.0)
  split = _tested(labels, people)[k]
  before = _run(features, labels, people)
  task = _task(features, labels, people)
  changed = split.test[1:]
  distances = task.distances.copy()
  distances[:, changed] = distances[changed] = 1e3
  other = labels.copy()
  other[changed] = (other[changed] + 1) % 3
  task = dataclasses.replace(task, distances=distances, labels=other[:, None])
  after = _fit(task, [split])
  # The median, the draws and the machines are as before; so is this row.
  np.testing.assert_array_equal(
    after.correct[:, :, split.test[0]], before.correct[:, :, split.test[0]]
  )


def test_sizes_that_are_all_labels_are_left_out(draw_people):
  """Three people train, each with three shots of every emotion."""
  features, labels, people = draw_people(count=4)
  task, tested = _task(features, labels, people), _tested(labels, people)
  assert label_efficiency.feasible(task, tested, SIZES) == (1, 2, 5, None)
  assert label_efficiency.feasible(task, tested, (8, 9, None)) == (8, None)


def test_a_class_with_fewer_rows_gives_all(draw_people):
  drawn = draw_people(count=8)
  kept = np.ones(len(drawn[1]), bool)
  kept[np.flatnonzero(drawn[1] == 2)[::2]] = False
  outcome = _run(*(part[kept] for part in drawn))
  assert outcome.sizes == (1, 2, 5, 10, None)


@pytest.mark.parametrize("head", HEADS.values())
def test_every_head_learns_from_few_labels(draw_people, head):
  features, labels, people = draw_people(count=12, emotion=1.0)
  task = _task(features, labels, people)
  outcome = _fit(task, _tested(labels, people), head=head)
  assert outcome.correct.mean((1, 2))[2] > 0.9


def test_rows_that_no_split_tests_are_never_right(draw_people):
  features, labels, people = draw_people(emotion=1.0)
  task, tested = _task(features, labels, people), _tested(labels, people)
  outcome = _fit(task, tested[2:3])
  np.testing.assert_array_equal(
    np.flatnonzero(outcome.fold == 2), tested[2].test
  )
  assert (outcome.fold[outcome.fold != 2] == -1).all()
  assert not outcome.correct[:, :, outcome.fold < 0].any()


def test_outcomes_do_not_depend_on_the_timing_of_threads(draw_people):
  drawn = draw_people(emotion=0.3, noise=1.0)
  rng = np.random.default_rng(0)

  def dawdle(kernel, labels, C):
    time.sleep(rng.random() * 0.005)
    return machines.sklearn_svm(kernel, labels, C)

  one, other = _run(*drawn), _run(*drawn, solve=dawdle)
  np.testing.assert_array_equal(one.correct, other.correct)


def test_progress_counts_to_what_was_announced(draw_people):
  features, labels, people = draw_people(count=4)
  task, tested = _task(features, labels, people), _tested(labels, people)
  announced, counts = [], []

  def progress(total):
    announced.append(total)
    return counts.append

  _fit(task, tested, progress, draws=2)
  assert announced == [sum(counts)] == [4 * (3 * 2 + 1)]
