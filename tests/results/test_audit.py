"""What a result may owe to leaks."""

import numpy as np
import pytest

from jaxfer import facs
from jaxfer.configs import paper
from jaxfer.data import assignment, table
from jaxfer.data.table import Face
from jaxfer.results import audit, blocks
from jaxfer.scores import action_units
from jaxfer.scores.rows import draw
from jaxfer.svm.problem import Problem


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


def _problem(task, rows, names, labels, people):
  return Problem(
    task=task,
    names=tuple(names),
    labels=labels,
    strata=np.zeros(len(rows), int),
    people=people,
    rows=np.asarray(rows),
    test_rows=np.empty(0, int),
    splits={},
    reasons={},
  )


_UNITS = ("AU1", "AU6", "AU12", "AU25")


@pytest.fixture
def ruled(tmp_path):
  """Emotions recognised and units coded, of the same faces in two orders."""
  rng = np.random.default_rng(0)
  count = 96
  emotion = rng.permutation(np.arange(count) % 8)
  people = np.arange(count) // 8
  fold = people % 2
  units = np.array(
    [
      [int(int(u[2:]) in facs.EMOTION_AUS[facs.EMOTIONS[e]]) for u in _UNITS]
      for e in emotion
    ],
    np.int8,
  )
  coded = rng.permutation(count)  # positions in the table, in the units' order
  problem = _problem("au", coded, _UNITS, units[coded], people[coded])
  machines = action_units.score(
    units[coded] + rng.normal(0, 2, units.shape),
    np.zeros(units.shape),
    units[coded],
    draw(fold[coded], people[coded], 20, 0),
    _UNITS,
  )
  config = paper.get_config("au-2,standin")
  config.svm.bootstrap = 20

  def rule(order, noise=0.0):
    """What the rule makes of an emotion probe in that order of faces."""
    noise = noise * np.random.default_rng(1).normal(size=(count, 8))
    classes = (np.eye(8)[emotion] + noise)[order]
    # What `paper` has; `subject` was not run.
    np.savez(tmp_path / "paper.npz", scores=classes, fold=fold[order])
    recognised = _problem(
      "emotion", order, facs.EMOTIONS, emotion[order], people[order]
    )
    return audit.emotion_rule(
      tmp_path, recognised, problem, {"paper": machines}, config
    )

  return rule, machines, coded


def test_faces_find_their_units_whatever_the_order(ruled):
  rule, *_ = ruled
  found = rule(np.arange(96)[::-1])
  assert found.keys() == {"paper"}
  aus = found["paper"]["aus"]
  # The emotion is known for sure, so each unit is: in any other order of
  # labels no area would be 1.
  assert {name: entry["auc"] for name, entry in aus.items()} == dict.fromkeys(
    _UNITS, 1.0
  )
  shown = {name: entry["n_pos"] for name, entry in aus.items()}
  assert shown == {
    unit: 12 * sum(int(unit[2:]) in a for a in facs.EMOTION_AUS.values())
    for unit in _UNITS
  }


def test_the_difference_is_the_machines_minus_the_rule(ruled):
  rule, machines, _ = ruled
  found = rule(np.arange(96))["paper"]
  gap = found["difference"]["auc_mean"]
  own = machines.block["auc_mean"]
  assert own < 0.9
  assert gap["value"] == pytest.approx(own - 1)
  ends = np.subtract(machines.block["auc_mean_ci95"], 1)
  np.testing.assert_allclose(gap["ci95"], ends, atol=1e-12)


def test_people_are_paired_whatever_the_order(ruled):
  rule, _, coded = ruled
  one, other = (rule(o, noise=0.7)["paper"] for o in (np.arange(96), coded))
  assert 0.5 < one["auc_mean"] < 0.99
  for metric in ("auc_mean", "average_precision_mean"):
    for first, second in (
      (one[metric], other[metric]),
      (one[f"{metric}_ci95"], other[f"{metric}_ci95"]),
      *(
        (one["difference"][metric][k], other["difference"][metric][k])
        for k in ("value", "ci95")
      ),
    ):
      np.testing.assert_allclose(first, second, atol=1e-12)


def test_a_rule_of_other_faces_has_no_difference(ruled):
  rule, *_ = ruled
  found = rule(np.arange(90))["paper"]
  assert "difference" not in found
  entry = found["aus"]["AU12"]
  assert entry["n_pos"] + entry["n_neg"] == 90


@pytest.fixture
def labelled(tmp_path):
  """Right and wrong by number of labels, of two representations."""
  config = paper.get_config("emotion-5,standin")
  config.svm.bootstrap = 20
  people = np.repeat([3, 1, 7, 5], 3)  # the last is never tested
  fold = np.repeat([0, 1, 0, -1], 3)
  problem = _problem(
    "emotion", np.arange(12), facs.EMOTIONS, np.zeros(12, int), people
  )
  right = {
    # sizes × draws of labels × rows
    "trained": np.zeros((2, 2, 12), bool),
    "pixels": np.zeros((2, 2, 12), bool),
  }
  right["trained"][0, 0, :9] = True
  right["trained"][1, :, :6] = True
  right["pixels"][0, :, :3] = True
  folders = {}
  for name, correct in right.items():
    folders[name, 0] = tmp_path / name
    folders[name, 0].mkdir()
    np.savez(
      tmp_path / name / "labels.npz",
      fold=fold,
      correct=correct | (fold == -1),  # what is not tested counts for nothing
      sizes=[5, 0],
    )
  return blocks.Scores({}, problem, {}, folders), config


def test_label_curves_count_tested_rows_alone(labelled):
  found = audit.label_curves(*labelled)
  assert found["curves"].keys() == {"trained", "pixels"}
  five, every = found["curves"]["trained"]
  assert (five["labels"], every["labels"]) == (5, None)
  # Nine of nine in one draw of labels, none in the other.
  assert (five["accuracy"], five["spread"]) == (0.5, [0.0, 1.0])
  assert (five["draws"], every["draws"]) == (2, 1)
  assert every["accuracy"] == pytest.approx(6 / 9)
  five, every = found["curves"]["pixels"]
  assert five["accuracy"] == pytest.approx(3 / 9)
  assert every["accuracy"] == 0


def test_differences_in_labels_are_the_trained_minus_others(labelled):
  found = audit.label_curves(*labelled)["differences"]
  assert found.keys() == {"trained - pixels"}
  five, every = found["trained - pixels"]
  assert five["value"] == pytest.approx(1 / 2 - 3 / 9)
  assert every["value"] == pytest.approx(6 / 9)
  low, high = every["ci95"]
  # By people: two of three are right, all of theirs at once.
  assert low < 6 / 9 < high
  assert low * 3 == pytest.approx(round(low * 3))


def test_no_label_curves_without_the_trained(labelled):
  scores, config = labelled
  (scores.folders["trained", 0] / "labels.npz").unlink()
  assert audit.label_curves(scores, config) is None
