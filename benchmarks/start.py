"""Seconds until something happens: help, and the first training step.

python -m benchmarks.start
"""

from __future__ import annotations

import statistics
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


def measure(
  *, width: int = 64, batch: int = 64, repeats: int
) -> list[harness.Row]:
  """A row for help, and two for the first step: compiled, and from a cache."""
  helped = statistics.median(
    _seconds("-m", "jaxfer.main", "--help") for _ in range(repeats)
  )
  rows = [harness.within("main --help", helped, HELP_LIMIT)]
  step = "-c", _FIRST_STEP.format(width=width, batch=batch)
  with tempfile.TemporaryDirectory() as cache:
    # As jaxfer keeps programs by itself, but in a folder of its own.
    cached = {compiled.VARIABLE: str(Path(cache) / "programs")}
    _seconds(*step, **cached)  # fills the cache
    for work, environment in (
      ("process to first step, cold", {compiled.VARIABLE: "off"}),
      ("process to first step, cached", cached),
    ):
      seconds = statistics.median(
        _seconds(*step, **environment) for _ in range(repeats)
      )
      against = f"no peer; took {seconds:.3g} s, width {width}, batch {batch}"
      rows.append(harness.Row(work, 1 / seconds, None, "times/s", against))
  return rows


def _seconds(*arguments: str, **environment: str) -> float:
  start = time.perf_counter()
  harness.python(*arguments, **environment)
  return time.perf_counter() - start


if __name__ == "__main__":
  harness.main("start", __doc__, measure, repeats=3)
