"""The probe stage from files to files, in this process and in its own."""

import dataclasses
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from jaxfer.data import assignment
from jaxfer.data.table import Face
from jaxfer.svm import final, machines, problem, stage

SVM = {
  "inner_folds": 3,
  "evaluations": 5,
  "starts": 4,
  "log10_low": -3.0,
  "log10_high": 3.0,
  "au_values": 3,
  "labels_per_class": (1, 2),
  "label_draws": 2,
  "controls": ("pixels",),  # a config's tuple, which JSON makes a list
}


@pytest.fixture
def job(draw_people, tmp_path):
  """A job over faces of which every fourth is unlabelled."""

  def make(backend="sklearn", subjects=True, keep_machine=True, **changes):
    x, labels, people = draw_people(count=6, emotion=1.0)
    table, features = [], []
    for row, label, person in zip(x, labels, people, strict=True):
      subject = f"p{person}" if subjects else None
      emotion = ("angry", "happy", "sad")[label]
      table.append(Face("a.png", "own", subject, emotion))
      features.append(row)
      if label == 2:
        table.append(Face("b.png", "own", subject))
        features.append(np.full_like(row, 1e3))
    folds, out = tmp_path / "folds", tmp_path / "out"
    folds.mkdir(exist_ok=True)
    out.mkdir(exist_ok=True)
    assignment.write(
      table,
      folds,
      task="emotion",
      aus=(),
      folds=3,
      sealed_folds=2,
      seed=0,
    )
    np.save(tmp_path / "features.npy", np.stack(features))
    given = {
      "label": "trained",
      "machine": "svm",
      "protocols": ("paper", "subject"),
      "features": (str(tmp_path / "features.npy"),),
      "folds": str(folds),
      "test_features": (),
      "test_folds": "",
      "out": str(out),
      "svm": SVM,
      "seed": 0,
      "backend": backend,
      "keep_machine": keep_machine,
      "audit": False,
      "count_labels": False,
    }
    return stage.Job(**{**given, **changes})

  return make


def _results(folder):
  found = {}
  for protocol in problem.PROTOCOLS:
    if (folder / f"{protocol}.npz").exists():
      with np.load(folder / f"{protocol}.npz", allow_pickle=False) as saved:
        found[protocol] = saved["scores"], saved["fold"]
  return found, json.loads((folder / "search.json").read_text())


def test_results_have_a_row_for_each_labelled_face_and_a_machine_is_saved(
  job, tmp_path, capfd
):
  stage.run(job())
  found, search = _results(tmp_path / "out")
  folds = assignment.read(tmp_path / "folds")
  assert list(found) == ["paper", "subject"]
  for protocol, (scores, fold) in found.items():
    assert scores.shape == (54, 3)
    np.testing.assert_array_equal(fold, folds.fold[protocol])
    assert (scores.argmax(1) == folds.labels).mean() > 0.9
    assert len(search[protocol]) == 3
    assert set(search[protocol][0]) == {"C", "gamma", "score"}
  # paper 5, subject 3 × 5, final machine 5 evaluations.
  assert "25/25 evaluations (100%)" in capfd.readouterr().err
  recogniser = final.load(tmp_path / "out")
  features = np.load(tmp_path / "features.npy")[folds.rows]
  right = recogniser.scores(features).argmax(1) == folds.labels
  assert right.mean() > 0.95
  assert recogniser.emotions == folds.names


def test_a_control_keeps_no_machine(job, tmp_path):
  stage.run(job(keep_machine=False))
  names = {path.name for path in (tmp_path / "out").iterdir()}
  assert names == {"paper.npz", "subject.npz", "search.json"}


def test_without_person_ids_there_is_no_subject_protocol(job, tmp_path):
  stage.run(job(subjects=False))
  found, search = _results(tmp_path / "out")
  assert list(found) == ["paper"]
  assert set(search) == {"paper", "final"}


def test_a_process_of_its_own_finds_the_same(job, tmp_path):
  here = job()
  stage.run(here)
  expected = _results(tmp_path / "out")
  there = dataclasses.replace(here, out=str(tmp_path / "there"))
  (tmp_path / "there").mkdir()
  subprocess.run(
    [sys.executable, "-m", "jaxfer.svm.stage", json.dumps(vars(there))],
    check=True,
    capture_output=True,
  )
  found = _results(tmp_path / "there")
  assert found[1] == expected[1]
  for protocol, arrays in expected[0].items():
    for ours, theirs in zip(arrays, found[0][protocol], strict=True):
      np.testing.assert_array_equal(ours, theirs)


