"""Two ways of doing the same work, timed in turns, and a record of it."""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import platform
import re
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from jaxfer import logs

RESULTS = Path(__file__).parent / "results"


@dataclasses.dataclass(frozen=True)
class Row:
  """One comparison.

  Attributes:
    work: what is done.
    ours: median rate of jaxfer.
    peer: median rate of the peer, or None where there is none.
    unit: of both rates.
    against: the peer's name, or why there is none.
    goal: the least ratio wished for, or None.
    note: whatever else a reader should know.
  """

  work: str
  ours: float
  peer: float | None
  unit: str
  against: str
  goal: float | None = None
  note: str = ""

  @property
  def ratio(self) -> float | None:
    """Ours divided by the peer's."""
    return None if self.peer is None else self.ours / self.peer

  @property
  def met(self) -> bool | None:
    """Whether the goal is reached; None without a goal or a peer."""
    if self.goal is None or self.ratio is None:
      return None
    return self.ratio >= self.goal


def rates(works: Sequence[Callable[[], int]], repeats: int) -> list[float]:
  """Median items per second of each work.

  They take turns, so that a machine that slows down slows all of them; the
  first turn, which compiles and fills caches, does not count.

  Args:
    works: each does its work once and returns the number of items done.
    repeats: turns that count.
  """
  found: list[list[float]] = [[] for _ in works]
  for turn in range(repeats + 1):
    for one, work in zip(found, works, strict=True):
      start = time.perf_counter()
      items = work()
      spent = time.perf_counter() - start
      if turn:
        one.append(items / spent)
  return [statistics.median(one) for one in found]


def within(work: str, seconds: float, limit: float) -> Row:
  """A row whose goal is to take no longer than a limit.

  Args:
    work: what is done.
    seconds: median time of jaxfer.
    limit: the longest time wished for, in seconds.
  """
  against = f"a limit of {limit:g} s; took {seconds:.3g} s"
  return Row(work, 1 / seconds, 1 / limit, "times/s", against, goal=1.0)


def cores() -> int:
  """The cores this process may use."""
  return len(os.sched_getaffinity(0))


def machine() -> str:
  """A short name of this machine: processor and cores, or the GPU."""
  import jax

  device = jax.devices()[0]
  kind = device.device_kind
  if device.platform == "cpu":
    kind = f"{_processor()}-{cores()}-cores"
  return re.sub(r"[^a-z0-9]+", "-", kind.lower()).strip("-")


def _processor() -> str:
  try:
    text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
  except OSError:
    text = ""
  match = re.search(r"model name\s*:\s*(.+)", text)
  return match[1] if match else platform.machine()


def finish(name: str, rows: Sequence[Row], *, check: bool) -> int:
  """Prints and records the rows; returns the exit status.

  Args:
    name: of the benchmark.
    rows: what was measured.
    check: whether a goal that is missed is an error.
  """
  print(f"{'work':40} {'ours':>10} {'peer':>10} {'ratio':>7} {'goal':>6}  unit")
  for row in rows:
    peer = "—" if row.peer is None else f"{row.peer:.4g}"
    ratio = "—" if row.ratio is None else f"{row.ratio:.2f}"
    goal = "—" if row.goal is None else f"{row.goal:g}"
    print(
      f"{row.work:40} {row.ours:10.4g} {peer:>10} {ratio:>7} {goal:>6} "
      f" {row.unit}; {row.against}"
    )
  RESULTS.mkdir(exist_ok=True)
  record = {
    "benchmark": name,
    "machine": machine(),
    "python": platform.python_version(),
    "rows": [
      dataclasses.asdict(row) | {"ratio": row.ratio, "met": row.met}
      for row in rows
    ],
  }
  path = RESULTS / f"{name}-{machine()}.json"
  path.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
  print(path)
  missed = [row.work for row in rows if row.met is False]
  if missed and check:
    print(f"goal missed: {', '.join(missed)}", file=sys.stderr)
    return 1
  return 0


def options(description: str | None, repeats: int = 5) -> argparse.Namespace:
  """The command line that every benchmark has."""
  logs.speak_anywhere()
  parser = argparse.ArgumentParser(
    description=description,
    formatter_class=argparse.ArgumentDefaultsHelpFormatter,
  )
  parser.add_argument(
    "--check", action="store_true", help="exit with 1 if a goal is missed"
  )
  parser.add_argument(
    "--repeats", type=int, default=repeats, help="turns that count"
  )
  return parser.parse_args()
