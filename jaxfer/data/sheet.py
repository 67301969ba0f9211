"""Faces side by side in one picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image


def grid(faces: np.ndarray, columns: int) -> np.ndarray:
  """Faces side by side, without gaps, row by row.

  Args:
    faces: (N, H, W, C) uint8.
    columns: faces in a row; a last row that is not full ends in black.

  Returns:
    (rows · H, columns · W, C) uint8.
  """
  count, height, width, channels = faces.shape
  rows = -(-count // columns)
  sheet = np.zeros((rows * columns, height, width, channels), np.uint8)
  sheet[:count] = faces
  sheet = sheet.reshape(rows, columns, height, width, channels)
  return sheet.swapaxes(1, 2).reshape(rows * height, columns * width, channels)


def write(faces: np.ndarray, path: Path, columns: int = 12) -> None:
  """Writes faces as one PNG."""
  Image.fromarray(grid(faces, columns)).save(path)
