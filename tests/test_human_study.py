"""The study's door: from a run to a page, from files to a score."""

import csv
import json

import pytest

from jaxfer import human_study
from jaxfer.study import answers
from jaxfer.study import key as keys

SIZES = ("--count=8", "--practice=2", "--checks=2")


@pytest.fixture
def call(capsys):
  def run(*arguments, status=0):
    assert human_study.main([str(one) for one in arguments]) == status
    said = capsys.readouterr()
    return said.err if status else said.out

  return run


@pytest.fixture
def kit(make_run, call, tmp_path):
  """A run, its study, and raters of known rates: workdir, key and files."""
  workdir, out = tmp_path / "run", tmp_path / "kit"
  make_run(workdir, report="radboud")
  call("build", f"--workdir={workdir}", f"--out={out}", *SIZES)
  key = keys.read(out / "key.json")
  fakes = sorted(item for item, t in key.faces.items() if t == "generated")
  files = []
  for r, fooled in enumerate((1, 2, 3)):
    said = {**key.faces, **key.checks} | dict.fromkeys(fakes[:fooled], "real")
    path = tmp_path / f"<b>{r}.csv"
    with path.open("w", newline="") as file:
      writer = csv.writer(file)
      writer.writerow(answers.COLUMNS)
      for place, (item, what) in enumerate(said.items(), 1):
        writer.writerow((key.study, f"r{r}", place, item, what, 700 + r))
    files.append(path)
  return workdir, out / "key.json", files


def test_the_known_share_comes_out_and_goes_into_the_run(kit, call):
  workdir, key, files = kit
  said = call("score", *files, f"--key={key}", f"--workdir={workdir}")
  # 1, 2 and 3 of 4 generated faces taken for real; no real one doubted.
  assert "generated taken for real   50.0% of 12 (95 % interval 25" in said
  assert "real taken for generated   0.0% of 12" in said
  assert "wrong answers (HYPE)       25.0% of 24" in said
  assert "3 raters" in said and "no result about people's faces" in said
  assert "warning: 3 raters" in said
  record = json.loads((workdir / "study.json").read_text())
  (entry,) = record["studies"].values()
  assert entry["fooled"]["value"] == 0.5
  assert entry["standin"] is True


def test_without_a_workdir_nothing_is_written(kit, call):
  workdir, key, files = kit
  call("score", *files, f"--key={key}")
  assert not (workdir / "study.json").exists()


def test_excluded_raters_are_told_with_their_reasons(kit, call):
  _, key, files = kit
  said = call("score", *files, f"--key={key}", "--fastest=702")
  assert "1 raters" in said
  assert "excluded r0: 10 of 10 answers faster than 702 ms" in said


def test_rules_and_files_that_are_wrong_end_in_one_line_of_reason(
  kit, call, tmp_path
):
  workdir, key, files = kit
  for more, words in (
    ((f"--key={files[0]}",), "is no key"),
    ((f"--key={key}", "--answered=80"), "--answered=80.0 is a share"),
    ((f"--key={key}", "--draws=0"), "--draws=0"),
    ((f"--key={key}", f"--workdir={tmp_path}"), "holds no generate-"),
    ((f"--key={key}", "none.csv"), "none.csv cannot be read"),
  ):
    said = call("score", *more, *files, status=1)
    assert words in said and said.startswith("jaxfer: ")
  assert not (workdir / "study.json").exists()


def test_restricted_faces_are_shown_only_where_the_owner_permits(
  make_run, call, tmp_path
):
  workdir, out = tmp_path / "run", tmp_path / "kit"
  make_run(workdir, standin=False)
  asked = ("build", f"--workdir={workdir}", f"--out={out}", *SIZES)
  said = call(*asked, status=1)
  assert "Radboud" in said and "--owner_permits" in said
  assert not out.exists()
  call(*asked, "--owner_permits")
  page = (out / "raters" / "index.html").read_text()
  assert "drawn" not in page.partition("<script")[0]


def test_one_own_set_of_faces_needs_nobodys_permission(
  make_run, call, tmp_path
):
  make_run(tmp_path / "run", dataset="unlabelled", standin=False)
  said = call(
    "build",
    f"--workdir={tmp_path / 'run'}",
    f"--out={tmp_path / 'kit'}",
    *SIZES,
  )
  assert "for you, and nobody who rates" in said


def test_a_consent_form_is_shown_as_it_is(make_run, call, tmp_path):
  make_run(tmp_path / "run")
  form = tmp_path / "consent.txt"
  form.write_text("Approved by <nobody>.")
  call(
    "build", f"--workdir={tmp_path / 'run'}", f"--out={tmp_path / 'kit'}",
    f"--consent={form}", *SIZES,
  )  # fmt: skip
  page = (tmp_path / "kit" / "raters" / "index.html").read_text()
  assert "Approved by &lt;nobody&gt;." in page
