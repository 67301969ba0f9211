"""What a run says of itself: metrics by step, progress, and times."""

from __future__ import annotations

import contextlib
import io
import json
import logging
import math
import os
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TextIO

from absl import logging as absl_logging

from jaxfer import artifacts, untrusted
from jaxfer.errors import UserError


class MetricsLog:
  """Metrics by step as JSON lines, one line a step.

  Args:
    path: the file; lines of an interrupted run are kept before `step`.
    step: the step the run continues from; its line and later ones are dropped,
      so that there is neither gap nor repetition.
  """

  def __init__(self, path: Path, step: int):
    lines = path.read_bytes().splitlines() if path.exists() else []
    kept = [line for line in lines if _parsed(line)[0] < step]
    artifacts.write_atomically(path, b"".join(line + b"\n" for line in kept))
    self._file = path.open("a", encoding="utf-8")

  def write(self, step: int, values: Mapping[str, float]) -> None:
    """Appends one step's values."""
    self._file.write(json.dumps({"step": step, **values}) + "\n")

  def sync(self) -> None:
    """Has the operating system put what was written on the disk."""
    self._file.flush()
    os.fsync(self._file.fileno())

  def close(self) -> None:
    """Writes what is left and closes the file."""
    self._file.close()


def whole_steps(path: Path) -> int:
  """For how many steps, from the first on, a metrics file has its line."""
  lines = path.read_bytes().splitlines() if path.exists() else []
  steps = [_parsed(line)[0] for line in lines]
  return next((i for i, step in enumerate(steps) if step != i), len(steps))


def read_metrics(path: Path) -> dict[str, list[float]]:
  """The columns of a metrics file, `step` among them, all of one length.

  Where a step has no such value, as most have no `diversity`, it is nan.

  Raises:
    ValueError: if a line is none of a metrics file, naming it.
  """
  lines = read_lines(path)
  names = dict.fromkeys(name for line in lines for name in line)
  return {name: [line.get(name, math.nan) for line in lines] for name in names}


def read_lines(path: Path) -> list[dict[str, float]]:
  """The lines of a metrics file, in order.

  Raises:
    ValueError: if a line is none of a metrics file, naming it.
  """
  lines = []
  for number, line in enumerate(path.read_bytes().splitlines(), 1):
    step, record = _parsed(line)
    if not math.isfinite(step):
      raise UserError(f"{path} line {number} holds no metrics of a step")
    lines.append(record)
  return lines


def speak_anywhere() -> None:
  """Lets stdout and stderr say what their encoding has no letter for.

  It is written as its number, as Python's escapes are: no word of a run is
  worth its end.
  """
  for stream in (sys.stdout, sys.stderr):
    if isinstance(stream, io.TextIOWrapper):
      # What was a file and is a pipe by now cannot tell where it is.
      with contextlib.suppress(OSError):
        stream.reconfigure(errors="backslashreplace")


def speak_plainly() -> None:
  """Shows on stderr what jaxfer logs, and of the libraries only errors."""
  # Orbax's threads print a traceback of what they also raise.
  absl_logging.set_verbosity(absl_logging.FATAL)
  speaker = logging.getLogger("jaxfer")
  speaker.setLevel(logging.INFO)
  speaker.propagate = False
  handler = logging.StreamHandler(sys.stderr)
  handler.setFormatter(logging.Formatter("%(message)s"))
  speaker.addHandler(handler)


def printable(line: str) -> str:
  """Escapes what could drive a terminal or forge a line."""
  return "".join(
    c if c.isprintable() else c.encode("unicode_escape").decode("ascii")
    for c in line
  )


