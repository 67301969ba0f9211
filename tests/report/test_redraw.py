"""A report drawn from what the workdir keeps is the report that was drawn."""

import dataclasses
import json
import shutil

import jax
import numpy as np
import pytest

from jaxfer import experiment
from jaxfer.artifacts import Store
from jaxfer.configs import paper
from jaxfer.errors import UserError
from jaxfer.report import page
from jaxfer.report.suite import page as suite
from jaxfer.results import facts, saved
from jaxfer.results.evidence import Panels

NAME = "emotion-5"
DEVICES = jax.devices()[:1]


def found_for(config, store):
  return experiment.make(config, store, DEVICES)


def asked(name=NAME, faces="hide"):
  config = paper.get_config(f"{name},standin")
  config.report.faces = faces
  return config


@pytest.fixture
def kept(make, tmp_path):
  """Keeps the made-up evidence of an experiment, and gives how it is known."""
  store = Store(tmp_path / "run")

  def keep(name=NAME, **changes):
    evidence, config = make(name), asked(name)
    made = ("prepare-rafd-1", "probe-trained-1")
    results = {
      **evidence.results,
      "config": evidence.results["config"] | facts.plain(config),
      "artifacts": {"generate": {"": "generate-1"}},
      "human_study": [],
    }
    results |= facts.identity(results["config"], made)
    results["command"] = facts.command()
    faces = evidence.real
    evidence = dataclasses.replace(
      evidence,
      results=results,
      crops=np.zeros((40, 80, 3), np.uint8),
      panels=Panels(faces, faces, faces, faces, faces.reshape(4, 5, 24, 24, 3)),
      faces="hide",
      made=made,
      **changes,
    )
    where = saved.spec(config)
    saved.save(store, where, evidence)
    return store, where, evidence

  return keep


def contents(folder):
  return {
    path.relative_to(folder): path.read_bytes()
    for path in sorted(folder.rglob("*"))
    if path.is_file()
  }


@pytest.mark.parametrize("name", [NAME, "au-1"])
def test_a_page_is_drawn_again_to_the_byte(kept, tmp_path, name):
  store, where, evidence = kept(name)
  for out, shown in (
    (tmp_path / "first", evidence),
    (tmp_path / "again", saved.load(store, where, asked(name))),
  ):
    out.mkdir()
    page.write(out, shown)
  assert contents(tmp_path / "first") == contents(tmp_path / "again")


@pytest.mark.usefixtures("specks")
def test_the_page_of_several_is_drawn_again_to_the_byte(kept, tmp_path):
  names = (NAME, "emotion-4", "au-1")
  first, again = {}, {}
  for name in names:
    store, where, first[name] = kept(name)
    again[name] = saved.load(store, where, asked(name))
  for out, members in ((tmp_path / "1", first), (tmp_path / "2", again)):
    out.mkdir()
    suite.write(out, members, {"au-3": "no such data"})
  assert contents(tmp_path / "1") == contents(tmp_path / "2")


def test_faces_are_kept_apart_from_the_report_and_shown_when_asked(
  kept, tmp_path
):
  store, where, _ = kept()
  shown = {}
  for faces in ("hide", "show"):
    evidence = saved.load(store, where, asked(faces=faces))
    assert evidence.results["config"]["report.faces"] == faces
    out = tmp_path / faces
    out.mkdir()
    page.write(out, evidence)
    shown[faces] = {path.name for path in (out / "figures").iterdir()}
  faces = {"real.png", "generated.png", "crops.png", "copies.png", "alike.png"}
  assert faces <= shown["show"] and not faces & shown["hide"]
  hidden = {path.suffix for path in contents(tmp_path / "hide")}
  assert hidden <= {".html", ".json", ".csv", ".tex", ".png"}


@pytest.mark.parametrize("damage", ["flip", "truncate", "delete"])
@pytest.mark.parametrize("file", ["evidence.json", "arrays.npz"])
def test_damaged_evidence_is_set_aside(kept, damages, file, damage):
  store, where, _ = kept()
  folder = saved.path(store, where)
  damages[damage](folder / file)
  assert saved.load(store, where, asked()) is None
  assert [path.name for path in folder.parent.glob("damaged-*")]
  assert not folder.exists()


