"""Who is tested when: every row once, no person divided, small classes kept."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from jaxfer.data import folds, selection
from jaxfer.data.table import DataError, Face

QUICK = settings(max_examples=80, deadline=None, derandomize=True)

tables = st.lists(
  st.tuples(
    st.sampled_from("abcdefgh"),
    st.sampled_from(["angry", "happy", "sad", None]),
  ),
  min_size=4,
  max_size=60,
)


def faces_of(pairs) -> list[Face]:
  return [
    Face(f"{i}.jpg", "labelled", subject, emotion)
    for i, (subject, emotion) in enumerate(pairs)
  ]


def people_of(pairs, emotion) -> set:
  return {subject for subject, shown in pairs if shown == emotion}


@pytest.mark.parametrize("seed", range(4))
def test_radboud_in_ten_gives_seven_folds_of_seven_people_and_three_of_six(
  seed,
):
  # 67 people × 8 emotions × 3 gazes = 1,608 rows; 67 = 7 · 7 + 3 · 6.
  people = np.repeat(np.arange(67), 24)
  labels = np.tile(np.repeat(np.arange(8), 3), 67)

  fold = folds.person_folds(labels, people, 10, seed)

  sizes = sorted(len(np.unique(people[fold == k])) for k in range(10))
  assert sizes == [6] * 3 + [7] * 7
  for k in range(10):
    # Each person shows each emotion three times, and so does each fold.
    assert len(set(np.bincount(labels[fold == k]))) == 1


@QUICK
@given(tables, st.integers(2, 12), st.integers(0, 3))
def test_folds_of_any_table(pairs, wanted, seed):
  try:
    chosen = selection.select(faces_of(pairs), "emotion")
  except DataError:
    assume(False)
  labels, people = chosen.labels, chosen.people
  assume(people is not None and len(np.unique(people)) > 1)

  fold = folds.person_folds(labels, people, wanted, seed)

  assert fold.shape == labels.shape
  for person in np.unique(people):
    assert len(np.unique(fold[people == person])) == 1
  used = np.unique(fold)
  np.testing.assert_array_equal(used, np.arange(len(used)))
  assert 2 <= len(used) <= min(wanted, len(np.unique(people)))
  np.testing.assert_array_equal(
    fold, folds.person_folds(labels, people, wanted, seed)
  )

  blind = folds.random_folds(labels, wanted, seed)
  assert len(np.unique(blind)) == blind.max() + 1 <= wanted
  for label in np.unique(labels):
    counts = np.bincount(blind[labels == label], minlength=blind.max() + 1)
    assert counts.max() - counts.min() <= 1


def test_no_fold_is_empty_where_one_person_has_most_faces():
  # Four people into four folds, which scikit-learn 1.9 fills three of.
  labels = np.array([1, 0, 1, 0, 0, 1, 1, 1, 1])
  people = np.array([0, 4, 2, 3, 4, 4, 0, 2, 4])

  fold = folds.person_folds(labels, people, 4, 0)

  assert set(fold) == set(range(fold.max() + 1))


def test_seeds_give_other_folds():
  people = np.repeat(np.arange(20), 4)
  labels = np.tile([0, 0, 1, 1], 20)
  drawn = [folds.person_folds(labels, people, 5, seed) for seed in range(3)]
  blind = [folds.random_folds(labels, 5, seed) for seed in range(3)]

  for kind in (drawn, blind):
    assert any((kind[0] != other).any() for other in kind[1:])


def test_a_class_of_fewer_people_than_folds_stays_and_is_spread():
  # 30 people are happy and sad; 3 of them are also fearful.
  pairs = [(f"{p:02d}", e) for p in range(30) for e in ("happy", "sad")]
  pairs += [(f"{p:02d}", "fearful") for p in (4, 11, 25)]
  chosen = selection.select(faces_of(pairs), "emotion")

  fold = folds.person_folds(chosen.labels, chosen.people, 10, 0)

  assert chosen.names == ("fearful", "happy", "sad")
  assert chosen.set_aside == []
  assert set(fold) == set(range(10))
  fearful = fold[chosen.labels == 0]
  # So that it is always learnt from someone.
  assert len(set(fearful)) == 3


@QUICK
@given(tables)
def test_every_face_is_used_set_aside_or_unlabelled(pairs):
  faces = faces_of(pairs)
  people = {s for s, e in pairs if e}
  shown = sorted({e for _, e in pairs if e})
  usable = [e for e in shown if len(people_of(pairs, e)) > 1]
  if len(people) == 1:
    usable = [e for e in shown if sum(x == e for _, x in pairs) > 1]
  if len(usable) < 2:
    with pytest.raises(DataError, match="two emotions or more"):
      selection.select(faces, "emotion")
    return

  chosen = selection.select(faces, "emotion")

  assert chosen.names == tuple(usable)
  rows = [i for i, (_, e) in enumerate(pairs) if e in usable]
  assert chosen.rows.tolist() == rows
  assert [usable[k] for k in chosen.labels] == [pairs[i][1] for i in rows]
  aside = sum(s["faces"] for s in chosen.set_aside)
  assert len(chosen.rows) + aside + chosen.unlabelled == len(pairs)
  # One number for each person.
  codes = {
    (pairs[i][0], int(p)) for i, p in zip(rows, chosen.people, strict=True)
  }
  assert len(codes) == len({s for s, _ in codes}) == len({p for _, p in codes})


def test_a_class_of_one_person_is_set_aside_and_listed():
  pairs = [(p, e) for p in "abc" for e in ("happy", "sad")]
  pairs += [("b", "angry")] * 5

  (aside,) = selection.select(faces_of(pairs), "emotion").set_aside

  assert "one person only" in aside.pop("reason")
  assert aside == {"emotion": "angry", "faces": 5, "people": 1}


def test_one_class_only_is_an_error_that_says_what_was_found():
  pairs = [(p, "happy") for p in "abc"] + [("a", "sad"), ("b", None)]

  with pytest.raises(
    DataError,
    match=r"each of two people; found happy \(labelled faces: 4, people: 3\)"
    r"; sad: one person only",
  ):
    selection.select(faces_of(pairs), "emotion")


def test_no_labels_at_all_is_an_error():
  with pytest.raises(DataError, match=r"found none \(labelled faces: 0"):
    selection.select(faces_of([("a", None), ("b", None)]), "emotion")


def test_without_person_ids_images_count_and_people_are_not_spoken_of():
  pairs = [(None, "happy")] * 3 + [(None, "sad")] * 2 + [(None, "angry")]
  chosen = selection.select(faces_of(pairs), "emotion")

  assert chosen.people is None
  assert chosen.names == ("happy", "sad")
  assert "one face only" in chosen.set_aside[0]["reason"]
  with pytest.raises(
    DataError, match=r"each of two faces.*labelled faces: 4\)"
  ):
    selection.select(faces_of(pairs[:3] + pairs[5:]), "emotion")


def test_rare_strata_are_one():
  strata = np.array([5, 5, 5, 7, 9, 9, 2])
  merged = folds.merge_rare(strata, 3)
  assert merged.tolist() == [1, 1, 1, 0, 0, 0, 0]
  assert folds.merge_rare(np.arange(6), 3).tolist() == [0] * 6
