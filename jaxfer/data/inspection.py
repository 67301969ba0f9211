"""What to look at before trusting a set of crops: sheets and duplicates."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from jaxfer import logs
from jaxfer.data import duplicates, likeness, sheet
from jaxfer.data.table import iterate_csv

_SIDE = 12  # faces along each side of a sheet
_PIECE = 1024  # faces in memory at a time

_log = logging.getLogger(__name__)


def write(folder: Path, name: str) -> dict[str, int]:
  """Adds to a folder of crops what lets people and programs check them.

  Writes `sheet.png`, crops drawn at random (seeded); `doubtful.png`, those
  that the detector was least sure of, worst first, where it says how sure it
  is; `duplicates.csv`, faces that are there twice; and `duplicates.json`,
  their number.

  Returns:
    The numbers of duplicate pairs; see `duplicates.write_report`.
  """
  path = folder / "faces.npy"
  sources, doubts = [], []
  for row in iterate_csv(folder / "manifest.csv"):
    doubts.append(float(row["confidence"]))
    sources.append(
      duplicates.Source(
        row["path"], row["subject"], row["split"], row["sha256"]
      )
    )
  count = min(len(sources), _SIDE**2)
  drawn = np.random.default_rng(0).choice(len(sources), count, replace=False)
  sheet.write(_pick(path, np.sort(drawn)), folder / "sheet.png", _SIDE)
  if np.ptp(doubts) > 0:
    worst = np.argsort(doubts, kind="stable")[:count]
    sheet.write(_pick(path, worst), folder / "doubtful.png", _SIDE)
  stills = map(sheet.still, _pieces(path))
  pictures = np.concatenate([*map(likeness.pictures, stills)])
  counts = duplicates.write_report(pictures, sources, folder / "duplicates.csv")
  logs.write_json(folder / "duplicates.json", counts)
  if counts["across_people"] or counts["across_splits"]:
    _log.warning(
      "%s: %d pairs of copies across people, %d across splits; see"
      " duplicates.csv",
      name,
      counts["across_people"],
      counts["across_splits"],
    )
  return counts


def _pick(path: Path, rows: np.ndarray) -> np.ndarray:
  """Some faces of a file, which is mapped no longer than it takes."""
  faces = np.load(path, mmap_mode="r", allow_pickle=False)
  return np.array(faces[rows])


def _pieces(path: Path) -> Iterator[np.ndarray]:
  """All faces of a file, a piece at a time; none stays in memory."""
  count = len(np.load(path, mmap_mode="r", allow_pickle=False))
  for start in range(0, count, _PIECE):
    yield _pick(path, np.arange(start, min(start + _PIECE, count)))
