"""What run.deterministic costs a training step on this device.

    python -m benchmarks.deterministic

XLA reads its flags once, so either way is a process of its own.
"""

from __future__ import annotations

import os
import subprocess
import sys

from benchmarks import harness, train_step
from jaxfer.main import DETERMINISTIC


def main(argv: list[str]) -> int:
  """Runs the benchmark, or one way of it; returns the exit status."""
  if argv[:1] == ["one"]:
    width, batch, repeats = map(int, argv[1:])
    [rate] = harness.rates([train_step.ours(width, batch)], repeats)
    print(rate)
    return 0
  options = harness.options(__doc__)
  row = measure(width=64, batch=128, repeats=options.repeats)
  return harness.finish("deterministic", [row], check=options.check)


def measure(*, width: int, batch: int, repeats: int) -> harness.Row:
  """A row whose peer is the step without the flags.

  Args:
    width: maps of the discriminator's first layer.
    batch: images in a step.
    repeats: turns that count.

  Raises:
    subprocess.CalledProcessError: if a process fails; it has said why.
  """
  fixed, free = (
    _rate(width, batch, repeats, flags) for flags in (DETERMINISTIC, "")
  )
  return harness.Row(
    f"run.deterministic, width {width}, batch {batch}",
    fixed,
    free,
    "images/s",
    "without it",
  )


def _rate(width: int, batch: int, repeats: int, flags: str) -> float:
  sizes = map(str, (width, batch, repeats))
  done = subprocess.run(
    [sys.executable, "-m", "benchmarks.deterministic", "one", *sizes],
    check=True,
    stdout=subprocess.PIPE,
    text=True,
    env=os.environ
    | {
      "XLA_FLAGS": f"{os.environ.get('XLA_FLAGS', '')} {flags}".strip(),
      # Whoever asks may hold most of the GPU's memory.
      "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
    },
  )
  return float(done.stdout.split()[-1])


if __name__ == "__main__":
  sys.exit(main(sys.argv[1:]))