def test_cuml_is_sent_to_a_process_that_leaves_it_memory(job, monkeypatch):
  sent = []
  monkeypatch.setattr(
    subprocess, "run", lambda *args, **kwargs: sent.append((args, kwargs))
  )
  wanted = job(backend="cuml")
  stage.run(wanted)
  (((command,), options),) = sent
  assert command[1:3] == ["-m", "jaxfer.svm.stage"]
  received = stage.Job(**json.loads(command[3]))
  assert received.backend == "cuml"
  assert received.svm["evaluations"] == 5
  assert options["check"] is True
  assert options["env"]["XLA_PYTHON_CLIENT_PREALLOCATE"] == "false"
  assert "PATH" in options["env"]


def test_cuml_finds_what_scikit_learn_finds(job, tmp_path, monkeypatch, cuml):
  monkeypatch.setattr(machines, "TOLERANCE", 1e-8)
  stage.run(job())
  expected = _results(tmp_path / "out")[0]
  stage.probe_representation(job(backend="cuml"))
  found = _results(tmp_path / "out")[0]
  assert cuml.fits > 0
  for protocol in ("paper", "subject"):
    np.testing.assert_allclose(
      found[protocol][0], expected[protocol][0], atol=1e-3
    )


def test_fewer_labels_and_identity_are_measured_where_wanted(job, tmp_path):
  stage.run(job(audit=True, count_labels=True))
  with np.load(tmp_path / "out" / "labels.npz", allow_pickle=False) as saved:
    assert saved["sizes"].tolist() == [1, 2, 0]  # 0 is all
    assert saved["correct"].shape == (3, 2, 54)
    # Faces that show an emotion alike need few labels.
    assert saved["correct"].mean() > 0.9
  found = json.loads((tmp_path / "out" / "identity.json").read_text())
  assert found["rows"] == 54
  assert found["people"] == 6


@pytest.mark.parametrize("machine", ["nearest", "logistic"])
def test_other_machines_take_the_same_way(job, tmp_path, machine, capfd):
  stage.run(job(machine=machine, keep_machine=False))
  found, search = _results(tmp_path / "out")
  folds = assignment.read(tmp_path / "folds")
  for protocol, (scores, _) in found.items():
    assert (scores.argmax(1) == folds.labels).mean() > 0.9
    assert set(search[protocol][0]) == {"value", "score"}
  assert "(100%)" in capfd.readouterr().err


def test_they_do_not_mind_how_long_a_feature_vector_is(job, tmp_path):
  plain = job(machine="nearest", keep_machine=False)
  stage.run(plain)
  expected = _results(tmp_path / "out")
  features = np.load(tmp_path / "features.npy")
  features *= np.random.default_rng(0).uniform(1, 9, (len(features), 1))
  np.save(tmp_path / "features.npy", features)
  stage.run(plain)
  for protocol, (scores, _) in _results(tmp_path / "out")[0].items():
    np.testing.assert_allclose(scores, expected[0][protocol][0])


def test_each_sealed_fold_is_tested_on_its_own_features(job, tmp_path):
  """Features that mean nothing in fold 1 spoil fold 1 alone."""
  first = job(keep_machine=False, protocols=("sealed",))
  features = np.load(tmp_path / "features.npy")
  noise = np.random.default_rng(0).normal(size=features.shape)
  np.save(tmp_path / "noise.npy", noise.astype(np.float32))
  paths = (first.features[0], str(tmp_path / "noise.npy"))
  stage.run(dataclasses.replace(first, features=paths))
  found, search = _results(tmp_path / "out")
  scores, fold = found["sealed"]
  folds = assignment.read(tmp_path / "folds")
  np.testing.assert_array_equal(fold, folds.fold["sealed"])
  right = scores.argmax(1) == folds.labels
  assert right[fold == 0].mean() > 0.9
  assert right[fold == 1].mean() < 0.7
  assert len(search["sealed"]) == 2


