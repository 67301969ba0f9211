"""What anybody may hand us: a message, and nothing else, comes of it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests import hostile


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
  said = {(line["kind"], line["name"]): line["said"] for line in lines}
  return SimpleNamespace(
    lines=lines, said=said, taken=last["bytes"], place=place
  )


def test_the_corpus_is_large_and_every_file_has_been_read(outcomes):
  files = sum(len(files) for files in hostile.corpus().values())
  assert len(outcomes.lines) == files >= 200


def test_nothing_crashes_and_all_that_is_refused_is_explained(outcomes):
  bad = [
    (*name, said[-1500:])
    for name, said in outcomes.said.items()
    if said != "read" and not said.startswith("refused: ")
  ]
  assert not bad, "\n".join(map(str, bad))


def test_nothing_is_run_fetched_or_written_elsewhere(outcomes):
  assert [line for line in outcomes.lines if line["events"]] == []
  assert not list(outcomes.place.rglob("pwned"))
  assert not Path("/tmp/pwned.npy").exists()


def test_weights_that_name_a_program_are_refused(outcomes):
  for name in ("trap-0", "trap-2", "trap-4", "inst", "obj", "global"):
    for kind in ("torch", "mtcnn"):
      assert "SHA-256" in outcomes.said[kind, name], name


@pytest.mark.parametrize(
  ("kind", "name"),
  [
    ("image", "bomb-size.png"),
    ("image", "bomb-wide.png"),
    ("image", "giant.ppm"),
    ("npz", "bomb"),
    ("npz", "lying"),
    ("npz", "giant"),
    ("mtcnn", "bomb"),
  ],
)
def test_bombs_are_refused(outcomes, kind, name):
  assert outcomes.said[kind, name].startswith("refused: ")


def test_checkpoints_that_unfold_are_refused_before_they_do(outcomes):
  said = {
    k: v for (kind, k), v in outcomes.said.items() if kind == "checkpoint"
  }
  assert "holds no intact checkpoint" in said["giant-extra"]
  assert "holds no intact checkpoint" in said["giant-leaf"]
  assert "stray should be nothing" in said["giant-said"]
  assert "[1024, 1024, 1024, 16]; use the config" in said["giant-leaf-said"]
  assert not [k for k in said if k != "fine" and said[k] == "read"]


def test_memory_stays_below_the_stated_bound(outcomes):
  assert outcomes.taken < hostile.MOST_BYTES
