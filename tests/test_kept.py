"""Reports stay, one for each experiment, and `report` is the latest."""

import errno
import json

import pytest

from jaxfer import kept


@pytest.fixture
def publish(tmp_path):
  """Publishes a report of some text; of a collection where one is named."""

  def call(name, text, collection="", member="", **results):
    new = tmp_path / ".report.partial"
    new.mkdir()
    (new / "index.html").write_text(text)
    (new / "results.json").write_text(json.dumps({"text": text, **results}))
    if collection:
      return kept.publish_member(tmp_path, new, name, collection, member)
    return kept.publish(tmp_path, new, name)

  return call


def pages(workdir):
  return {
    path.parent.name: path.read_text()
    for path in (workdir / "reports").glob("*/index.html")
  }


def test_another_experiment_leaves_the_first_ones_report(publish, tmp_path):
  page = publish("own-1", "one")
  assert page == tmp_path / "report" / "index.html"
  assert publish("own-2", "two").read_text() == "two"
  assert pages(tmp_path) == {"own-1": "one", "own-2": "two"}
  # The same again takes its own place, and is the latest.
  assert publish("own-1", "one more").read_text() == "one more"
  assert pages(tmp_path) == {"own-1": "one more", "own-2": "two"}
  assert (tmp_path / "report").readlink().as_posix() == "reports/own-1"


def test_the_workdir_may_be_moved(publish, tmp_path):
  publish("own-1", "one")
  moved = tmp_path.with_name("moved")
  tmp_path.rename(moved)
  assert (moved / "report" / "index.html").read_text() == "one"
  moved.rename(tmp_path)


@pytest.mark.parametrize(
  ("results", "name"),
  [
    ({"experiment": "own", "config_hash": "ab" * 32}, "own-abababababab"),
    (
      {
        "experiments": {
          "au-1": {
            "experiment": "au-1",
            "config_hash": "cd" * 32,
            "config": {"run.collection": "paper"},
          }
        }
      },
      "paper-cdcdcdcdcdcd",
    ),
    (None, "earlier"),
  ],
)
def test_a_report_from_before_is_taken_over(publish, tmp_path, results, name):
  old = tmp_path / "report"
  old.mkdir()
  (old / "index.html").write_text("old")
  if results is not None:
    (old / "results.json").write_text(json.dumps(results))
  assert publish("own-2", "new").read_text() == "new"
  assert pages(tmp_path) == {name: "old", "own-2": "new"}


def test_one_of_a_collection_stands_in_the_report_of_all(publish, tmp_path):
  page = publish("au-1-11", "one", "paper", "au-1")
  assert page == tmp_path / "report" / "au-1" / "index.html"
  assert page.read_text() == "one"
  publish("au-2-22", "two", "paper", "au-2")
  assert page.read_text() == "one"
  # All of them, each with a page of its own in it.
  new = tmp_path / ".report.partial"
  (new / "au-1").mkdir(parents=True)
  (new / "index.html").write_text("all")
  (new / "au-1" / "index.html").write_text("one of all")
  own = {"experiment": "au-1", "experiment_hash": "ee" * 32}
  (new / "au-1" / "results.json").write_text(json.dumps(own))
  kept.publish(tmp_path, new, "paper-33")
  assert page.read_text() == "one of all"
  publish("au-1-44", "again", "paper", "au-1")
  assert page.read_text() == "again"
  assert (tmp_path / "report" / "index.html").read_text() == "all"
  found = pages(tmp_path)
  assert found["au-1-11"] == "one"
  assert found["au-1-eeeeeeeeeeee"] == "one of all"


def test_the_latest_is_a_copy_where_there_are_no_links(
  publish, tmp_path, monkeypatch
):
  def refuse(*_, **__):
    raise OSError(errno.EPERM, "no links here")

  monkeypatch.setattr("pathlib.Path.symlink_to", refuse)
  for name, text in (("own-1", "one"), ("own-2", "two"), ("own-1", "more")):
    own = {"experiment": "own", "experiment_hash": name[-1] * 64}
    folder = kept.folder_name("own", own["experiment_hash"])
    assert publish(folder, text, **own).read_text() == text
  assert not (tmp_path / "report").is_symlink()
  assert pages(tmp_path) == {
    "own-" + "1" * 12: "more",
    "own-" + "2" * 12: "two",
  }
