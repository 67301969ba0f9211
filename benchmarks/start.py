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

from benchmarks import harness

HELP_LIMIT = 2.0  # seconds

_FIRST_STEP = """
from benchmarks import train_step
train_step.ours(width=64, batch=64)()
"""


def main() -> int:
  """Runs the benchmark; returns the exit status."""
  options = harness.options(__doc__, repeats=3)
  helped = statistics.median(
    _seconds(["-m", "jaxfer.main", "--help"]) for _ in range(options.repeats)
  )
  rows = [harness.within("main --help", helped, HELP_LIMIT)]
  with tempfile.TemporaryDirectory() as cache:
    cached = {
      "JAX_COMPILATION_CACHE_DIR": cache,
      "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
    }
    _seconds(["-c", _FIRST_STEP], cached)  # fills the cache
    for work, environment in (
      ("process to first step, cold", {}),
      ("process to first step, cached", cached),
    ):
      seconds = statistics.median(
        _seconds(["-c", _FIRST_STEP], environment)
        for _ in range(options.repeats)
      )
      against = f"no peer; took {seconds:.3g} s, width 64, batch 64"
      rows.append(harness.Row(work, 1 / seconds, None, "times/s", against))
  return harness.finish("start", rows, check=options.check)


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
