"""Finding and cutting faces: images a second of each detector.

    python -m benchmarks.prepare

Viola-Jones stands beside a loop over the images on one core, MTCNN beside the
`mtcnn` package where that can run (it needs TensorFlow). The images are drawn
faces of 681×1024 pixels, as large as Radboud's.
"""

from __future__ import annotations

import importlib.util
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from benchmarks import harness
from jaxfer import standin
from jaxfer.configs import base
from jaxfer.data import crop, cut, detect, images
from jaxfer.data.readers import rafd
from jaxfer.data.table import FaceTable


def main() -> int:
  """Runs the benchmark; returns the exit status."""
  options = harness.options(__doc__)
  rows = measure(width=681, repeats=options.repeats)
  return harness.finish("prepare", rows, check=options.check)


def measure(*, width: int, repeats: int) -> list[harness.Row]:
  """A row for each detector, on the photos of one drawn person.

  Args:
    width: of the photos, in pixels.
    repeats: turns that count.
  """
  with tempfile.TemporaryDirectory() as folder:
    root = Path(folder, "faces")
    standin.write("rafd", root, size=1, width=width)
    table = rafd.read(root)
    return [
      one(table, width, Path(folder), repeats) for one in (_viola_jones, _mtcnn)
    ]


def _settings(detector: str) -> dict[str, object]:
  config = base.get_config()
  return {
    **config.crop,
    "detector": detector,
    "colour": "rgb",
    "max_megapixels": config.data.max_megapixels,
  }


def _ours(
  table: FaceTable, folder: Path, settings: dict[str, object]
) -> Callable[[], int]:
  def work() -> int:
    with tempfile.TemporaryDirectory(dir=folder) as out:
      crop.write_faces(table, Path(out), settings)
    return len(table.faces)

  return work


def _viola_jones(
  table: FaceTable, width: int, folder: Path, repeats: int
) -> harness.Row:
  settings = _settings("viola_jones")

  def loop() -> int:
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    find = detect.make(settings)
    for face in table.faces:
      with table.open(face) as file:
        image = images.load(file, max_megapixels=64)
      box = find(face, np.asarray(image))
      if box is not None:
        cut.cut(image, box, settings)
    cv2.setNumThreads(threads)
    return len(table.faces)

  ours, peer = harness.rates([_ours(table, folder, settings), loop], repeats)
  cores = harness.cores()
  return harness.Row(
    f"Viola-Jones, {width} wide, {cores} cores",
    ours,
    peer,
    "images/s",
    "a loop on one core",
    goal=0.8 * cores,
  )


def _mtcnn(
  table: FaceTable, width: int, folder: Path, repeats: int
) -> harness.Row:
  work = f"MTCNN, {width} wide"
  settings = _settings("mtcnn")
  ours = _ours(table, folder, settings)
  if importlib.util.find_spec("tensorflow") is None:
    (rate,) = harness.rates([ours], repeats)
    return harness.Row(
      work, rate, None, "images/s", "no peer: mtcnn needs TensorFlow, not here"
    )
  from mtcnn import MTCNN

  package = MTCNN()
  pictures = []
  for face in table.faces:
    with table.open(face) as file:
      pictures.append(np.asarray(images.load(file, max_megapixels=64)))

  def theirs() -> int:
    for picture in pictures:
      package.detect_faces(picture)
    return len(pictures)

  rate, peer = harness.rates([ours, theirs], repeats)
  return harness.Row(
    work,
    rate,
    peer,
    "images/s",
    "mtcnn 1.0.0, without decoding and cutting",
    goal=1.0,
    note="at the size each looks at: ours reduces to crop.detect_side first",
  )


if __name__ == "__main__":
  sys.exit(main())
