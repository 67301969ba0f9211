"""Cropping a large set takes no more memory than a small one."""

import time
import tracemalloc
from pathlib import Path
from unittest import mock

from jaxfer import cores
from jaxfer.configs import base
from jaxfer.data import crop, images
from jaxfer.data.table import Face, FaceTable

SETTINGS = {
  **base.get_config().crop,
  "colour": "rgb",
  "detector": "precropped",
  "max_megapixels": 1.0,
}


def copies(root: Path, count: int) -> FaceTable:
  return FaceTable(root, (Face("a.png", "unlabelled"),) * count)


def test_crops_are_not_held_in_memory(tmp_path, write_image, monkeypatch):
  monkeypatch.setattr(cores, "count", lambda: 2)
  write_image(tmp_path / "a.png", (64, 64))
  table = copies(tmp_path, 500)
  tracemalloc.start()

  crop.write_faces(table, tmp_path, SETTINGS | {"size": 128})

  peak = tracemalloc.get_traced_memory()[1]
  tracemalloc.stop()
  assert peak < (tmp_path / "faces.npy").stat().st_size / 4


def test_images_are_not_decoded_far_ahead_of_a_slow_disk(
  tmp_path, write_image, monkeypatch
):
  monkeypatch.setattr(cores, "count", lambda: 2)
  write_image(tmp_path / "a.png")
  decoded, ahead = [], []
  load = images.load

  def count(path, **options):
    decoded.append(path)
    return load(path, **options)

  progress = mock.Mock()
  progress.side_effect = lambda done, note: (
    done == 1
    and (
      time.sleep(0.3),  # the writer is held up; the readers must wait for it
      ahead.append(len(decoded)),
    )
  )

  monkeypatch.setattr(images, "load", count)
  crop.write_faces(copies(tmp_path, 300), tmp_path, SETTINGS, progress=progress)

  assert ahead[0] < 20
  assert len(decoded) == 300
