"""Two ways of doing the same work, timed in turns, and a record of it.

In every benchmark `width` is the number of maps of a network's first layer,
`batch` that of images in a step, and `repeats` that of the turns that count.
"""

from __future__ import annotations

import argparse
import dataclasses
import importlib.util
import os
import platform
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from jaxfer import cores, logs

RESULTS = Path(__file__).parent / "results"
TORCH = importlib.util.find_spec("torch") is not None
"""Whether PyTorch, the peer of networks, is here."""
NO_TORCH = "no peer: PyTorch is not here"


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


def beside(
  work: str,
  ours: Callable[[], int],
  peers: Mapping[str, Callable[[], int]],
  repeats: int,
  goal: float,
) -> Row:
  """Images a second against the fastest of PyTorch's ways, by name."""
  mine, *others = rates([ours, *peers.values()], repeats)
  if not peers:
    return Row(work, mine, None, "images/s", NO_TORCH)
  best, rate = max(zip(peers, others, strict=True), key=lambda one: one[1])
  return Row(work, mine, rate, "images/s", best, goal=goal)


def within(work: str, taken: float, limit: float, unit: str = "s") -> Row:
  """A row whose goal is to take no more than a limit, in s or GiB."""
  against = f"a limit of {limit:g} {unit}; took {taken:.3g} {unit}"
  rate = "times/s" if unit == "s" else f"1/{unit}"
  return Row(work, 1 / taken, 1 / limit, rate, against, goal=1.0)


def peak_gib() -> float:
  """Most memory that this process had so far, in GiB."""
  # Not getrusage, which begins with that of who started the process.
  status = Path("/proc/self/status").read_text(encoding="utf-8")
  line = next(x for x in status.splitlines() if x.startswith("VmHWM"))
  return int(line.split()[1]) / 2**20


def python(*arguments: str, **environment: str) -> str:
  """What a Python of its own prints.

  Raises:
    subprocess.CalledProcessError: if it fails; it has said why.
  """
  return subprocess.run(
    [sys.executable, *arguments],
    check=True,
    stdout=subprocess.PIPE,
    text=True,
    env=os.environ | environment,
  ).stdout


def machine() -> str:
  """A short name of this machine: processor and cores, or the GPU."""
  import jax

  device = jax.devices()[0]
  kind = device.device_kind
  if device.platform == "cpu":
    kind = f"{_processor()}-{cores.count()}-cores"
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

  With check, a goal that is missed is an error.
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
  logs.write_json(path, record)
  print(path)
  missed = [row.work for row in rows if row.met is False]
  if missed and check:
    print(f"goal missed: {', '.join(missed)}", file=sys.stderr)
    return 1
  return 0


def main(
  name: str,
  description: str | None,
  measure: Callable[..., Sequence[Row]],
  repeats: int | None = None,
) -> None:
  """Does what the command line asks, and exits.

  Args:
    name: of the benchmark.
    description: what `--help` says.
    measure: gives the rows; it is told `repeats`, where these count.
    repeats: how many there are by default.
  """
  asked = options(description, repeats)
  how: dict[str, Any] = {} if repeats is None else {"repeats": asked.repeats}
  sys.exit(finish(name, measure(**how), check=asked.check))


def options(
  description: str | None, repeats: int | None = None
) -> argparse.Namespace:
  """What a benchmark's command line says."""
  logs.speak_anywhere()
  parser = argparse.ArgumentParser(
    description=description,
    formatter_class=argparse.ArgumentDefaultsHelpFormatter,
  )
  add = parser.add_argument
  add("--check", action="store_true", help="exit with 1 if a goal is missed")
  if repeats is not None:
    add("--repeats", type=int, default=repeats, help="turns that count")
  return parser.parse_args()
