"""What run.deterministic costs a training step on this device.

    python -m benchmarks.deterministic

XLA reads its flags once, so either way is a process of its own.
"""

from __future__ import annotations

import os

from benchmarks import harness
from jaxfer.main import DETERMINISTIC

_RATE = """
from benchmarks import harness, train_step
print(*harness.rates([train_step.ours({width}, {batch})], {repeats}))
"""


def measure(
  *, width: int = 64, batch: int = 128, repeats: int
) -> list[harness.Row]:
  """A row whose peer is the step without the flags."""
  code = _RATE.format(width=width, batch=batch, repeats=repeats)
  fixed, free = (_rate(code, flags) for flags in (DETERMINISTIC, ""))
  work = f"run.deterministic, width {width}, batch {batch}"
  return [harness.Row(work, fixed, free, "images/s", "without it")]


def _rate(code: str, flags: str) -> float:
  said = harness.python(
    *("-c", code),
    XLA_FLAGS=f"{os.environ.get('XLA_FLAGS', '')} {flags}".strip(),
    # Whoever asks may hold most of the GPU's memory.
    XLA_PYTHON_CLIENT_PREALLOCATE="false",
  )
  return float(said.split()[-1])


if __name__ == "__main__":
  harness.main("deterministic", __doc__, measure, repeats=5)
