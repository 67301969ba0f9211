"""Fold assignments as an artifact: what is written is what is read."""

import numpy as np
import pytest

from jaxfer.data import assignment, folds, selection
from jaxfer.data.table import Face


def write(faces, out, **changes):
  options = {
    "task": "emotion",
    "aus": (1, 4, 12),
    "folds": 3,
    "sealed_folds": 2,
    "seed": 1,
  }
  assignment.write(faces, out, **{**options, **changes})
  return assignment.read(out)


def emotional(subjects, each=6):
  """Faces of people who show two emotions, and unlabelled ones between."""
  faces = [Face("0.jpg", "own", "zoë, \n")]
  for subject in subjects:
    for emotion in ("happy", "sad", None):
      for _ in range(each):
        faces.append(Face(f"{len(faces)}.jpg", "own", subject, emotion))
  return faces


@pytest.mark.parametrize(
  ("subjects", "reason"),
  [
    ("ab", None),
    ("a", "there is only one person"),
    ([None], "faces carry no person ids"),
    (["a", None], "faces carry no person ids"),
  ],
)
def test_folds_survive_the_disk_with_the_reason_for_what_is_absent(
  tmp_path, subjects, reason
):
  faces = emotional(subjects)
  read = write(faces, tmp_path)

  chosen = selection.select(faces, "emotion")
  np.testing.assert_array_equal(read.rows, chosen.rows)
  np.testing.assert_array_equal(read.labels, chosen.labels)
  assert read.names == chosen.names
  assert read.notes["unlabelled"] == chosen.unlabelled
  assert read.official is None
  assert set(read.fold["paper"]) == {0, 1, 2}
  for kind, count in (("subject", 3), ("sealed", 2)):
    assert read.reasons.get(kind) == reason
    assert (kind in read.fold) == (reason is None)
    if kind in read.fold:
      np.testing.assert_array_equal(
        read.fold[kind],
        folds.person_folds(chosen.labels, chosen.people, count, 1),
      )
  if chosen.people is None:
    assert read.people is None
  else:
    np.testing.assert_array_equal(read.people, chosen.people)


def coded(subjects=6, each=4):
  """Faces coded for AU1 and AU4, of which some lack the code of AU4."""
  faces = []
  for person in range(subjects):
    for i in range(each):
      aus = {1: i % 2, 12: 0} | ({4: int(i > 1)} if i else {})
      faces.append(Face(f"{person}{i}.png", "own", f"p{person}", aus=aus))
  return [*faces, Face("z.png", "own", "p0")]


def test_action_units_keep_what_is_not_coded_apart(tmp_path):
  read = write(coded(), tmp_path, task="au", aus=(1, 2, 4, 12))
  # AU2 is coded nowhere, and is left out.
  assert read.names == ("AU1", "AU4", "AU12")
  np.testing.assert_array_equal(
    read.labels[:4], [[0, -1, 0], [1, 0, 0], [0, 1, 0], [1, 1, 0]]
  )
  assert read.notes["unlabelled"] == 1
  assert len(read.rows) == 24


def test_random_folds_share_combinations_of_units_evenly(tmp_path):
  read = write(coded(), tmp_path, task="au", folds=2)
  for stratum in range(4):
    assert (np.bincount(read.fold["paper"][read.strata == stratum]) == 3).all()


def test_faces_coded_for_nothing_asked_for_are_an_error(tmp_path):
  with pytest.raises(ValueError, match=r"got 0 of 25 coded for any of AU5"):
    write(coded(), tmp_path, task="au", aus=(5,))


@pytest.mark.parametrize(
  ("parts", "tested"),
  [
    (("train", "test"), "test"),
    (("train", "val"), "val"),
    (("train", "val", "test"), "test"),
    (("train", None), None),
    (("val", "test"), None),
  ],
)
def test_the_owners_split_is_train_and_the_part_that_is_tested(
  tmp_path, parts, tested
):
  faces = [
    Face(f"{i}.png", "own", f"p{i % 8}", emotion, split=parts[i % len(parts)])
    for i, emotion in enumerate(["happy", "sad"] * 12)
  ]
  read = write(faces, tmp_path)
  if tested is None:
    assert read.official is None
    assert "no split" in read.reasons["official"]
    return
  words = {"train": "train", tested: "test"}
  wanted = [words.get(faces[row].split, "") for row in read.rows]
  assert read.official.tolist() == wanted


def test_the_people_of_a_sealed_fold_are_those_it_tests(tmp_path):
  faces = emotional("abcdef")
  read = write(faces, tmp_path)
  hidden = [assignment.held_out_people(tmp_path, k) for k in range(2)]
  assert hidden[0] | hidden[1] == set("abcdef")
  assert not hidden[0] & hidden[1]
  for k in range(2):
    tested = read.rows[read.fold["sealed"] == k]
    assert {faces[row].subject for row in tested} == hidden[k]
