"""Faces side by side."""

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


def test_a_film_is_read_back_frame_by_frame(tmp_path):
  """Enlarged by whole factors; MPEG-4 loses some grey levels."""
  ramp = np.linspace(20, 230, 16, dtype=np.uint8)
  clip = np.stack([np.roll(ramp, 3 * k) for k in range(5)])
  clips = clip[None, :, :, None, None].repeat(16, 3).repeat(3, 4)
  path = tmp_path / "a.mp4"
  sheet.write_film(clips, path, 1)
  assert len(video.times(str(path))) == 5
  for k, frame in enumerate(video.take(str(path), range(5))):
    assert frame.shape == (256, 256, 3)
    apart = frame[8::16, 8::16].astype(float) - clips[0, k]
    assert np.abs(apart).mean() < 8


def test_a_film_that_cannot_be_written_is_named(tmp_path):
  clips = np.zeros((1, 2, 8, 8, 3), np.uint8)
  with pytest.raises(video.SourceError, match=r"no/a\.mp4 cannot be written"):
    sheet.write_film(clips, tmp_path / "no" / "a.mp4")
