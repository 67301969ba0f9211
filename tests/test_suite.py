"""All experiments together: shared work, one report, nothing made twice."""

import json
import re
from pathlib import Path
from typing import ClassVar

import jax
import pytest

from jaxfer import artifacts, suite
from jaxfer.configs import base, paper
from jaxfer.data.table import DataError

ROOT = Path(__file__).parents[1]

# As wide, and in as large batches, as other tests' runs: they share programs.
TINY = (
  "--config=configs/paper.py:all,standin",
  "--config.data.standin.sizes.rafd=4",
  "--config.data.standin.sizes.kdef=3",
  "--config.data.standin.sizes.ck=3",
  "--config.data.standin.sizes.raf_db=90",
  "--config.data.standin.sizes.sfew=90",
  "--config.data.standin.sizes.celeba=40",
  "--config.data.celeba.count=24",
  "--config.data.standin.width=96",
  "--config.gan.width=4",
  "--config.gan.epochs=1",
  "--config.gan.batch=8",
  "--config.gan.grids=1",
  "--config.gan.grid_side=2",
  "--config.svm.evaluations=2",
  "--config.svm.starts=2",
  "--config.svm.folds=3",
  "--config.svm.inner_folds=2",
  "--config.svm.au_values=2",
  "--config.svm.label_draws=2",
  "--config.svm.bootstrap=20",
  "--config.generate.count=4",
)


@pytest.fixture(scope="module")
def everything(jaxfer, tmp_path_factory):
  workdir = tmp_path_factory.mktemp("all") / "run"
  return workdir, jaxfer(*TINY, f"--workdir={workdir}", drawn=False)


@pytest.mark.pipeline
def test_one_command_makes_every_experiment_and_their_report(everything):
  workdir, done = everything
  report = workdir / "report"
  assert f"report: {report / 'index.html'}" in done.stdout
  results = json.loads((report / "results.json").read_text())
  assert list(results["experiments"]) == list(paper.EXPERIMENTS)
  page = (report / "index.html").read_text()
  for name, found in results["experiments"].items():
    assert (report / name / "index.html").exists()
    assert f'href="{name}/index.html"' in page
    assert found["experiment"] == name
    assert found["standin"] is True
    key = "accuracy" if found["task"] == "emotion" else "auc_mean"
    for protocol, block in found["protocols"].items():
      if block is None:
        assert found["reasons"][protocol]
        continue
      assert block[key] is None or 0 <= block[key] <= 1, (name, protocol)
  assert "stand-in" in page
  assert not re.search(r'(src|href)="https?://', page)


@pytest.mark.pipeline
def test_what_experiments_have_in_common_is_made_once(everything):
  workdir, done = everything
  made = re.findall(r" → (\S+)$", done.stderr, re.MULTILINE)
  assert made
  assert len(made) == len(set(made))
  trained = [path.name for path in workdir.glob("pretrain-*")]
  # Sets and colours: CK, CelebA grey and coloured, Radboud twice, RAF-DB, KDEF,
  # SFEW, the faces with AU7, and Radboud with the printed beta1.
  assert len([n for n in trained if "sealed" not in n]) == 10 + 2  # official
  assert sum(name.startswith("pretrain-celeba") for name in trained) == 2


@pytest.mark.pipeline
def test_a_second_run_makes_nothing_and_says_so_first(jaxfer, everything):
  workdir, _ = everything
  done = jaxfer(*TINY, f"--workdir={workdir}", "--dry_run")
  for name in paper.EXPERIMENTS:
    assert re.search(rf"^  {name} +done  DCGAN from", done.stdout, re.M), name
  assert "left to make: nothing" in done.stdout


@pytest.mark.pipeline
def test_one_experiment_of_all_is_there_already(jaxfer, everything):
  workdir, _ = everything
  single = ("--config=configs/paper.py:emotion-5,standin", *TINY[1:])
  done = jaxfer(*single, f"--workdir={workdir}")
  assert " → " not in done.stderr
  # Its page takes the place of its own, not of the page of all.
  assert f"report: {workdir / 'report' / 'emotion-5' / 'index.html'}" in (
    done.stdout
  )
  assert (workdir / "report" / "results.json").exists()


def test_shared_work_is_counted_at_the_first_that_needs_it(tmp_path):
  config = paper.get_config("all,standin")
  store = artifacts.Store(tmp_path)
  found = suite.make(config, base.get_config(), store, jax.devices()[:1])
  lines = suite.describe(found).splitlines()
  of = {line.split()[0]: line for line in lines}
  assert "18 experiments" in lines[0]
  assert set(paper.EXPERIMENTS) <= set(of)
  adds = [int(of[name].split()[1]) for name in paper.EXPERIMENTS]
  left = [int(n) for n in re.findall(r"(\d+) of", lines[-1])]
  assert "left to make" in lines[-1]
  assert sum(adds) == sum(left)
  # Both learn from CelebA in grey; the first one trains.
  alone = suite.Suite(store, {"au-4": found.members["au-4"]}, {})
  assert (
    int(suite.describe(alone).splitlines()[3].split()[1])
    > adds[list(paper.EXPERIMENTS).index("au-4")]
  )


class _Experiment:
  """Stands in for an experiment: some cannot be made."""

  fails: ClassVar = {"b": DataError("no face of ck shows AU7")}

  def __init__(self, name):
    self._error = self.fails.get(name)

  def make(self, stage, *, probed):
    assert not probed
    if self._error is not None:
      raise self._error


def test_one_that_cannot_be_made_is_left_out_and_the_others_go_on(tmp_path):
  store = artifacts.Store(tmp_path)
  planned = suite.Suite(
    store,
    {name: suite.Member(name, None, _Experiment(name)) for name in "abc"},
    {"d": "KDEF not found"},
  )
  made = suite.run(planned, ["prepare"])
  assert list(made.members) == ["a", "c"]
  assert made.left_out == {
    "b": "no face of ck shows AU7",
    "d": "KDEF not found",
  }
  with pytest.raises(DataError, match="no experiment could be made"):
    suite.run(suite.Suite(store, {"b": planned.members["b"]}, {}), ["prepare"])
