"""configs/paper.py: the paper's table of experiments, checked against it."""

import re
from pathlib import Path

import jax
import numpy as np
import pytest

from jaxfer import artifacts, suite
from jaxfer import config as configlib
from jaxfer import standin as standins
from jaxfer.configs import base, paper, video
from jaxfer.data.table import DataError
from jaxfer.report.paper import EMOTIONS, UNITS

# How Table V and the paper's text name the sets.
WORDS = {"enhanced CK": "ck", "Radboud": "rafd", "CelebA": "celeba"}


@pytest.mark.parametrize("number", range(1, 9))
def test_action_units_are_table_v(number):
  config = paper.get_config(f"au-{number}")
  printed = UNITS[f"au{number}"]
  data = config.data
  assert data.pretrain == WORDS[printed.pretrained]
  assert data.probe == WORDS[printed.train]
  assert (data.test or data.probe) == WORDS[printed.test]
  assert config.run.task == "au"


@pytest.mark.parametrize("number", range(1, 9))
def test_emotions_are_the_eight_of_section_4a(number):
  config = paper.get_config(f"emotion-{number}")
  words = EMOTIONS[f"exp{number}"].what
  sets = {
    "enhanced Cohn-Kanade": "ck",
    "CelebA": "celeba",
    "Radboud": "rafd",
    "RAF-DB": "raf_db",
    "KDEF": "kdef",
    "SFEW": "sfew",
  }
  found = re.fullmatch(r"learnt from (.*), tested on (.*)", words)
  learnt, tested = found.groups()
  tested = learnt if tested == "the same" else tested
  assert config.data.pretrain == next(v for k, v in sets.items() if k in learnt)
  assert config.data.probe == next(v for k, v in sets.items() if k in tested)
  view = "multi" if "multi-view" in words else "frontal"
  assert config.data.rafd.view == view


def find(whole):
  store = artifacts.Store(Path("nowhere"))
  return suite.make(whole, base.get_config(), store, jax.devices()[:1])


def test_a_member_of_all_is_the_experiment_alone():
  whole = paper.get_config("all,standin,seeds=2")
  found = find(whole).members
  assert list(found) == list(paper.EXPERIMENTS)
  for name, member in found.items():
    alone = paper.get_config(f"{name},standin,seeds=2")
    assert configlib.flatten(member.config) == configlib.flatten(alone)


def test_overrides_reach_every_member():
  whole = paper.get_config("all,standin")
  whole.gan.epochs = 3
  for member in find(whole).members.values():
    assert member.config.gan.epochs == 3


def test_as_printed_is_exp5_with_the_printed_beta():
  printed = configlib.flatten(paper.get_config("as-printed"))
  own = configlib.flatten(paper.get_config("emotion-5"))
  differing = {k for k in own if own[k] != printed[k]}
  assert differing == {
    "gan.beta1",
    "run.experiment",
    "svm.controls",
    "svm.protocols",
  }
  assert printed["gan.beta1"] == 0.9


@pytest.mark.parametrize("arg", ["", "emotion-9", "standin"])
def test_an_unknown_experiment_is_answered_with_the_list(arg):
  with pytest.raises(ValueError, match=r"is not one of all, emotion-1, .*au-8"):
    paper.get_config(arg)


def test_a_suite_with_a_wrong_field_is_refused():
  whole = paper.get_config("all,standin")
  whole.suite["emotion-1"].gan = {"epoch": 3}
  with pytest.raises((ValueError, KeyError), match="epoch"):
    find(whole)


def test_members_are_chosen_by_name_and_in_order():
  whole = paper.get_config("all,standin")
  whole.run.members = ("au-2", "emotion-5")
  found = find(whole)
  assert list(found.members) == ["au-2", "emotion-5"]
  whole.run.members = ("emotion-9",)
  with pytest.raises(ValueError, match="'emotion-9', which is not one of"):
    find(whole)


def test_what_misses_its_data_is_left_out_with_the_reason(tmp_path):
  whole = paper.get_config("all,standin")
  standins.write("rafd", tmp_path / "rafd", size=2, width=64)
  whole.data.standin.draw = False
  whole.data.root = str(tmp_path)
  found = find(whole)
  assert list(found.members) == ["emotion-4", "emotion-5", "as-printed"]
  assert set(found.left_out) == set(paper.EXPERIMENTS) - set(found.members)
  assert "Karolinska" in found.left_out["emotion-7"]
  assert str(tmp_path / "kdef") in found.left_out["emotion-7"]
  lines = suite.describe(found)
  assert re.search(r"emotion-7 +left out +Karolinska .* not found", lines)


def test_all_without_any_data_is_an_error_that_says_where_to_get_it(tmp_path):
  whole = paper.get_config("all,small")
  whole.data.root = str(tmp_path)
  with pytest.raises(DataError, match=r"none of the 18 experiments(.|\n)*rafd"):
    find(whole)


_STANDINS = {n: paper.get_config(f"{n},standin") for n in paper.EXPERIMENTS}


@pytest.mark.parametrize("name", paper.EXPERIMENTS)
def test_a_small_run_is_of_few_people_and_two_sealed_folds(name):
  config = _STANDINS[name]
  sizes = config.data.standin.sizes
  for role in ("pretrain", "probe", "test"):
    if dataset := config.data[role]:
      one = standins.get(dataset)
      # 0 would be the published number.
      most = 40 if one.unit == "people" else 1280
      assert 0 < sizes[dataset] <= most, dataset
  assert config.svm.sealed_folds == 2
  assert config.data.standin.draw
  assert config.report.faces == "show"
  whole = paper.get_config(name)
  assert whole.svm.sealed_folds == 5
  assert not whole.data.standin.draw
  assert whole.report.faces == "hide"


@pytest.mark.parametrize("standin", ["", ",standin"])
@pytest.mark.parametrize("name", paper.EXPERIMENTS)
def test_units_try_seven_powers_of_ten(name, standin):
  svm = paper.get_config(name + standin).svm
  values = np.logspace(svm.log10_low, svm.log10_high, svm.au_values)
  np.testing.assert_allclose(values, [1e-3, 1e-2, 0.1, 1, 10, 100, 1e3])
  assert svm.evaluations == 30
  assert svm.folds == 10


@pytest.mark.parametrize("standin", ["", ",standin"])
def test_au7_alone_is_learnt_and_recognised_from_its_faces(standin):
  for name in paper.EXPERIMENTS:
    config = paper.get_config(name + standin)
    only = name == "au7-only"
    assert config.data.only_au == (7 if only else 0)
    assert config.svm.aus == ((7,) if only else ())


def test_small_runs_keep_the_further_controls_to_one_experiment():
  further = {"layers", "knn", "logistic"}
  have = {n for n, c in _STANDINS.items() if further & {*c.svm.controls}}
  assert have == {"emotion-5"}
  tuned = {n for n, c in _STANDINS.items() if "finetuned" in c.svm.controls}
  assert tuned == {"emotion-2"}
  for name, config in _STANDINS.items():
    usual = {"pixels", "hog", "untrained"}
    assert usual <= {*config.svm.controls} or name == "as-printed"


def test_each_fold_of_dfew_is_a_set_of_experiments():
  config = video.get_config("data=dfew,folds,standin,small")
  folds = {
    name: config.suite[name].data.dfew.fold for name in config.run.members
  }
  kinds = ("motion", "pair", "middle_frame")
  assert folds == {f"{a}-{k}": k for a in kinds for k in range(1, 6)}
  with pytest.raises(ValueError, match="folds is of dfew, and data=own_clips"):
    video.get_config("folds")
