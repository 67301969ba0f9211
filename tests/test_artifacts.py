"""Artifacts are named by what made them, built once, checked before use.

Also under two runs at once, full disks and interrupted swaps.
"""

import dataclasses
import errno
import fcntl
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from jaxfer import artifacts, disk
from jaxfer.artifacts import DamagedError, Spec, Store

SPEC = Spec("extract", "trained", 1, {"layer": "conv4"}, {"gan": "0" * 64})


@pytest.fixture
def store(tmp_path):
  return Store(tmp_path / "run")


def _build(out: Path) -> None:
  (out / "deep").mkdir(exist_ok=True)
  (out / "a.npy").write_bytes(bytes(range(256)))
  (out / "deep" / "artifact.json").write_text("{}")


def _refuse(out: Path) -> None:
  raise AssertionError("this artifact was ready")


def _files(folder: Path) -> dict[str, bytes]:
  return {
    str(f.relative_to(folder)): f.read_bytes()
    for f in folder.rglob("*")
    if f.is_file() and ".locks" not in f.parts
  }


# Identity


@pytest.mark.parametrize(
  "changed",
  [
    {"stage": "probe"},
    {"label": "untrained"},
    {"version": 2},
    {"settings": {"layer": "conv3"}},
    {"inputs": {"gan": "1" * 64}},
  ],
)
def test_everything_that_determines_an_artifact_is_in_its_key(changed):
  other = dataclasses.replace(SPEC, **changed)
  assert other.key != SPEC.key
  assert other.name != SPEC.name


def test_a_name_reads_as_stage_label_and_hash():
  assert SPEC.name == f"extract-trained-{SPEC.key[:12]}"
  bare = dataclasses.replace(SPEC, label="")
  assert bare.name == f"extract-{bare.key[:12]}"


# Building


def test_an_artifact_is_built_once_and_says_how(store):
  path = store.make(SPEC, _build)
  assert path == store.path(SPEC)
  assert store.make(SPEC, _refuse) == path
  assert Store(store.workdir).make(SPEC, _refuse) == path
  record = artifacts.provenance(path)
  assert record["settings"] == {"layer": "conv4"}
  assert record["inputs"] == {"gan": "0" * 64}
  assert record["key"] == SPEC.key
  assert {"python", "jax", "numpy"} <= set(record["versions"])
  assert set(record["sha256"]) == {"a.npy", "deep/artifact.json"}
  # sha256 of the bytes 0 … 255, as sha256sum gives it.
  assert record["sha256"]["a.npy"] == (
    "40aff2e9d2d8922e47afd4648e6967497158785fbd1da870e7110266bf944880"
  )


def test_states_follow_a_build(store):
  assert store.state(SPEC) == "new"

  def fail(out):
    assert store.state(SPEC) == "begun"
    raise RuntimeError("interrupted")

  with pytest.raises(RuntimeError, match="interrupted"):
    store.make(SPEC, fail)
  assert store.state(SPEC) == "begun"
  store.make(SPEC, _build)
  assert store.state(SPEC) == "ready"
  assert not store.partial(SPEC).exists()


@pytest.mark.parametrize("resumable", [True, False])
def test_what_an_interrupted_build_left(store, resumable):
  def fail(out):
    (out / "half").write_text("done so far")
    raise KeyboardInterrupt

  with pytest.raises(KeyboardInterrupt):
    store.make(SPEC, fail, resumable=resumable)
  assert not store.path(SPEC).exists()
  found = []
  store.make(SPEC, lambda out: found.extend(out.iterdir()), resumable=resumable)
  assert [f.name for f in found] == (["half"] if resumable else [])


# Damage


def _flip(path):
  data = bytearray((path / "a.npy").read_bytes())
  data[100] ^= 1
  (path / "a.npy").write_bytes(data)


def _edit_record(path):
  text = (path / "artifact.json").read_text()
  assert "conv4" in text
  (path / "artifact.json").write_text(text.replace("conv4", "conv3"))


