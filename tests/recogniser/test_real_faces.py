"""Photographs of people whom a recogniser has not seen, against its report."""

import csv
import os
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import jaxfer
from jaxfer.metrics import calibration

ROOT = os.environ.get("JAXFER_REAL_FACES", "")


@pytest.mark.slow
@pytest.mark.skipif(not ROOT, reason="JAXFER_REAL_FACES names no folder")
def test_it_is_as_good_as_its_report_says(tmp_path):
  """Half of the people fitted, photographs of the other half named."""
  source = Path(ROOT, "lab").resolve()
  with (source / "index.csv").open(newline="") as file:
    rows = list(csv.DictReader(file))
  people = sorted({row["subject"] for row in rows})
  random.Random(0).shuffle(people)
  fitted = set(people[: len(people) // 2])
  folder = tmp_path / "fitted"
  folder.mkdir()
  (folder / "images").symlink_to(source / "images")
  with (folder / "index.csv").open("w", newline="") as file:
    writer = csv.DictWriter(file, list(rows[0]))
    writer.writeheader()
    writer.writerows(row for row in rows if row["subject"] in fitted)
  done = subprocess.run(
    [
      *(sys.executable, "-m", "jaxfer.main"),
      "--config=configs/own_faces.py:small",
      f"--config.data.paths.labelled={folder}",
      "--config.gan.epochs=20",
      "--config.svm.protocols=('sealed','subject')",
      "--config.svm.sealed_folds=2",
      "--config.svm.controls=()",
      "--config.svm.labels_per_class=()",
      "--config.svm.evaluations=10",
      "--config.generate.count=64",
      "--config.generate.compare=64",
      "--config.generate.ssim=16",
      "--config.generate.bootstrap=20",
      f"--workdir={tmp_path / 'run'}",
    ],
    capture_output=True,
    text=True,
    check=False,
  )
  assert done.returncode == 0, done.stderr
  model = jaxfer.load(tmp_path / "run")
  others = {
    str(source / row["path"]): row["emotion"]
    for row in rows
    if row["subject"] not in fitted
  }
  found = [row for row in model.predict(list(others)) if row.face == 0]
  assert len(found) > 0.95 * len(others)
  labels = np.array([model.names.index(others[row.input]) for row in found])
  given = np.array([list(row.probabilities.values()) for row in found])
  named = np.array([model.names.index(row.emotion) for row in found])
  accuracy = (named == labels).mean()
  measured = model.card["measured"]
  low, high = measured["interval95"]
  assert measured["unseen"]
  # Its own interval is as wide again: a photograph more or less is 0.01.
  half = 1.96 * np.sqrt(accuracy * (1 - accuracy) / (len(labels) / 2))
  assert low - half <= accuracy <= high + half
  assert calibration.reliability(given, labels)["ece"] < 0.25
  assert np.mean([row.familiar for row in found]) > 0.8
