"""Artifacts are lazy, and made from what they say that they are made from."""

import shutil
import types

import pytest

from jaxfer.artifacts import Store
from jaxfer.experiment.artifact import Artifact, walk


class Letter(Artifact):
  """Writes its own letter behind those that it is made from."""

  stage, version, doing = "letter", 1, "writing {}"

  def __init__(self, run, letter, *before):
    self.run, self._letter, self._before = run, letter, before

  def _declare(self):
    inputs = {str(place): one for place, one in enumerate(self._before)}
    return self._letter, {"letter": self._letter}, {"from": "abc", **inputs}

  def _build(self, out):
    told = [(one.path() / "word").read_text() for one in self._before]
    (out / "word").write_text("".join(told) + self._letter)


class Other(Letter):
  """The same after its code was changed."""

  version = 2


@pytest.fixture
def run(tmp_path):
  return types.SimpleNamespace(store=Store(tmp_path / "run"))


def test_nothing_is_made_before_its_path_is_asked_for(run):
  a = Letter(run, "a")
  b, c = Letter(run, "b", a), Letter(run, "c")
  d = Letter(run, "d", b, c)
  assert [one.name for one in walk([d])] == [x.name for x in (a, b, c, d)]
  assert {one.state for one in walk([d])} == {"new"}
  assert not run.store.workdir.exists()
  assert (b.path() / "word").read_text() == "ab"
  assert [one.state for one in (a, b, c, d)] == ["ready", "ready", "new", "new"]
  assert (d.path() / "word").read_text() == "abcd"


def test_what_is_ready_asks_for_nothing_that_it_was_made_from(run):
  a = Letter(run, "a")
  b = Letter(run, "b", a)
  shutil.rmtree(b.path().parent / a.name)
  assert b.path().exists()
  assert a.state == "new"


def test_a_key_is_of_settings_version_and_all_that_comes_before(run):
  a, b = Letter(run, "a"), Letter(run, "b")
  assert Letter(run, "c", a).key == Letter(run, "c", Letter(run, "a")).key
  others = [Letter(run, "c", b), Letter(run, "c"), Letter(run, "d", a)]
  others += [Other(run, "c", a), Letter(run, "c", Other(run, "a"))]
  assert len({one.key for one in [Letter(run, "c", a), *others]}) == 6


def test_each_artifact_stands_once_in_a_walk(run):
  a = Letter(run, "a")
  twice = [Letter(run, "b", a), Letter(run, "c", Letter(run, "a"))]
  assert [one.spec.label for one in walk(twice)] == ["a", "b", "c"]