DAMAGE = {
  "flipped bit": (_flip, "a.npy is not what was written"),
  "truncated": (lambda p: os.truncate(p / "a.npy", 9), "a.npy is not what"),
  "deleted": (lambda p: (p / "a.npy").unlink(), "a.npy is gone"),
  "added": (lambda p: (p / "b").touch(), "b is not recorded"),
  "nested": (
    lambda p: (p / "deep" / "artifact.json").write_text("[]"),
    "deep/artifact.json is not what was written",
  ),
  "no record": (lambda p: (p / "artifact.json").unlink(), "artifact.json"),
  "torn record": (
    lambda p: os.truncate(p / "artifact.json", 40),
    "artifact.json cannot be read",
  ),
  "strange record": (
    lambda p: (p / "artifact.json").write_text("[1]"),
    "artifact.json cannot be read",
  ),
  "edited record": (_edit_record, "artifact.json is not what was written"),
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_damage_is_found_set_aside_and_built_anew(store, caplog, kind):
  damage, said = DAMAGE[kind]
  path = store.make(SPEC, _build)
  whole = _files(path)
  damage(path)
  damaged = _files(path)
  with pytest.raises(DamagedError, match=said):
    artifacts.verify(path)

  assert Store(store.workdir).make(SPEC, _build) == path
  aside = store.workdir / f"damaged-{SPEC.name}"
  assert _files(aside) == damaged
  assert said in caplog.text
  assert aside.name in caplog.text
  assert _files(path)["a.npy"] == whole["a.npy"]
  artifacts.verify(path)


def test_a_second_damage_does_not_overwrite_the_first(store):
  for _ in range(2):
    _flip(Store(store.workdir).make(SPEC, _build))
  Store(store.workdir).make(SPEC, _build)
  aside = sorted(p.name for p in store.workdir.glob("damaged-*"))
  assert aside == [f"damaged-{SPEC.name}", f"damaged-{SPEC.name}-2"]


# Locks

_HOLD = """
import sys, time
from pathlib import Path
from jaxfer.artifacts import Spec, Store
spec = Spec("extract", "trained", 1, {"layer": "conv4"}, {"gan": "0" * 64})
def build(out):
  (out / "by").write_text("the other")
  print("building", flush=True)
  sys.stdin.read()
Store(Path(sys.argv[1])).make(spec, build)
"""


@pytest.fixture
def other(store):
  """Another process that builds the same artifact until told to stop."""
  with subprocess.Popen(
    [sys.executable, "-c", _HOLD, str(store.workdir)],
    stdin=subprocess.PIPE,
    stdout=subprocess.PIPE,
    text=True,
  ) as process:
    assert process.stdout.readline() == "building\n"
    yield process
    process.kill()


@pytest.fixture
def waiting(store, monkeypatch):
  """Set when `store.make` finds the lock taken and is about to wait."""
  event, flock = threading.Event(), fcntl.flock

  def watched(file, operation):
    if operation == fcntl.LOCK_EX:
      event.set()
    flock(file, operation)

  monkeypatch.setattr(fcntl, "flock", watched)
  return event


def test_a_second_run_waits_and_uses_what_the_first_made(
  store, other, waiting, caplog
):
  caplog.set_level("INFO", "jaxfer")
  thread = threading.Thread(target=lambda: store.make(SPEC, _refuse))
  thread.start()
  assert waiting.wait(30)
  assert not store.path(SPEC).exists()
  other.stdin.close()
  thread.join(30)
  assert not thread.is_alive()
  assert f"another run is making {SPEC.name}; waiting" in caplog.text
  assert (store.path(SPEC) / "by").read_text() == "the other"
  assert store.make(SPEC, _refuse)


def test_a_lock_dies_with_its_process(store, other, waiting):
  thread = threading.Thread(target=lambda: store.make(SPEC, _build))
  thread.start()
  assert waiting.wait(30)
  other.kill()
  thread.join(30)
  assert not thread.is_alive()
  assert "by" not in _files(store.path(SPEC))  # the half-built one is gone
  artifacts.verify(store.path(SPEC))


def test_different_artifacts_do_not_wait_for_each_other(store, other):
  store.make(dataclasses.replace(SPEC, label="untrained"), _build)


# Disks that cannot be written


def test_an_unwritable_workdir_is_an_os_error(tmp_path):
  (tmp_path / "file").touch()
  with pytest.raises(OSError, match="file"):
    Store(tmp_path / "file" / "run").make(SPEC, _build)


@pytest.mark.parametrize("when", ["build", "record", "flush", "rename"])
def test_a_full_disk_leaves_what_was_made(store, monkeypatch, when):
  made = dataclasses.replace(SPEC, label="earlier")
  before = _files(store.make(made, _build))

  def full(*args, **kwargs):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

  def build(out):
    _build(out)
    if when == "build":
      full()
    if when == "record":
      patch.setattr(Path, "write_bytes", full)

  with monkeypatch.context() as patch:
    if when == "flush":
      patch.setattr(os, "fsync", full)
    if when == "rename":
      patch.setattr(Path, "rename", full)
    with pytest.raises(OSError, match="No space left"):
      store.make(SPEC, build, resumable=True)
  assert not store.path(SPEC).exists()
  assert _files(store.path(made)) == before
  assert (store.partial(SPEC) / "a.npy").exists()  # to go on from
  store.make(SPEC, _build, resumable=True)
  artifacts.verify(store.path(SPEC))


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path, monkeypatch):
  path = tmp_path / "results.json"
  artifacts.write_atomically(path, "old")

  def half(self, data):
    with self.open("wb") as file:
      file.write(data[:1])
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

  with monkeypatch.context() as patch:
    patch.setattr(Path, "write_bytes", half)
    with pytest.raises(OSError, match="No space left"):
      artifacts.write_atomically(path, "new")
  assert path.read_text() == "old"
  assert list(tmp_path.iterdir()) == [path]
  artifacts.write_atomically(path, "é")
  assert path.read_bytes() == "é".encode()


# Folders with a fixed name


def _folder(path: Path, text: str) -> Path:
  path.mkdir()
  (path / "index.html").write_text(text)
  return path


def test_swap_puts_the_new_folder_in_place(tmp_path):
  final = tmp_path / "report"
  for text in ("first", "second"):
    disk.swap_directory(_folder(tmp_path / "new", text), final)
    assert _files(final) == {"index.html": text.encode()}
    assert list(tmp_path.iterdir()) == [final]


def test_swap_cleans_up_after_a_run_that_died_in_it(tmp_path):
  final = tmp_path / "report"
  _folder(tmp_path / ".report.old", "older")
  disk.swap_directory(_folder(tmp_path / "new", "new"), final)
  assert _files(final) == {"index.html": b"new"}
  assert list(tmp_path.iterdir()) == [final]


def test_a_swap_that_fails_leaves_the_old_folder(tmp_path):
  final = _folder(tmp_path / "report", "old")
  with pytest.raises(FileNotFoundError, match="new"):
    disk.swap_directory(tmp_path / "new", final)
  assert _files(final) == {"index.html": b"old"}
