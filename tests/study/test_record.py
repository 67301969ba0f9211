"""study.json: scores entered, replaced, and handed to the run's report."""

import json

import pytest

from jaxfer.study import record, score
from jaxfer.study.exclusion import Rules


@pytest.fixture
def entry(key, rate):
  raters = [rate(file="anna_smith.csv"), rate("bob", spent=5)]
  return score.score(raters, key, Rules(), draws=10, seed=0)


@pytest.fixture
def workdir(tmp_path):
  (tmp_path / "generate-1").mkdir()
  return tmp_path


def test_without_a_file_there_is_no_study(workdir):
  assert record.read(workdir) == {}
  assert record.summaries(workdir / "generate-1") == []


def test_a_score_takes_the_place_of_the_same_study_only(workdir, entry):
  path = record.write(workdir, entry)
  assert path == workdir / "study.json"
  other = entry | {"study": "study-other"}
  record.write(workdir, other)
  record.write(workdir, entry | {"raters": 9})
  found = record.read(workdir)
  assert {name: one["raters"] for name, one in found.items()} == {
    entry["study"]: 9,
    "study-other": 1,
  }


def test_a_report_gets_its_own_studies_and_nothing_of_single_raters(
  workdir, entry
):
  record.write(workdir, entry)
  (workdir / "generate-2").mkdir()
  elsewhere = entry | {
    "study": "study-2",
    "artifacts": {"generate": "generate-2"},
  }
  record.write(workdir, elsewhere)
  (found,) = record.summaries(workdir / "generate-1")
  assert found["study"] == entry["study"]
  assert found["fooled"] == entry["fooled"]
  assert found["excluded"] == 1
  text = json.dumps(found)
  for private in ("anna", "bob", "per_rater"):
    assert private not in text


def test_a_run_of_other_faces_is_refused(tmp_path, entry):
  with pytest.raises(ValueError, match="holds no generate-1"):
    record.write(tmp_path, entry)
  assert not (tmp_path / "study.json").exists()


@pytest.mark.parametrize(
  "content",
  [
    "",
    "[]",
    "[" * 100_000,
    '{"schema": 1, "studies": {}}',
    '{"schema": 2, "studies": {}}',
    '{"schema": 2, "sha256": "0", "studies": {}}',
  ],
)
def test_a_file_of_another_kind_is_neither_read_nor_overwritten(
  workdir, entry, content
):
  path = workdir / "study.json"
  path.write_text(content)
  for call in (
    lambda: record.read(workdir),
    lambda: record.write(workdir, entry),
  ):
    with pytest.raises(ValueError, match="move it away and score again"):
      call()
  assert path.read_text() == content


def test_a_score_that_was_changed_is_not_read(workdir, entry):
  path = record.write(workdir, entry)
  text = path.read_text()
  path.write_text(text.replace('"raters": 1', '"raters": 7'))
  assert path.read_text() != text
  with pytest.raises(ValueError, match="it is not what was written"):
    record.summaries(workdir / "generate-1")
