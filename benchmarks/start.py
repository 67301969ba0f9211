"""Seconds until something happens: help, and the first training step.

python -m benchmarks.start
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import harness
from jaxfer import compiled

HELP_LIMIT = 2.0  # seconds

_FIRST_STEP = """
from jaxfer import backend
backend.devices()
from benchmarks import train_step
train_step.ours(width={width}, batch={batch})()
"""


def main() -> int:
  """Runs the benchmark; returns the exit status."""
  options = harness.options(__doc__, repeats=3)
  rows = measure(width=64, batch=64, repeats=options.repeats)
  return harness.finish("start", rows, check=options.check)


def measure(*, width: int, batch: int, repeats: int) -> list[harness.Row]:
  """A row for help, and two for the first step: compiled, and from a cache.

  Args:
    width: maps of the discriminator's first layer.
    batch: images in a step.
    repeats: processes of each kind that count.

  Raises:
    subprocess.CalledProcessError: if a process fails; it has said why.
  """
  helped = statistics.median(
    _seconds(["-m", "jaxfer.main", "--help"]) for _ in range(repeats)
  )
  rows = [harness.within("main --help", helped, HELP_LIMIT)]
  step = ["-c", _FIRST_STEP.format(width=width, batch=batch)]
  with tempfile.TemporaryDirectory() as cache:
    # As jaxfer keeps programs by itself, but in a folder of its own.
    cached = {compiled.VARIABLE: str(Path(cache) / "programs")}
    _seconds(step, cached)  # fills the cache
    for work, environment in (
      ("process to first step, cold", {compiled.VARIABLE: "off"}),
      ("process to first step, cached", cached),
    ):
      seconds = statistics.median(
        _seconds(step, environment) for _ in range(repeats)
      )
      against = f"no peer; took {seconds:.3g} s, width {width}, batch {batch}"
      rows.append(harness.Row(work, 1 / seconds, None, "times/s", against))
  return rows


def _seconds(
  arguments: list[str], environment: dict[str, str] | None = None
) -> float:
  start = time.perf_counter()
  subprocess.run(
    [sys.executable, *arguments],
    check=True,
    stdout=subprocess.DEVNULL,
    env=os.environ | (environment or {}),
  )
  return time.perf_counter() - start


if __name__ == "__main__":
  sys.exit(main())
