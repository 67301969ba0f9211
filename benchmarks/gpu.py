"""Every row that wants a GPU, unattended, in under eight minutes.

    python -m benchmarks.gpu

Writes the JSON of each benchmark as it ends. One that fails is named and does
not keep the others from running; the exit status is then 1.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable

import jax

from benchmarks import (
  deterministic,
  epoch,
  extract,
  harness,
  profile,
  train_step,
)


def main() -> int:
  """Runs the benchmarks; returns the exit status."""
  options = harness.options(__doc__, repeats=3)
  if jax.default_backend() != "gpu":
    print("no GPU is here, or JAX has no CUDA: see the extras", file=sys.stderr)
    return 1
  return run(options.repeats, check=options.check)


def run(
  repeats: int,
  *,
  check: bool,
  width: int = 64,
  batches: tuple[int, ...] = (128, 1024),
  epochs: int = 300,
  faces: int = 1608,
  described: int = 8040,
) -> int:
  """All rows on whatever device JAX has; returns the exit status.

  Args:
    repeats: turns that count.
    check: whether a goal that is missed is an error.
    width: maps of the discriminator's first layer.
    batches: images in a step; the first is that of the epochs.
    epochs: of training.
    faces: that training sees.
    described: faces that features are made of.
  """
  status = 0
  works: dict[str, Callable[[], list[harness.Row]]] = {
    "extract": lambda: extract.measure(
      width=width, faces=described, repeats=repeats
    ),
    "epoch": lambda: [
      epoch.measure(
        width=width,
        batch=batches[0],
        epochs=epochs,
        faces=faces,
        repeats=1,
      )
    ],
    "train_step": lambda: train_step.measure(
      width=width, batches=batches, repeats=repeats
    ),
    "deterministic": lambda: [
      deterministic.measure(width=width, batch=batches[0], repeats=repeats)
    ],
    "profile": lambda: profile.measure(width=width, batches=batches, repeats=1),
  }
  for name, work in works.items():
    try:
      status |= harness.finish(name, work(), check=check)
    except Exception:  # the next one may do better
      traceback.print_exc()
      status = 1
  return status


if __name__ == "__main__":
  sys.exit(main())
