"""Metrics by step, progress, times."""

import errno
import io
import json
import math
import os
from pathlib import Path

import pytest

from jaxfer import logs


def _write(path, first, last, resume_at=None, tail=""):
  log = logs.MetricsLog(path, first if resume_at is None else resume_at)
  for step in range(first, last):
    log.write(step, {"loss_d": step / 7, "loss_g": -1.0})
  log.close()
  with path.open("a") as file:
    file.write(tail)


@pytest.mark.parametrize(
  "tail", ["", '{"step": 6, "loss_', '{"step"', "\0\0\0\0", "{}\n"]
)
@pytest.mark.parametrize("resume", [0, 1, 4, 6])
def test_a_resumed_log_is_the_undisturbed_one(tmp_path, tail, resume):
  _write(tmp_path / "whole", 0, 10)
  _write(tmp_path / "resumed", 0, 6, tail=tail)
  _write(tmp_path / "resumed", resume, 10, resume_at=resume)
  whole = (tmp_path / "whole").read_text()
  assert (tmp_path / "resumed").read_text() == whole


def test_columns_come_back_as_written(tmp_path):
  _write(tmp_path / "m", 0, 3)
  assert logs.read_metrics(tmp_path / "m") == {
    "step": [0, 1, 2],
    "loss_d": [0.0, 1 / 7, 2 / 7],
    "loss_g": [-1.0, -1.0, -1.0],
  }


def test_a_column_that_few_steps_have_keeps_their_places(tmp_path):
  log = logs.MetricsLog(tmp_path / "m", 0)
  log.write(0, {"a": 1.0})
  log.write(1, {"a": 2.0, "b": 3.0})
  log.close()
  columns = logs.read_metrics(tmp_path / "m")
  assert columns["step"] == [0, 1]
  assert math.isnan(columns["b"][0])
  assert columns["b"][1] == 3.0


def test_whole_steps_end_where_a_line_is_missing_or_spoilt(tmp_path):
  path = tmp_path / "m"
  assert logs.whole_steps(path) == 0
  _write(path, 0, 6)
  lines = path.read_bytes().splitlines(keepends=True)
  assert logs.whole_steps(path) == 6
  for spoilt in ([*lines[:3], *lines[4:]], [*lines[:3], b"{", *lines[4:]]):
    path.write_bytes(b"".join(spoilt))
    assert logs.whole_steps(path) == 3


def test_a_full_disk_at_resuming_keeps_the_lines(tmp_path, monkeypatch):
  _write(tmp_path / "m", 0, 6)
  before = (tmp_path / "m").read_text()

  def full(self, data):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

  with monkeypatch.context() as patch:
    patch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left"):
      logs.MetricsLog(tmp_path / "m", 4)
  assert (tmp_path / "m").read_text() == before


def test_sync_writes_lines_before_closing(tmp_path):
  log = logs.MetricsLog(tmp_path / "m", 0)
  log.write(0, {"a": 1.5})
  log.sync()
  assert json.loads((tmp_path / "m").read_text()) == {"step": 0, "a": 1.5}
  log.close()


class _Terminal(io.StringIO):
  def isatty(self):
    return True


@pytest.fixture
def now(monkeypatch):
  """A clock that stands until moved."""
  clock = [100.0]
  monkeypatch.setattr("time.monotonic", lambda: clock[0])
  return clock


def test_progress_writes_whole_lines_where_there_is_no_terminal(now):
  stream = io.StringIO()
  progress = logs.Progress("train", 1000, "images", stream=stream)
  for done in range(100, 1000, 100):
    now[0] += 4
    progress(done)
  now[0] += 4
  progress(1000, "loss 0.5")
  assert stream.getvalue().splitlines() == [
    "train: 400/1,000 images (40%), 25 images/s, 24 s left",
    "train: 800/1,000 images (80%), 25 images/s, 8 s left",
    "train: 1,000/1,000 images (100%), 25 images/s, 0 s left  loss 0.5",
  ]


