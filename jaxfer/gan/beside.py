"""What a training writes beside its checkpoints, sealed by each of them.

A run goes on from a checkpoint only with the metrics, the rollbacks and the
grids that were there when it was saved: of a damaged one nothing would be said
again.
"""

from __future__ import annotations

import filecmp
import glob
import hashlib
import logging
import shutil
from collections.abc import Mapping
from pathlib import Path

from jaxfer import disk
from jaxfer.artifacts import DamagedError

METRICS = "metrics.jsonl"
ROLLBACKS = "rollbacks.jsonl"
GRIDS = "grids"
_GROWING = (METRICS, ROLLBACKS)

_log = logging.getLogger(__name__)

Seal = Mapping[str, list]
"""By name relative to the run: a file's size in bytes, and its SHA-256."""


def seal(run: Path, metrics: int) -> dict[str, list]:
  """The metrics and rollbacks written so far, and every grid.

  Args:
    run: the folder that `train` writes.
    metrics: bytes of its metrics, which are written; more may be by now.
  """
  files = [run / METRICS, *sorted((run / GRIDS).glob("[0-9]*.png"))]
  if (run / ROLLBACKS).exists():
    files.append(run / ROLLBACKS)
  sizes = {file: file.stat().st_size for file in files}
  sizes[run / METRICS] = metrics
  return {
    file.relative_to(run).as_posix(): [size, _sha256(file, size)]
    for file, size in sizes.items()
  }


def check(run: Path, sealed: Seal) -> None:
  """Compares what lies in a run's folder with what a checkpoint saw there.

  Metrics and rollbacks may have grown since. A copy of a file that differs is
  kept.

  Args:
    run: the folder that `train` writes.
    sealed: what `seal` returned.

  Raises:
    DamagedError: naming the first file that is missing or changed.
  """
  for name, (size, sha256) in sealed.items():
    file = run / name
    if not file.is_file():
      raise DamagedError(f"{name} is gone")
    whole = name in _GROWING or file.stat().st_size == size
    if not whole or _sha256(file, size) != sha256:
      _keep(file, run / f"damaged-{file.name}")
      raise DamagedError(f"{name} is not what was written")


def _sha256(file: Path, size: int) -> str:
  """The checksum of so many bytes, which are what a file begins with."""
  with file.open("rb") as opened:
    return hashlib.sha256(opened.read(size)).hexdigest()


def _keep(file: Path, copy: Path) -> None:
  """Copies a damaged file, once; the next checkpoint may find it again."""
  kept = copy.parent.glob(f"{glob.escape(copy.name)}*")
  if any(filecmp.cmp(file, one, shallow=False) for one in kept):
    return
  copy = disk.unused(copy)
  shutil.copyfile(file, copy)
  _log.error("%s is damaged; a copy is kept as %s", file, copy.name)
