"""What to look at before trusting a set of crops: sheets and duplicates."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from jaxfer import logs
from jaxfer.data import duplicates, sheet

_SIDE = 12  # faces along each side of a sheet


def write(folder: Path) -> dict[str, int]:
  """Adds to a folder of crops what lets people and programs check them.

  Writes `sheet.png`, crops drawn at random (seeded); `doubtful.png`, those
  that the detector was least sure of, worst first, where it says how sure it
  is; `duplicates.csv`, faces that are there twice; and `duplicates.json`,
  their number.

  Args:
    folder: holds `faces.npy` and `manifest.csv`.

  Returns:
    The numbers of duplicate pairs; see `duplicates.write_report`.
  """
  faces = np.load(folder / "faces.npy", mmap_mode="r", allow_pickle=False)
  sources, confidence = [], np.empty(len(faces))
  with (folder / "manifest.csv").open(
    newline="", encoding="utf-8", errors="surrogateescape"
  ) as file:
    for i, row in enumerate(csv.DictReader(file)):
      confidence[i] = float(row["confidence"])
      sources.append(
        duplicates.Source(
          row["path"], row["subject"], row["split"], row["sha256"]
        )
      )
  count = min(len(faces), _SIDE**2)
  drawn = np.random.default_rng(0).choice(len(faces), count, replace=False)
  sheet.write(faces[np.sort(drawn)], folder / "sheet.png", _SIDE)
  if np.ptp(confidence) > 0:
    worst = np.argsort(confidence, kind="stable")[:count]
    sheet.write(faces[worst], folder / "doubtful.png", _SIDE)
  counts = duplicates.write_report(faces, sources, folder / "duplicates.csv")
  logs.write_json(folder / "duplicates.json", counts)
  return counts
