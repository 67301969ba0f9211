"""Peak memory of training against the number of faces and the width.

    python -m benchmarks.scale

Each size runs in a process of its own, on faces in a file that is mapped, as a
prepared set is: resident on the device, and streamed from the file.
"""

from __future__ import annotations

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


def measure(
  counts: tuple[int, ...] = (1_000, 20_000, CELEBA),
  widths: tuple[int, ...] = (8, 32),
) -> list[harness.Row]:
  """Rows of peak memory, of slopes, and of the limit; sizes grow."""
  rows = []
  for way in ("resident", "streamed"):
    peaks = [_peak(count, widths[0], way) for count in counts]
    rows += [
      _row(f"{way}, {count} faces", peak)
      for count, peak in zip(counts, peaks, strict=True)
    ]
    slope = 2**30 / 1e3 * (peaks[-1] - peaks[0]) / (counts[-1] - counts[0])
    against = f"no peer; a face is {_FACE / 1e3:.1f} kB"
    work = f"{way}, each further face"
    rows.append(harness.Row(work, slope, None, "kB", against))
    if way == "streamed":
      work = f"streamed, {counts[-1]} faces"
      rows.append(harness.within(work, peaks[-1], LIMIT_GIB, "GiB"))
  for width in widths[1:]:
    work = f"streamed, {counts[0]} faces, width {width}"
    rows.append(_row(work, _peak(counts[0], width, "streamed")))
  return rows


def one(count: int, width: int, streamed: bool) -> None:
  """Trains a few steps on a mapped file; prints the peak memory in GiB."""
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
  device = jax.devices()[0].memory_stats() or {}
  print(harness.peak_gib() + device.get("peak_bytes_in_use", 0) / 2**30)


def _peak(count: int, width: int, way: str) -> float:
  call = f"one({count}, {width}, {way == 'streamed'})"
  said = harness.python(
    *("-c", f"from benchmarks import scale; scale.{call}"),
    XLA_PYTHON_CLIENT_PREALLOCATE="false",
  )
  return float(said.split()[-1])


def _row(work: str, peak: float) -> harness.Row:
  return harness.Row(work, peak, None, "GiB", "peak, no peer")


if __name__ == "__main__":
  harness.main("scale", __doc__, measure)
