"""Artifacts under two runs at once, full disks and interrupted swaps."""

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
from jaxfer.artifacts import Spec, Store

SPEC = Spec("extract", "trained", 1, {"layer": "conv4"}, {"gan": "0" * 64})


@pytest.fixture
def store(tmp_path):
  return Store(tmp_path / "run")


def _build(out: Path) -> None:
  (out / "a.npy").write_bytes(bytes(range(256)))


def _refuse(out: Path) -> None:
  raise AssertionError("this artifact was ready")


def _files(folder: Path) -> dict[str, bytes]:
  return {
    str(f.relative_to(folder)): f.read_bytes()
    for f in folder.rglob("*")
    if f.is_file()
  }


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
