"""What a result may owe to leaks."""

import numpy as np
import pytest

from jaxfer import facs
from jaxfer.data import assignment, table
from jaxfer.data.table import Face
from jaxfer.results import audit


@pytest.fixture
def prepared(tmp_path):
  """Noise, of which the faces 0 and 1 are nearly one, and 2 and 3 one file."""
  rng = np.random.default_rng(0)
  images = rng.integers(0, 256, (12, 64, 64, 3), np.uint8)
  images = np.stack([np.kron(i[:8, :8], np.ones((8, 8, 1))) for i in images])
  images = images.astype(np.uint8)
  images[1] = np.clip(images[0].astype(int) + 2, 0, 255)
  images[3] = images[2]
  np.save(tmp_path / "faces.npy", images)
  faces = [
    Face(f"{i}.png", "own", f"p{i % 4}", "happy" if i < 6 else "sad")
    for i in range(12)
  ]
  digests = ["a", "b", "c", "c", *"efghijkl"]
  rows = [
    table.to_row(face) | {"sha256": digest}
    for face, digest in zip(faces, digests, strict=True)
  ]
  columns = (*table.COLUMNS, "sha256")
  table.write_csv(tmp_path / "manifest.csv", columns, rows)
  folds = tmp_path / "folds"
  folds.mkdir()
  assignment.write(
    faces, folds, task="emotion", aus=(), folds=2, sealed_folds=2, seed=0
  )
  return tmp_path, assignment.read(folds), images


def test_near_copies_count_where_folds_part_them(prepared):
  folder, folds, images = prepared
  fold = folds.fold["paper"]
  fold[:4] = [0, 1, 0, 1]
  counts, pairs = audit.across_folds(folder, folds)
  assert counts == {"identical": 1, "near": 1, "faces": 4, "of": 12}
  np.testing.assert_array_equal(pairs.first, images[[0, 2]])
  np.testing.assert_array_equal(pairs.second, images[[1, 3]])
  assert pairs.labels == ("fold 1 | fold 2",) * 2


def test_near_copies_in_one_fold_are_no_leak(prepared):
  folder, folds, _ = prepared
  fold = folds.fold["paper"]
  fold[:4] = 0
  counts, pairs = audit.across_folds(folder, folds)
  assert counts == {"identical": 0, "near": 0, "faces": 0, "of": 12}
  assert pairs.first.shape == (0, 64, 64, 3)
  assert pairs.labels == ()


def test_the_rule_recovers_table_vi_from_emotions_known_for_sure():
  names = facs.EMOTIONS
  classes = np.where(np.eye(8) == 1, 0.0, -1.0)
  units = [f"AU{n}" for n in facs.AUS]
  scores = audit.rule_scores(classes, names, units)
  for row, emotion in zip(scores, names, strict=True):
    shown = {facs.AUS[a] for a in np.flatnonzero(row > 0)}
    assert shown == facs.EMOTION_AUS[emotion]
  assert (scores != 0).all()


def test_the_sign_of_the_rule_is_the_emotion_recognised():
  rng = np.random.default_rng(0)
  classes = rng.normal(size=(200, 8))
  (column,) = audit.rule_scores(classes, facs.EMOTIONS, ["AU25"]).T
  named = [facs.EMOTIONS[k] for k in classes.argmax(1)]
  shows = np.array([25 in facs.EMOTION_AUS[name] for name in named])
  np.testing.assert_array_equal(column > 0, shows)


def test_a_unit_that_no_emotion_at_hand_shows_has_no_rule():
  classes = np.zeros((3, 2))
  scores = audit.rule_scores(classes, ("happy", "neutral"), ["AU12", "AU9"])
  assert np.isfinite(scores[:, 0]).all()
  assert np.isnan(scores[:, 1]).all()


def test_a_class_that_training_lacked_is_never_recognised():
  classes = np.array([[0.0, -1.0, -np.inf]])
  names = ("happy", "sad", "surprised")
  scores = audit.rule_scores(classes, names, ["AU27", "AU12"])
  assert scores[0, 0] < 0 < scores[0, 1]
  assert np.isfinite(scores).all()


def test_units_with_the_same_labels_are_one_column(tmp_path):
  faces = [
    Face(f"{i}.png", "rafd", f"p{i // 8}", emotion, facs.relabel(emotion))
    for i, emotion in enumerate(facs.EMOTIONS * 3)
  ]
  assignment.write(
    faces, tmp_path, task="au", aus=facs.AUS, folds=2, sealed_folds=2, seed=0
  )
  # As the paper's Table VI has it on Radboud.
  assert audit.same_columns(assignment.read(tmp_path)) == [
    ["AU7", "AU23", "AU24"]
  ]


def test_faces_that_two_sets_share_are_found_by_their_content(prepared):
  folder, _, _ = prepared
  other = folder / "other"
  other.mkdir()
  rows = [{"path": f"{i}", "sha256": d} for i, d in enumerate("czcx")]
  table.write_csv(other / "manifest.csv", ("path", "sha256"), rows)
  assert audit.shared_files(folder, other, 0) == 2
  assert audit.shared_files(other, folder, 0) == 2
  assert audit.shared_files(folder, folder, 0) == 12


def test_a_face_that_was_not_learnt_from_is_not_shared(prepared):
  folder, _, _ = prepared
  faces = [
    Face(f"{i}.png", "own", "p", "happy", {7: i % 2, 12: 1}) for i in range(4)
  ]
  other = folder / "other"
  other.mkdir()
  rows = [
    table.to_row(face) | {"sha256": digest}
    for face, digest in zip(faces, "abcd", strict=True)
  ]
  table.write_csv(other / "manifest.csv", (*table.COLUMNS, "sha256"), rows)
  assert audit.shared_files(other, other, only_au=0) == 4
  assert audit.shared_files(other, other, only_au=7) == 2
  assert audit.shared_files(other, other, only_au=12) == 4
