"""What was run, where it departs from the print, and what it repeats."""

import json
from decimal import Decimal

import numpy as np
import pytest

from jaxfer.configs import own_faces, paper, radboud
from jaxfer.data import assignment, table
from jaxfer.data.table import Face
from jaxfer.report.paper import EMOTIONS, UNITS, experiment
from jaxfer.results import facts


def _radboud(view="frontal", **changes):
  config = radboud.get_config("standin")
  config.data.rafd.view = view
  for name, value in changes.items():
    section, leaf = name.split("_")
    config[section][leaf] = value
  return config


@pytest.mark.parametrize(
  ("view", "name", "accuracy"),
  [
    ("frontal", "Exp5", Decimal("0.9764")),
    ("multi", "Exp4", None),
  ],  # section 4-A
)
def test_radboud_views_find_their_experiments(view, name, accuracy):
  key = facts.reference(_radboud(view))
  found = experiment({"paper_reference": key})
  assert found.name == name
  assert found.scores["accuracy"][0] == accuracy


@pytest.mark.parametrize(
  "config",
  [
    _radboud("all"),
    own_faces.get_config(),
    _radboud(run_task="au"),
    _radboud(data_test="kdef"),
    _radboud(data_pretrain="ck"),
  ],
  ids=["all views", "own faces", "action units", "another set", "learnt from"],
)
def test_nothing_is_printed_for_other_runs(config):
  assert facts.reference(config) is None


def test_each_of_the_papers_experiments_has_its_own_numbers():
  found = {
    name: facts.reference(paper.get_config(f"{name},standin"))
    for name in paper.EXPERIMENTS
  }
  assert found["emotion-3"] == "exp3"
  assert found["au-8"] == "au8"
  del found["as-printed"]  # the paper's beta1 is no experiment of its own
  assert sorted(found.values()) == sorted([*EMOTIONS, *UNITS])


@pytest.mark.parametrize(
  ("name", "coded_by"), [("au-1", "people"), ("au-2", "rule: Table VI")]
)
def test_a_set_is_counted_and_its_coders_named(tmp_path, name, coded_by):
  np.save(tmp_path / "faces.npy", np.zeros((10, 4, 4, 3), np.uint8))
  units = [{1: 1, 12: 0}, {1: 1, 12: 1}, {1: 0}, {1: 0, 12: 0}]
  faces = [
    Face(
      f"{i}.png", "own", f"p{i // 2}", "happy", units[i % 4] if i < 8 else {}
    )
    for i in range(10)
  ]
  rows = [table.to_row(face) | {"sha256": face.path} for face in faces]
  table.write_csv(tmp_path / "manifest.csv", (*table.COLUMNS, "sha256"), rows)
  (tmp_path / "rejected.csv").write_text("path,reason\na,b\nc,d\n")
  copies = {"identical": 1, "near": 2, "across_people": 0, "across_splits": 0}
  (tmp_path / "duplicates.json").write_text(json.dumps(copies))
  folds = tmp_path / "folds"
  folds.mkdir()
  assignment.write(
    faces, folds, task="au", aus=(1, 12), folds=2, sealed_folds=2, seed=0
  )
  found = facts.data(
    {"pretrain": tmp_path, "probe": tmp_path},
    {"probe": assignment.read(folds)},
    paper.get_config(f"{name},standin"),
  )
  counted = {
    "faces": 10,
    "people": 5,
    "rejected": 2,
    "several_faces": 0,
    "duplicates": copies,
  }
  assert found["pretrain"] == counted | {"dataset": "ck"}
  probe = found["probe"]
  assert probe["dataset"] == {"au-1": "ck", "au-2": "rafd"}[name]
  assert probe["coded_by"] == coded_by
  assert (probe["labelled"], probe["unlabelled"]) == (8, 2)
  assert probe["by_au"] == {
    "AU1": {"present": 4, "coded": 8},
    "AU12": {"present": 2, "coded": 6},
  }
  assert counted.items() <= probe.items()


def test_emotions_are_counted_and_nameless_people_are_none(tmp_path):
  np.save(tmp_path / "faces.npy", np.zeros((8, 4, 4, 3), np.uint8))
  faces = [
    Face(f"{i}.png", "own", "", "happy" if i < 6 else "sad") for i in range(8)
  ]
  rows = [table.to_row(face) | {"sha256": face.path} for face in faces]
  table.write_csv(tmp_path / "manifest.csv", (*table.COLUMNS, "sha256"), rows)
  (tmp_path / "rejected.csv").write_text("path,reason\n")
  (tmp_path / "duplicates.json").write_text("{}")
  folds = tmp_path / "folds"
  folds.mkdir()
  assignment.write(
    faces, folds, task="emotion", aus=(), folds=2, sealed_folds=2, seed=0
  )
  found = facts.data(
    {"probe": tmp_path},
    {"probe": assignment.read(folds)},
    paper.get_config("emotion-6,standin"),
  )["probe"]
  assert found["people"] is None
  assert found["by_emotion"] == {"happy": 6, "sad": 2}
  assert "coded_by" not in found


def _departures(standin=False, **changes):
  """Sentences of a run that has the printed values but for some."""
  printed = {
    "gan.width": 64,
    "gan.batch": 128,
    "gan.epochs": 300,
    "gan.learning_rate": 2e-4,
    "gan.beta1": 0.9,
    "gan.condition": "",
    "crop.size": 64,
    "svm.evaluations": 30,
    "svm.folds": 10,
  }
  config = paper.get_config("emotion-5")
  config.data.standin.draw = standin
  for name, value in {**printed, **changes}.items():
    section, leaf = name.split(".")
    config[section][leaf] = value
  *said, last = facts.departures(config)
  assert "batch norm" in last  # what the paper leaves open, always
  return said


@pytest.mark.parametrize(
  ("name", "value", "printed"),
  [
    ("gan.width", 16, "width 64"),
    ("gan.batch", 16, "128"),
    ("gan.epochs", 24, "300 epochs"),
    ("gan.learning_rate", 1e-4, "0.0002"),
    ("gan.beta1", 0.5, "the paper prints 0.9"),
    ("crop.size", 32, "64×64"),
    ("svm.evaluations", 5, "30 evaluations"),
    ("svm.folds", 3, "ten folds"),
  ],
)
def test_each_departure_gives_both_values(name, value, printed):
  (said,) = _departures(**{name: value})
  assert name.rpartition(".")[2].replace("_", " ") in said
  assert name not in said
  assert f" is {value};" in said
  assert printed in said


def test_a_run_as_printed_departs_in_nothing_else():
  assert _departures() == []
  (said,) = _departures(standin=True)
  assert "drawn stand-ins" in said
  (said,) = _departures(**{"gan.condition": "emotion"})
  assert "told the labels (emotion)" in said


def test_paper_experiments_depart_in_beta1_alone():
  config = paper.get_config("emotion-5")
  first, last = facts.departures(config)
  assert first.startswith("Adam's beta1 is 0.5; the paper prints 0.9")
  assert "batch norm" in last


def test_settings_and_artifacts_tell_experiments_apart():
  def name(fields, made):
    return facts.identity(fields, made)["experiment_hash"]

  first = name({"gan.epochs": 1}, ["a", "b"])
  assert name({"gan.epochs": 1}, ["b", "a"]) == first
  assert name({"gan.epochs": 2}, ["a", "b"]) != first
  assert name({"gan.epochs": 1}, ["a", "c"]) != first
