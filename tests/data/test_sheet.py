"""Faces side by side, and clips as films."""

import time

import numpy as np
import pytest
from PIL import Image

from jaxfer.data import sheet, video


def test_a_grid_puts_faces_in_reading_order(tmp_path):
  faces = np.arange(3, dtype=np.uint8).reshape(3, 1, 1, 1) + np.zeros(
    (3, 2, 2, 3), np.uint8
  )
  whole = sheet.grid(faces, 2)
  assert whole.shape == (4, 4, 3)
  np.testing.assert_array_equal(whole[::2, ::2, 0], [[0, 1], [2, 0]])

  sheet.write(faces, tmp_path / "a.png", 2)
  np.testing.assert_array_equal(
    np.asarray(Image.open(tmp_path / "a.png")), whole
  )


def moving(shape, count=6):
  """A bright disc that crosses a picture, smooth as faces are."""
  y, x = np.indices(shape)
  found = []
  for k in range(count):
    away = np.hypot(y - shape[0] / 2, x - shape[1] * k / count)
    grey = 200 * np.exp(-((away / 8) ** 2))
    found.append(np.stack([grey, grey / 2, 200 - grey], -1).astype(np.uint8))
  return found


@pytest.mark.parametrize("shape", [(17, 41), (32, 32), (300, 301)])
def test_a_film_is_read_back_as_it_was_drawn_and_enlarged(tmp_path, shape):
  drawn, path = moving(shape), tmp_path / "a.mp4"
  assert sheet.write_mp4(drawn, path)
  factor = -(-240 // min(shape))
  assert len(video.times(str(path))) == len(drawn)
  found = video.take(str(path), range(len(drawn)))
  for was, seen in zip(drawn, found, strict=True):
    large = was.repeat(factor, 0).repeat(factor, 1).astype(int)
    height, width = large.shape[:2]
    # The encoder takes even sides: an odd one has one line more.
    assert seen.shape == (height + height % 2, width + width % 2, 3)
    assert np.abs(seen[:height, :width] - large).mean() < 3
  steps = np.diff(video.times(str(path)))
  np.testing.assert_allclose(steps, sheet.FRAME_MS / 1000, atol=1e-3)


def test_a_film_has_the_same_bytes_at_any_time(tmp_path):
  sheet.write_mp4(moving((32, 32)), tmp_path / "a.mp4")
  time.sleep(1.1)  # files keep times in seconds
  sheet.write_mp4(moving((32, 32)), tmp_path / "b.mp4")
  a, b = ((tmp_path / name).read_bytes() for name in ("a.mp4", "b.mp4"))
  assert a == b


def test_a_film_that_cannot_be_written_is_told_and_ends_nothing(
  tmp_path, caplog
):
  assert not sheet.write_mp4(moving((32, 32)), tmp_path / "none" / "a.mp4")
  assert "cannot be written as a film" in caplog.text
