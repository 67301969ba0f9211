"""Peak memory of training against the number of faces and the width.

    python -m benchmarks.scale

Each size runs in a process of its own, on faces in a file that is mapped, as a
prepared set is: resident on the device, and streamed from the file.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import jax
import numpy as np

from benchmarks import harness
from jaxfer.configs import base
from jaxfer.learn.train import train

LIMIT_GIB = 6.0  # of pretraining on CelebA, streamed
CELEBA = 202_599
_FACE = 64 * 64 * 3  # bytes
_STEPS = 3


def main() -> int:
  """Runs the benchmark; returns the exit status."""
  if len(sys.argv) == 5 and sys.argv[1] == "one":
    one(int(sys.argv[2]), int(sys.argv[3]), sys.argv[4] == "streamed")
    return 0
  options = harness.options(__doc__, repeats=1)
  return harness.finish("scale", measure(), check=options.check)


def measure(
  counts: tuple[int, ...] = (1_000, 20_000, CELEBA),
  widths: tuple[int, ...] = (8, 32),
) -> list[harness.Row]:
  """Rows of peak memory, of slopes, and of the limit.

  Args:
    counts: numbers of faces, the smallest first.
    widths: maps of the first layer, the smallest first.
  """
  rows = []
  for way in ("resident", "streamed"):
    peaks = [_peak(count, widths[0], way) for count in counts]
    rows += [
      _row(f"{way}, {count} faces", peak)
      for count, peak in zip(counts, peaks, strict=True)
    ]
    slope = (peaks[-1] - peaks[0]) / (counts[-1] - counts[0])
    rows.append(
      harness.Row(
        f"{way}, each further face",
        slope / 1e3,
        None,
        "kB",
        f"no peer; a face is {_FACE / 1e3:.1f} kB",
      )
    )
    if way == "streamed":
      rows.append(
        harness.Row(
          f"streamed, {counts[-1]} faces",
          1 / (peaks[-1] / 2**30),
          1 / LIMIT_GIB,
          "1/GiB",
          f"a limit of {LIMIT_GIB:g} GiB",
          goal=1.0,
        )
      )
  for width in widths[1:]:
    rows.append(
      _row(
        f"streamed, {counts[0]} faces, width {width}",
        _peak(counts[0], width, "streamed"),
      )
    )
  return rows


def one(count: int, width: int, streamed: bool) -> None:
  """Trains a few steps on a mapped file; prints the peak memory in bytes."""
  gan = base.get_config().gan
  gan.width, gan.batch, gan.grids, gan.grid_side = width, 32, 1, 2
  with gan.ignore_type():  # a small part of an epoch
    gan.epochs = _STEPS * gan.batch / count
  gan.resident_gib = 0.0 if streamed else 1024.0
  with tempfile.TemporaryDirectory() as folder:
    path = Path(folder, "faces.npy")
    shape = (count, 64, 64, 3)
    # A sparse file: zeros that take no room on disk.
    np.lib.format.open_memmap(path, "w+", np.uint8, shape).flush()
    faces = np.load(path, mmap_mode="r", allow_pickle=False)
    train(faces, Path(folder), gan=gan, seed=0, devices=jax.devices()[:1])
  print(_peak_bytes())


def _peak_bytes() -> int:
  """Peak resident memory of this process, and of its GPU."""
  status = Path("/proc/self/status").read_text(encoding="utf-8")
  line = next(x for x in status.splitlines() if x.startswith("VmHWM"))
  host = int(line.split()[1]) * 1024
  device = jax.devices()[0].memory_stats() or {}
  return host + device.get("peak_bytes_in_use", 0)


def _peak(count: int, width: int, way: str) -> int:
  done = subprocess.run(
    [
      sys.executable,
      "-m",
      "benchmarks.scale",
      "one",
      str(count),
      str(width),
      way,
    ],
    check=True,
    capture_output=True,
    text=True,
    env=os.environ | {"XLA_PYTHON_CLIENT_PREALLOCATE": "false"},
  )
  return int(done.stdout.split()[-1])


def _row(work: str, peak: int) -> harness.Row:
  return harness.Row(work, peak / 2**30, None, "GiB", "peak, no peer")


if __name__ == "__main__":
  sys.exit(main())
