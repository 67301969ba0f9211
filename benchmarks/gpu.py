"""The rows of faces that want a GPU, unattended, in under eight minutes.

    python -m benchmarks.gpu

Writes the JSON of each benchmark as it ends. One that fails is named and does
not keep the others from running; the exit status is then 1.
"""

from __future__ import annotations

import sys
import traceback

import jax

from benchmarks import (
  deterministic,
  epoch,
  extract,
  harness,
  predict,
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
  frames: int = 1000,
) -> int:
  """All rows on whatever device JAX has; returns the exit status.

  The first of the batches is that of `epochs` of training on `faces`; features
  are made of those `described`, and faces found in so many `frames` of a film.
  """
  status, batch = 0, batches[0]
  trained = {"batch": batch, "epochs": epochs, "faces": faces, "repeats": 1}
  for benchmark, how in (
    (extract, {"faces": described, "repeats": repeats}),
    (epoch, trained),
    (train_step, {"batches": batches, "repeats": repeats}),
    (deterministic, {"batch": batch, "repeats": repeats}),
    (profile, {"batches": batches, "repeats": 1}),
    (predict, {"long": frames, "repeats": repeats}),
  ):
    name = benchmark.__name__.rpartition(".")[2]
    try:
      rows = benchmark.measure(width=width, **how)
      status |= harness.finish(name, rows, check=check)
    except Exception:  # the next one may do better
      traceback.print_exc()
      status = 1
  return status


if __name__ == "__main__":
  sys.exit(main())
