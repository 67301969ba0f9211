"""What anybody may hand us: a message, and nothing else, comes of it."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

_spec = importlib.util.spec_from_file_location(
  "hostile", Path(__file__).with_name("hostile.py")
)
hostile = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(hostile)


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory):
  """What came of every file of the corpus, and how much memory it took."""
  folder = tmp_path_factory.mktemp("corpus")
  place = tmp_path_factory.mktemp("place")
  for kind, files in hostile.corpus().items():
    (folder / kind).mkdir()
    for name, content in files.items():
      (folder / kind / name).write_bytes(content)
  done = subprocess.run(
    [sys.executable, hostile.__file__, str(folder), str(place)],
    capture_output=True,
    text=True,
    env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
    timeout=900,
  )
  assert done.returncode == 0, done.stderr[-3000:]
  *lines, last = map(json.loads, done.stdout.splitlines())
  return lines, last["bytes"], place


def test_the_corpus_is_large_and_every_file_has_been_read(outcomes):
  lines, _, _ = outcomes
  assert len(lines) == sum(len(files) for files in hostile.corpus().values())
  assert len(lines) >= 200


def test_nothing_crashes_and_all_that_is_refused_is_explained(outcomes):
  lines, _, _ = outcomes
  bad = [
    (line["kind"], line["name"], line["said"][-1500:])
    for line in lines
    if line["said"] != "read" and not line["said"].startswith("refused: ")
  ]
  assert not bad, "\n".join(map(str, bad))


def test_nothing_is_run_fetched_or_written_elsewhere(outcomes):
  lines, _, place = outcomes
  assert [line for line in lines if line["events"]] == []
  assert not list(place.rglob("pwned"))
  assert not Path("/tmp/pwned.npy").exists()


def test_weights_that_name_a_program_are_refused(outcomes):
  lines, _, _ = outcomes
  said = {(line["kind"], line["name"]): line["said"] for line in lines}
  for name in ("trap-0", "trap-2", "trap-4", "inst", "obj", "global"):
    for kind in ("torch", "mtcnn"):
      assert "SHA-256" in said[kind, name], name


def test_bombs_are_refused(outcomes):
  lines, _, _ = outcomes
  said = {(line["kind"], line["name"]): line["said"] for line in lines}
  for kind, name in (
    ("image", "bomb-size.png"),
    ("image", "bomb-wide.png"),
    ("image", "giant.ppm"),
    ("npz", "bomb"),
    ("npz", "lying"),
    ("npz", "giant"),
    ("mtcnn", "bomb"),
  ):
    assert said[kind, name].startswith("refused: "), (kind, name)


def test_checkpoints_that_unfold_are_refused_before_they_do(outcomes):
  lines, _, _ = outcomes
  said = {
    line["name"]: line["said"] for line in lines if line["kind"] == "checkpoint"
  }
  assert "holds no intact checkpoint" in said["giant-extra"]
  assert "holds no intact checkpoint" in said["giant-leaf"]
  assert "stray should be nothing" in said["giant-said"]
  assert "[1024, 1024, 1024, 16]; use the config" in said["giant-leaf-said"]
  assert not [k for k in said if k != "fine" and said[k] == "read"]


def test_memory_stays_below_the_stated_bound(outcomes):
  _, taken, _ = outcomes
  assert taken < hostile.MOST_BYTES