def test_progress_redraws_one_line_on_a_terminal(now):
  stream = _Terminal()
  progress = logs.Progress("train", 10, "steps", stream=stream)
  for done in (4, 5, 10):  # the second comes too soon to be drawn
    now[0] += 0.3 if done == 4 else 0.1
    progress(done)
  drawn = stream.getvalue()
  assert drawn.count("\r") == 2
  assert "5/10" not in drawn
  assert drawn.count("\n") == 1
  assert drawn.endswith("\n")


def test_what_was_done_before_does_not_count_in_the_rate(now):
  stream = io.StringIO()
  progress = logs.Progress("t", 1000, "images", done=500, stream=stream)
  now[0] += 20
  progress(600)
  assert "600/1,000 images (60%), 5 images/s, 1 min 20 s left" in (
    stream.getvalue()
  )


def test_nothing_done_yet_has_no_remaining_time(now):
  stream = io.StringIO()
  progress = logs.Progress("t", 10, "images", done=5, stream=stream)
  now[0] += 20
  progress(5)
  assert "unknown time left" in stream.getvalue()


@pytest.mark.parametrize(
  ("done", "said"),
  [(1, "0.05 i/s"), (246, "12.3 i/s"), (31_234, "1,562 i/s")],
)
def test_rates_never_read_as_powers_of_ten(now, done, said):
  stream = io.StringIO()
  progress = logs.Progress("t", 10**6, "i", stream=stream)
  now[0] += 20
  progress(done)
  assert said in stream.getvalue()


@pytest.mark.parametrize(
  ("seconds", "said"),
  [
    (0, "0 s"),
    (59.4, "59 s"),
    (59.6, "1 min 00 s"),
    (185, "3 min 05 s"),
    (3599.6, "1 h 00 min"),
    (7800, "2 h 10 min"),
    (float("inf"), "unknown time"),
    (float("nan"), "unknown time"),
  ],
)
def test_durations_are_said_as_people_do(seconds, said):
  assert logs.duration(seconds) == said


def test_a_clock_adds_up_what_has_one_name(now):
  clock = logs.Clock()
  for seconds in (1.5, 2.25):
    with clock("steps"):
      now[0] += seconds
  with pytest.raises(RuntimeError), clock("failed"):
    now[0] += 1
    raise RuntimeError
  assert clock.rounded() == {"steps": 3.75, "failed": 1.0}


def test_a_record_survives_the_file(tmp_path):
  values = {"a": 0.1, "b": [1, None], "ü": "ß"}
  logs.write_json(tmp_path / "r.json", values)
  assert logs.read_json(tmp_path / "r.json") == values


def test_the_first_rate_leaves_out_what_came_before_the_clock_started(now):
  stream = io.StringIO()
  progress = logs.Progress("t", 1000, "images", stream=stream)
  now[0] += 60  # compiling
  progress.resume(100)
  progress(100)
  now[0] += 20
  progress(500)
  assert stream.getvalue().splitlines() == [
    "t: 500/1,000 images (50%), 20 images/s, 25 s left"
  ]


def test_work_goes_on_where_nobody_reads_on(now):
  class Closed(io.StringIO):
    def write(self, text):
      raise OSError(5, "Input/output error")

  progress = logs.Progress("t", 10, "images", stream=Closed())
  now[0] += 20
  progress(10)


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_no_stream_stops_over_a_letter(monkeypatch, encoding):
  kept = io.BytesIO()
  stream = io.TextIOWrapper(kept, encoding=encoding)
  monkeypatch.setattr("sys.stdout", stream)
  logs.speak_anywhere()
  stream.write("1 × 2 → 3, \udcff\n")
  stream.flush()
  said = kept.getvalue().decode(encoding)
  assert said.endswith("\\udcff\n")
  assert ("→" in said) == (encoding == "utf-8")
  assert ("×" in said) == (encoding != "ascii")


def test_sizes_as_people_say_them():
  assert [logs.size(n) for n in (0, 999, 1000, 1536, 2**20, 10**9, 10**15)] == [
    "0 B", "999 B", "0.977 KiB", "1.5 KiB", "1 MiB", "954 MiB", "909 TiB",
  ]  # fmt: skip