class Progress:
  """One line on stderr with rate and remaining time, redrawn in place.

  Where stderr is no terminal, a line is written every `interval` seconds.

  Args:
    label: what is being done.
    total: how many items there are.
    unit: what an item is called.
    interval: seconds between lines where there is no terminal.
    done: items already done before this run; they do not count in the rate.
  """

  def __init__(
    self,
    label: str,
    total: int,
    unit: str,
    interval: float = 15.0,
    done: int = 0,
    stream: TextIO | None = None,
  ):
    self._label, self._total, self._unit = label, total, unit
    self._stream = stream or sys.stderr
    self._live = self._stream.isatty()
    self._interval = 0.2 if self._live else interval
    self.resume(done)

  def resume(self, done: int) -> None:
    """Starts the clock with `done` items already there."""
    self._first = done
    self._start = self._last = time.monotonic()

  def __call__(self, done: int, note: str = "") -> None:
    """Reports that `done` items are finished, with a note behind."""
    now = time.monotonic()
    if now - self._last < self._interval and done < self._total:
      return
    self._last = now
    text = (
      f"{self._label}: {done:,}/{self._total:,} {self._unit}"
      f" ({done / max(self._total, 1):.0%}){self._pace(done, now)}"
      f"{'  ' if note else ''}{note}"
    )
    end = "\n" if done >= self._total else ""
    # Nobody reads on where a terminal has closed; the work goes on, or ends.
    with contextlib.suppress(OSError):
      self._stream.write(f"\r\x1b[K{text}{end}" if self._live else f"{text}\n")
      self._stream.flush()

  def _pace(self, done: int, now: float) -> str:
    """Rate and remaining time, where there are any."""
    if done <= self._first:
      return ", unknown time left" if done < self._total else ""
    rate = (done - self._first) / max(now - self._start, 1e-9)
    left = duration((self._total - done) / rate)
    return f", {_rate(rate)} {self._unit}/s, {left} left"


class Clock:
  """Seconds by name, added up."""

  def __init__(self) -> None:
    self.seconds: dict[str, float] = {}
    self._lap = time.monotonic()

  @contextlib.contextmanager
  def __call__(self, name: str) -> Iterator[None]:
    """Adds the time spent inside to `name`."""
    start = time.monotonic()
    try:
      yield
    finally:
      self._add(name, time.monotonic() - start)

  def lap(self, name: str) -> None:
    """Adds to `name` the time since the lap before, or since it was made."""
    before, self._lap = self._lap, time.monotonic()
    self._add(name, self._lap - before)

  def _add(self, name: str, spent: float) -> None:
    self.seconds[name] = self.seconds.get(name, 0.0) + spent

  def rounded(self) -> dict[str, float]:
    """The seconds to the millisecond."""
    return {name: round(value, 3) for name, value in self.seconds.items()}


def write_json(path: Path, values: Mapping[str, Any]) -> None:
  """Writes a small record, indented."""
  path.write_text(json.dumps(values, indent=2) + "\n", encoding="utf-8")


def read_json(path: Path) -> dict[str, Any]:
  """The record that `write_json` wrote."""
  return json.loads(path.read_text(encoding="utf-8"))


def duration(seconds: float) -> str:
  """Seconds as people say them: `42 s`, `3 min 05 s`, `2 h 10 min`."""
  if not math.isfinite(seconds):
    return "unknown time"
  whole = round(seconds)
  if whole < 60:
    return f"{whole} s"
  minutes, whole = divmod(whole, 60)
  if minutes < 60:
    return f"{minutes} min {whole:02d} s"
  hours, minutes = divmod(minutes, 60)
  return f"{hours} h {minutes:02d} min"


def size(count: float) -> str:
  """Bytes as people say them: `512 B`, `1.5 MiB`."""
  for unit in ("B", "KiB", "MiB", "GiB"):
    if count < 999.5:
      return f"{count:.3g} {unit}"
    count /= 1024
  return f"{count:.3g} TiB"


def _rate(rate: float) -> str:
  """Three digits, or all before the point: `0.0123`, `45.6`, `7,890`."""
  return f"{rate:.3g}" if rate < 100 else f"{rate:,.0f}"


def _parsed(line: bytes) -> tuple[float, dict[str, Any]]:
  """The step and the values of a line; infinite if it was cut off."""
  try:
    record: dict[str, Any] = untrusted.parse_json(line)
    return float(record["step"]), record
  except (ValueError, KeyError, TypeError, OverflowError):
    return math.inf, {}