def rewrite(store, where, change):
  """Changes evidence as somebody would who knows how it is sealed."""
  folder = saved.path(store, where)
  tree = json.loads((folder / "evidence.json").read_text())
  arrays = (folder / "arrays.npz").read_bytes()
  tree = change(tree)

  def build(out):
    (out / "evidence.json").write_text(json.dumps(tree))
    (out / "arrays.npz").write_bytes(arrays)

  Store(folder.parent).make(where, build, anew=True)


@pytest.mark.parametrize(
  "change",
  [
    lambda tree: [],
    lambda tree: {},
    lambda tree: tree | {"results": 7},
    lambda tree: tree | {"losses": {}},
    lambda tree: tree | {"fakes": {"__array__": "../../arr_0"}},
    lambda tree: tree | {"trained": {"one": {}}},
    lambda tree: tree | {"layers": [{"name": "conv1"}]},
    lambda tree: tree | {"more": 1},
  ],
)
def test_foreign_evidence_is_said_to_be_so(kept, change):
  store, where, _ = kept()
  rewrite(store, where, change)
  with pytest.raises(UserError, match=r"emotion-5-.*delete it"):
    saved.load(store, where, asked())


@pytest.mark.parametrize(
  "change",
  [
    lambda tree: tree | {"fakes": None},
    lambda tree: tree | {"results": tree["results"] | {"protocols": {}}},
    lambda tree: tree | {"results": tree["results"] | {"pretrain": 7}},
    lambda tree: tree | {"results": tree["results"] | {"names": [{}]}},
  ],
)
def test_foreign_evidence_is_said_to_be_so_where_it_is_drawn(
  kept, tmp_path, change
):
  store, where, _ = kept()
  rewrite(store, where, change)
  folder = saved.path(store, where)
  evidence = saved.load(store, where, asked())
  with pytest.raises(UserError, match="delete it"), saved.reading(folder):
    page.write(tmp_path, evidence)


def test_nothing_is_unpickled(kept):
  store, where, _ = kept()
  folder = saved.path(store, where)
  tree = (folder / "evidence.json").read_text()
  objects = np.array([print], object)

  def build(out):
    (out / "evidence.json").write_text(tree)
    np.savez(out / "arrays.npz", objects, allow_pickle=True)

  Store(folder.parent).make(where, build, anew=True)
  with pytest.raises(UserError, match="objects"):
    saved.load(store, where, asked())


def test_evidence_of_another_config_is_not_taken(kept):
  store, *_ = kept()
  other = asked()
  other.svm.bootstrap += 1
  assert saved.load(store, saved.spec(other), other) is None


def test_evidence_of_other_artifacts_is_not_taken(kept):
  """But those of another SVM backend are the machine's choice."""
  store, where, evidence = kept()
  config = asked()
  planned = found_for(config, store)
  assert saved.load(store, where, config, planned) is None
  made = facts.made(planned)
  elsewhere = tuple(f"{n}-gpu" if "probe-" in n else n for n in made)
  for names in (made, elsewhere):
    saved.save(store, where, dataclasses.replace(evidence, made=names))
    found = saved.load(store, where, config, planned)
    assert found is not None and found.made == names


def test_where_data_is_gone_what_is_kept_is_enough(kept, monkeypatch):
  store, where, _ = kept()

  def gone(*_):
    raise UserError("no faces in /data")

  monkeypatch.setattr(experiment, "make", gone)
  found, evidence = saved.find(store, where, asked(), DEVICES)
  assert found is None
  assert evidence is not None
  shutil.rmtree(saved.path(store, where))
  with pytest.raises(UserError, match="no faces in /data"):
    saved.find(store, where, asked(), DEVICES)


def test_why_an_experiment_was_left_out_is_kept(tmp_path):
  store, config = Store(tmp_path), asked()
  where, planned = saved.spec(config), found_for(asked(), store)
  saved.save_failure(where, planned, "no face shows AU7")
  with pytest.raises(saved.FailedError, match="no face shows AU7"):
    saved.load(store, where, config, planned)
