"""Finding a run: by workdir, report, or one experiment of several."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from jaxfer.artifacts import Store
from jaxfer.errors import UserError
from jaxfer.recogniser import run as runs
from jaxfer.results import gathering


def test_a_report_s_folder_will_do(finished):
  found = runs.find(finished() / "report")
  assert found.workdir == finished()
  assert found.describer().settings["layer"] == "conv2"
  assert found.crop()["detector"] == "precropped"
  assert found.seen() == {"smallest": 16.0, "colour": True}


def test_one_of_several_is_named(own_run):
  workdir = own_run
  kept = workdir / "reports" / "bands-0123456789ab"
  kept.parent.mkdir()
  (workdir / "report").rename(kept)
  suite = workdir / "report"
  suite.mkdir()
  whole = {"experiments": {"bands": {}, "stripes": {}}}
  (suite / "results.json").write_text(json.dumps(whole))
  with pytest.raises(UserError, match="--experiment: bands, stripes"):
    runs.find(workdir)
  with pytest.raises(UserError, match="no report of stripes"):
    runs.find(workdir, "stripes")
  assert runs.find(workdir, "bands").workdir == workdir
  (suite / "bands").symlink_to(kept)
  assert runs.find(workdir, "bands").workdir == workdir


def test_the_run_s_page_says_of_probabilities_what_the_card_does(
  finished, model
):
  run = runs.find(finished())
  features, folds = (
    SimpleNamespace(path=lambda path=path: path)
    for path in (run.described, run.folds)
  )
  config = SimpleNamespace(run=SimpleNamespace(task="emotion"))
  probe: Any = SimpleNamespace(
    keeps_machine=True,
    features=[features],
    folds=folds,
    path=lambda: run.probe,
    run=SimpleNamespace(store=Store(run.workdir), config=config),
  )
  told = gathering.calibration(probe)
  card = dict(model().card["probabilities"])
  assert told.pop("kind") == card.pop("calibrated_by")
  assert told.pop("protocol") == "subject" and card.pop("calibrated_on")
  assert told == card
  probe.keeps_machine = False
  assert gathering.calibration(probe) is None


def test_what_was_damaged_is_not_used(own_run, damages):
  damages["flip"](next(own_run.glob("probe-*")) / "support.npy")
  with pytest.raises(UserError, match="is not what was written"):
    runs.find(own_run)


def test_a_head_that_is_not_kept_is_refused(builder, tmp_path):
  workdir = builder(tmp_path / "run", keep=False)
  with pytest.raises(UserError, match="run the experiment without"):
    runs.find(workdir)
  path = workdir / "report" / "results.json"
  results = json.loads(path.read_text())
  results["config"]["svm.head"] = "nearest"
  path.write_text(json.dumps(results))
  with pytest.raises(UserError, match=r"svm\.head=nearest.*svm\.head=svm"):
    runs.find(workdir)
