"""Which faces a network may learn from."""

import numpy as np
import pytest

from jaxfer.data import assignment, conditions, pools, table
from jaxfer.data.table import DataError, Face


@pytest.fixture
def prepared(tmp_path):
  """Faces whose first pixel is their number, and their sealed folds."""
  faces = []
  for person in "abcd":
    for i, emotion in enumerate(("happy", "sad", None)):
      split = "train" if person in "ab" else "test"
      aus = {7: i % 2} if emotion else {}
      face = Face(f"{person}{i}.png", "own", person, emotion, aus, split=split)
      faces.append(face)
  # A person whom nobody labelled is never tested.
  faces.append(Face("e.png", "own", "e", split="train"))
  images = np.zeros((len(faces), 8, 8, 3), np.uint8)
  images[:, 0, 0, 0] = np.arange(len(faces))
  np.save(tmp_path / "faces.npy", images)
  rows = map(table.to_row, faces)
  table.write_csv(tmp_path / "manifest.csv", table.COLUMNS, rows)
  folds = tmp_path / "folds"
  folds.mkdir()
  assignment.write(
    faces, folds, task="emotion", aus=(), folds=2, sealed_folds=2, seed=0
  )
  return faces, tmp_path, folds


def load(prepared, left_out=None, only_au=0):
  faces, folder, folds = prepared
  pool = pools.Pool(folder, folds, left_out, only_au).load()
  return [faces[i] for i in pool[:, 0, 0, 0]]


def told(folder, folds, left_out, condition):
  return pools.Pool(str(folder), str(folds), left_out, 0).labels(condition)


def test_all_faces_are_learnt_from_unless_some_are_left_out(prepared):
  assert load(prepared) == prepared[0]


@pytest.mark.parametrize("fold", [0, 1])
def test_nobody_of_a_sealed_fold_is_seen_not_even_unlabelled(prepared, fold):
  hidden = assignment.held_out_people(prepared[2], fold)
  assert len(hidden) == 2
  seen = load(prepared, left_out=fold)
  assert {face.subject for face in seen} == set("abcde") - hidden
  assert len(seen) == 7


def test_a_large_part_lies_in_a_file_that_nobody_sees(prepared, monkeypatch):
  held = pools.Pool(prepared[1], prepared[2], 0, 0).load()
  monkeypatch.setattr(pools, "_LARGE", 1000)
  before = sorted(prepared[1].parent.rglob("*"))
  mapped = pools.Pool(prepared[1], prepared[2], 0, 0).load()
  assert isinstance(mapped, np.memmap) and not isinstance(held, np.memmap)
  np.testing.assert_array_equal(mapped, held)
  assert sorted(prepared[1].parent.rglob("*")) == before


def test_of_the_owners_split_the_training_part_is_seen(prepared):
  seen = load(prepared, left_out=pools.OFFICIAL)
  assert {face.subject for face in seen} == set("abe")


def test_only_faces_that_show_a_unit_are_seen(prepared):
  assert [f.path for f in load(prepared, only_au=7)] == [
    f"{person}1.png" for person in "abcd"
  ]


@pytest.mark.parametrize("condition", ["emotion", "aus"])
@pytest.mark.parametrize("left_out", [None, 0, 1, pools.OFFICIAL])
def test_labels_are_those_of_the_faces_seen_and_of_no_other(
  prepared, condition, left_out
):
  """Sealed: of who is tested, a conditional DCGAN sees no label either."""
  _, folder, folds = prepared
  labels = told(folder, folds, left_out, condition)
  seen = load(prepared, left_out)
  assert labels.dtype == np.int8
  np.testing.assert_array_equal(labels, conditions.encode(seen, condition))
  assert len(labels) < 13 or left_out is None


def test_an_unconditional_dcgan_is_told_nothing(prepared):
  assert told(*prepared[1:], None, "") is None


def test_a_pool_without_faces_is_an_error(prepared):
  with pytest.raises(DataError, match=r"none of the 13 faces.*AU9"):
    load(prepared, only_au=9)
