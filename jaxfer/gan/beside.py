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

from jaxfer import artifacts, disk
from jaxfer.artifacts import DamagedError

METRICS = "metrics.jsonl"
ROLLBACKS = "rollbacks.jsonl"
GRIDS = "grids"
_GROWING = (METRICS, ROLLBACKS)

_log = logging.getLogger(__name__)

Seal = Mapping[str, list]
"""By name relative to the run: a file's size in bytes, and its SHA-256."""


def seal(run: Path) -> dict[str, list]:
  """The metrics and rollbacks written so far, and every grid.

  Args:
    run: the folder that `train` writes; its metrics are flushed.
  """
  files = [run / METRICS, *sorted((run / GRIDS).glob("[0-9]*.png"))]
  if (run / ROLLBACKS).exists():
    files.append(run / ROLLBACKS)
  return {
    file.relative_to(run).as_posix(): [
      file.stat().st_size,
      artifacts.sha256(file),
    ]
    for file in files
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
    with file.open("rb") as opened:
      found = hashlib.sha256(opened.read(size)).hexdigest()
    if not whole or found != sha256:
      _keep(file, run / f"damaged-{file.name}")
      raise DamagedError(f"{name} is not what was written")


def _keep(file: Path, copy: Path) -> None:
  """Copies a damaged file, once; the next checkpoint may find it again."""
  kept = copy.parent.glob(f"{glob.escape(copy.name)}*")
  if any(filecmp.cmp(file, one, shallow=False) for one in kept):
    return
  copy = disk.unused(copy)
  shutil.copyfile(file, copy)
  _log.error("%s is damaged; a copy is kept as %s", file, copy.name)
