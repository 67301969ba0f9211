"""Finding and cutting faces: images a second of each detector.

    python -m benchmarks.prepare

Viola-Jones stands beside a loop over the images on one core, MTCNN beside the
`mtcnn` package where that can run (it needs TensorFlow). The images are drawn
faces of 681×1024 pixels, as large as Radboud's.
"""

from __future__ import annotations

import importlib.util
import tempfile
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from benchmarks import harness
from jaxfer import cores, standin
from jaxfer.configs import base
from jaxfer.data import crop, cut, detect, images
from jaxfer.data.readers import rafd
from jaxfer.data.table import FaceTable


def measure(*, width: int = 681, repeats: int) -> list[harness.Row]:
  """A row for each detector, on photos of one drawn person, `width` pixels."""
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
  work = f"Viola-Jones, {width} wide, {cores.count()} cores"
  goal, against = 0.8 * cores.count(), "a loop on one core"
  return harness.Row(work, ours, peer, "images/s", against, goal=goal)


def _mtcnn(
  table: FaceTable, width: int, folder: Path, repeats: int
) -> harness.Row:
  work = f"MTCNN, {width} wide"
  settings = _settings("mtcnn")
  ours = _ours(table, folder, settings)
  if importlib.util.find_spec("tensorflow") is None:
    (rate,) = harness.rates([ours], repeats)
    against = "no peer: mtcnn needs TensorFlow, not here"
    return harness.Row(work, rate, None, "images/s", against)
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
  against = "mtcnn 1.0.0, without decoding and cutting"
  note = "at the size each looks at: ours reduces to crop.detect_side first"
  return harness.Row(work, rate, peer, "images/s", against, 1.0, note)


if __name__ == "__main__":
  harness.main("prepare", __doc__, measure, repeats=5)
