"""The probe stage from files to files, in this process and in its own."""

import dataclasses
import json
import subprocess
import sys

import numpy as np
import pytest

from jaxfer.data import folds as foldlib
from jaxfer.data.table import Face
from jaxfer.svm import final, machines, stage

SVM = {
  "inner_folds": 3,
  "evaluations": 5,
  "starts": 4,
  "log10_low": -3.0,
  "log10_high": 3.0,
  "controls": ("pixels",),  # a config's tuple, which JSON makes a list
}


@pytest.fixture
def job(draw_people, tmp_path):
  """A job over faces of which every fourth is unlabelled."""

  def make(backend="sklearn", subjects=True, keep_machine=True):
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
    foldlib.write_folds(table, folds, folds=3, seed=0)
    np.save(tmp_path / "features.npy", np.stack(features))
    return stage.Job(
      label="trained",
      features=str(tmp_path / "features.npy"),
      folds=str(folds),
      out=str(out),
      svm=SVM,
      seed=0,
      backend=backend,
      keep_machine=keep_machine,
    )

  return make


def _results(folder):
  found = {}
  for protocol in stage.PROTOCOLS:
    if (folder / f"{protocol}.npz").exists():
      with np.load(folder / f"{protocol}.npz", allow_pickle=False) as saved:
        found[protocol] = saved["scores"], saved["fold"]
  return found, json.loads((folder / "search.json").read_text())


def test_results_have_a_row_for_each_labelled_face(job, tmp_path, capfd):
  stage.run(job())
  found, search = _results(tmp_path / "out")
  folds = foldlib.read_folds(tmp_path / "folds")
  assert list(found) == ["paper", "subject"]
  for protocol, (scores, fold) in found.items():
    assert scores.shape == (54, 3)
    np.testing.assert_array_equal(fold, getattr(folds, protocol))
    assert (scores.argmax(1) == folds.labels).mean() > 0.9
    assert len(search[protocol]) == 3
    assert set(search[protocol][0]) == {"C", "gamma", "score"}
  # paper 5, subject 3 × 5, final machine 5 evaluations.
  assert "25/25 evaluations (100%)" in capfd.readouterr().err


def test_the_saved_machine_knows_its_emotions(job, tmp_path):
  stage.run(job())
  recogniser = final.load(tmp_path / "out")
  folds = foldlib.read_folds(tmp_path / "folds")
  features = np.load(tmp_path / "features.npy")[folds.rows]
  right = recogniser.scores(features).argmax(1) == folds.labels
  assert right.mean() > 0.95
  assert recogniser.emotions == folds.emotions


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
  for protocol in stage.PROTOCOLS:
    np.testing.assert_allclose(
      found[protocol][0], expected[protocol][0], atol=1e-3
    )
