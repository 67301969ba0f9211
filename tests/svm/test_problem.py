"""The splits of every protocol: nobody on both sides, whatever the table."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from jaxfer import facs
from jaxfer.data import assignment
from jaxfer.data.table import DataError, Face
from jaxfer.svm import problem, splits

QUICK = settings(max_examples=60, deadline=None, derandomize=True)

rows = st.lists(
  st.tuples(
    st.sampled_from("abcdefg"),
    st.sampled_from(["angry", "happy", "sad", None]),
    st.sampled_from(["train", "test", None]),
    st.dictionaries(st.sampled_from([1, 4, 12]), st.integers(0, 1)),
  ),
  min_size=6,
  max_size=50,
)


def assign(pairs, folder, task="emotion", seed=0):
  faces = [
    Face(f"{i}.png", "own", subject, emotion, aus, split=split)
    for i, (subject, emotion, split, aus) in enumerate(pairs)
  ]
  try:
    assignment.write(
      faces,
      folder,
      task=task,
      aus=facs.AUS,
      folds=4,
      sealed_folds=2,
      seed=seed,
    )
  except DataError:
    assume(False)
  return faces


@QUICK
@given(rows, st.sampled_from(["emotion", "au"]), st.integers(0, 3))
def test_nobody_stands_on_both_sides(tmp_path_factory, pairs, task, seed):
  folder = tmp_path_factory.mktemp("folds")
  faces = assign(pairs, folder, task, seed)
  found = problem.read(folder)
  for protocol in ("subject", "unsealed", "sealed"):
    tested = found.tested(protocol)
    if tested is None:
      assert found.reasons[problem.PROTOCOLS[protocol]]
      continue
    every = np.concatenate([split.test for split in tested])
    np.testing.assert_array_equal(np.sort(every), np.arange(len(found.rows)))
    for split in tested:
      sides = [
        {faces[found.rows[i]].subject for i in part}
        for part in (split.train, split.test)
      ]
      assert not sides[0] & sides[1]
      assert sides[0]
      assert sides[1]


@QUICK
@given(rows)
def test_the_owners_split_tests_its_test_part_only(tmp_path_factory, pairs):
  folder = tmp_path_factory.mktemp("folds")
  faces = assign(pairs, folder)
  found = problem.read(folder)
  assume(found.tested("official"))
  (split,) = found.tested("official")
  for part, name in ((split.train, "train"), (split.test, "test")):
    assert {faces[found.rows[i]].split for i in part} <= {name}


def test_a_planted_person_leak_is_refused(tmp_path):
  pairs = [(p, e, None, {}) for p in "abcdef" for e in ("happy", "sad")]
  assign(pairs, tmp_path)
  folds = assignment.read(tmp_path)
  folds.fold["subject"][3] = (folds.fold["subject"][3] + 1) % 4
  with pytest.raises(ValueError, match=r"person 1 stands in test fold \d and"):
    problem.within(folds)


def two_sets(tmp_path, task="emotion", subjects=("abcdef", "uvwxyz")):
  """Sets with different emotions and units; the second lacks `sad` and AU1."""
  found = []
  for name, emotions, aus, people in (
    ("one", ("angry", "happy", "sad"), (1, 4, 12), subjects[0]),
    ("other", ("angry", "happy", "surprised"), (4, 12, 27), subjects[1]),
  ):
    pairs = [
      (person, emotion, None, {au: (i + au) % 2 for au in aus})
      for person in people
      for i, emotion in enumerate(emotions)
    ]
    folder = tmp_path / name
    folder.mkdir()
    assign(pairs, folder, task)
    found.append(assignment.read(folder))
  return found


def test_another_set_is_tested_on_what_both_have(tmp_path):
  one, other = two_sets(tmp_path)
  found = problem.across(one, other)
  assert found.names == ("angry", "happy")
  # Two of three emotions of six people, in each set.
  assert len(found.rows) == len(found.test_rows) == 12
  (split,) = found.tested("subject")
  assert split.train.tolist() == list(range(12))
  assert split.test.tolist() == list(range(12, 24))
  for part, folds, kept in (
    (split.train, one, found.rows),
    (split.test, other, found.test_rows),
  ):
    names = [folds.names[k] for k in folds.labels[np.isin(folds.rows, kept)]]
    assert [found.names[k] for k in found.labels[part]] == names


def test_action_units_across_sets_are_the_intersection(tmp_path):
  one, other = two_sets(tmp_path, "au")
  found = problem.across(one, other)
  assert found.names == ("AU4", "AU12")
  np.testing.assert_array_equal(found.labels[:18], one.labels[:, 1:])
  np.testing.assert_array_equal(found.labels[18:], other.labels[:, :2])


def test_sealed_folds_of_another_set_are_tested_from_all_of_the_first(tmp_path):
  found = problem.across(*two_sets(tmp_path))
  tested = found.tested("sealed")
  assert len(tested) == 2
  every = np.concatenate([split.test for split in tested])
  assert sorted(every) == list(range(12, 24))
  for split in tested:
    assert split.train.tolist() == list(range(12))
  splits.refuse_shared_people(tested, found.people)


def test_people_of_two_sets_are_different_people(tmp_path):
  """Even where both owners number theirs from one."""
  found = problem.across(*two_sets(tmp_path, subjects=("abcdef", "abcdef")))
  assert not set(found.people[:12]) & set(found.people[12:])


def test_people_tested_are_drawn_where_those_fitted_on_have_no_names(tmp_path):
  one, other = two_sets(tmp_path)
  nobody = problem.dataclasses.replace(one, people=None)
  found = problem.across(nobody, other)
  assert found.people is None  # its tuning folds are random
  assert len({*found.drawn[12:].tolist()}) == 6
  assert not {*found.drawn[:12].tolist()} & {*found.drawn[12:].tolist()}
  both = problem.across(one, other)
  np.testing.assert_array_equal(both.drawn, both.people)


def test_sets_without_a_label_in_common_are_refused(tmp_path):
  one, other = two_sets(tmp_path)
  with pytest.raises(ValueError, match="angry, happy, sad against surprised"):
    problem.across(
      one, problem.dataclasses.replace(other, names=("surprised",))
    )
