"""Where the time of a training step goes, by groups of operations.

    python -m benchmarks.profile

Traces the step and sums its operations by the innermost scope that jaxfer
names them in, matrix products apart. Of the time in which several operations
run, each has an equal share, so that the groups add up to the step. Idle is
what no operation is on record for; on CPUs also the end of some products, whose
threads outlast their record.
"""

from __future__ import annotations

import collections
import contextlib
import itertools
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import jax
from jax.profiler import ProfileData

from benchmarks import harness, train_step

_SCOPES = re.compile(r"\b(down|up|kernel_gradient|batch_norm|update)\b")
# Operations that consist of others.
_CONTAINERS = re.compile(r"(while|conditional|call)\b")

Event = tuple[float, float, str]
"""Start, end (both in ns) and what runs."""


def measure(
  *, width: int = 64, batches: Iterable[int] = (64,), repeats: int
) -> list[harness.Row]:
  """A row for each batch, type and group, the longest first."""
  rows = []
  for batch, compute in itertools.product(batches, train_step.computes()):
    with _own_names():
      call, steps, compiled = train_step.prepared(width, batch, compute)
    call()  # what is done once is none of the step's
    with tempfile.TemporaryDirectory() as folder:
      with jax.profiler.trace(folder):
        for _ in range(repeats):
          call()
      [trace] = Path(folder).rglob("*.xplane.pb")
      events = operations(ProfileData.from_file(str(trace)))
    group_of = groups(compiled.as_text())
    spent = shares([(start, end, group_of(op)) for start, end, op in events])
    whole = sum(spent.values())
    for group, time in sorted(spent.items(), key=lambda item: -item[1]):
      work = f"batch {batch}, {compute}: {group}"
      share = f"{time / whole:.1%} of the step, width {width}"
      milliseconds = time / 1e6 / (steps * repeats)
      row = harness.Row(work, milliseconds, None, "ms a step", share)
      rows.append(row)
  return rows


@contextlib.contextmanager
def _own_names() -> Iterator[None]:
  """A cache would give a program with the names of who compiled it first."""
  option = "jax_compilation_cache_include_metadata_in_key"
  before = getattr(jax.config, option)
  jax.config.update(option, True)
  try:
    yield
  finally:
    jax.config.update(option, before)


def operations(trace: Any) -> list[Event]:
  """Those of a `ProfileData` that devices ran, and that are not of others."""
  planes = list(trace.planes)
  # On a GPU the host's plane has the launches, by the same names.
  devices = [plane for plane in planes if plane.name.startswith("/device:")]
  found = []
  for plane in devices or planes:
    for event in itertools.chain.from_iterable(x.events for x in plane.lines):
      op = dict(event.stats).get("hlo_op")
      ended = event.name.startswith("end:")  # a mark without a length
      if op and not ended and not _CONTAINERS.match(op):
        found.append((event.start_ns, event.end_ns, op))
  return found


def groups(text: str) -> Callable[[str], str]:
  """A function from an operation's name to that of its group.

  An operation of several, fused, may have a name of its own, or only they.

  Args:
    text: the compiled program, as XLA prints it.
  """
  named, inside, calls = {}, collections.defaultdict(list), {}
  computation = ""
  for line in text.splitlines():
    if begins := re.match(r"(?:ENTRY )?%([\w.\-]+) \(", line):
      computation = begins[1]
    operation = re.match(r"\s+(?:ROOT )?%([\w.\-]+) = ", line)
    if not operation:
      continue
    if name := re.search(r'op_name="([^"]*)"', line):
      named[operation[1]] = name[1]
      inside[computation].append(name[1])
    if callee := re.search(r"calls=%([\w.\-]+)", line):
      calls[operation[1]] = callee[1]

  def group_of(operation: str) -> str:
    names = [named.get(operation, ""), *inside[calls.get(operation, "")]]
    scopes = [_SCOPES.findall(name) for name in names]
    innermost = next((found[-1] for found in scopes if found), "elsewhere")
    product = any("/product/" in name for name in names)
    return f"{innermost}, products" if product else innermost

  return group_of


def shares(events: list[Event]) -> dict[str, float]:
  """Nanoseconds of each, those of several at once shared; the rest is idle."""
  marks = sorted(
    mark
    for start, end, what in events
    for mark in ((start, 1, what), (end, -1, what))
  )
  running: collections.Counter[str] = collections.Counter()
  spent: dict[str, float] = collections.defaultdict(float)
  for (time, change, what), (then, _, _) in itertools.pairwise(marks):
    running[what] += change
    busy = +running
    for each, count in busy.items():
      spent[each] += (then - time) * count / busy.total()
    if not busy:
      spent["idle"] += then - time
  return dict(spent)


if __name__ == "__main__":
  harness.main("profile", __doc__, measure, repeats=1)
