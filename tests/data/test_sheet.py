"""Faces side by side."""

import numpy as np
from PIL import Image

from jaxfer.data import sheet


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