def test_unsealed_is_sealed_with_the_same_features_for_every_fold(
  job, tmp_path
):
  wanted = job(keep_machine=False, protocols=("unsealed",))
  stage.run(wanted)
  unsealed = _results(tmp_path / "out")
  sealed = dataclasses.replace(
    wanted, protocols=("sealed",), features=wanted.features * 2
  )
  stage.run(sealed)
  found = _results(tmp_path / "out")
  for a, b in zip(found[0]["sealed"], unsealed[0]["unsealed"], strict=True):
    np.testing.assert_array_equal(a, b)
  assert found[1]["sealed"] == unsealed[1]["unsealed"]


@pytest.fixture
def units(draw_people, tmp_path):
  """Two sets of people coded for action units, and their features."""

  def make(seed):
    x, labels, people = draw_people(count=6, emotion=1.0, seed=seed)
    table = [
      Face("a.png", "own", f"p{person}", aus={1: int(k == 0), 4: int(k != 2)})
      for k, person in zip(labels, people, strict=True)
    ]
    folder = tmp_path / f"folds{seed}"
    folder.mkdir()
    assignment.write(
      table, folder, task="au", aus=(1, 4), folds=3, sealed_folds=2, seed=0
    )
    np.save(tmp_path / f"features{seed}.npy", x)
    return str(folder), str(tmp_path / f"features{seed}.npy")

  return make


def test_action_units_go_from_files_to_files(job, units, tmp_path, capfd):
  folds, features = units(0)
  stage.run(
    job(
      folds=folds,
      features=(features,),
      protocols=("paper", "subject", "unsealed"),
    )
  )
  found, search = _results(tmp_path / "out")
  labels = assignment.read(Path(folds)).labels
  for protocol, (scores, fold) in found.items():
    for unit in range(2):
      assert roc_auc_score(labels[:, unit], scores[:, unit]) > 0.95
    assert fold.min() == 0
    values = {unit["C"] for split in search[protocol] for unit in split}
    # The paper's C is 1; others are chosen from three between the bounds.
    assert values == {1.0} if protocol == "paper" else values <= {1e-3, 1, 1e3}
  assert (tmp_path / "out" / "action_units.npz").exists()
  assert "(100%)" in capfd.readouterr().err


def test_one_set_is_fitted_on_and_another_tested(job, units, tmp_path):
  (folds, features), (test_folds, _) = units(0), units(1)
  # The second set's people show the units as the first's do.
  stage.run(
    job(
      folds=folds,
      features=(features,),
      test_folds=test_folds,
      test_features=(features,),
      keep_machine=False,
    )
  )
  scores, fold = _results(tmp_path / "out")[0]["subject"]
  count = len(scores) // 2
  assert (fold[:count] == -1).all()
  assert np.isnan(scores[:count]).all()
  labels = assignment.read(Path(test_folds)).labels
  for unit in range(2):
    assert roc_auc_score(labels[:, unit], scores[count:, unit]) > 0.95


LARGE = SVM | {"landmarks": 30, "tuned_rows": 1000}


@pytest.mark.parametrize("machine", ["svm", "nearest", "logistic"])
def test_many_rows_take_the_same_way_without_a_matrix(
  job, tmp_path, monkeypatch, machine
):
  """Every file is there that the exact way leaves, and says about the same."""

  def refuse(features):
    raise AssertionError(f"a matrix of {len(features)} rows")

  monkeypatch.setattr(stage.kernels, "squared_distances", refuse)
  kept = machine == "svm"
  stage.run(
    job(
      machine=machine,
      keep_machine=kept,
      solver="landmarks",
      svm=LARGE,
      audit=True,
      count_labels=True,
    )
  )
  out = tmp_path / "out"
  found, search = _results(out)
  folds = assignment.read(tmp_path / "folds")
  for scores, fold in found.values():
    assert (fold >= 0).all()
    assert (scores.argmax(1) == folds.labels).mean() > 0.9
  assert (out / "labels.npz").exists()
  assert json.loads((out / "identity.json").read_text())["rows"] == 54
  if kept:
    recogniser = final.load(out)
    assert len(recogniser.support) == 30  # svm.landmarks
    features = np.load(tmp_path / "features.npy")[folds.rows]
    right = recogniser.scores(features).argmax(1) == folds.labels
    assert right.mean() > 0.9
    assert set(search["final"][0]) == {"C", "gamma", "score"}
