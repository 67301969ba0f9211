"""Representations that no network learned: what a result must beat."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import cv2
import numpy as np

HOG_CELL = 8  # pixels
HOG_BLOCK = 2  # cells along each side of a normalised block
HOG_BINS = 9  # unsigned orientations


def pixels(faces: np.ndarray) -> np.ndarray:
  """Grey levels.

  Args:
    faces: (N, H, W, 3) uint8 RGB.

  Returns:
    (N, H·W) float32 in [0, 1].
  """
  grey = np.stack([cv2.cvtColor(f, cv2.COLOR_RGB2GRAY) for f in faces])
  return grey.reshape(len(faces), -1).astype(np.float32) / 255


def hog(faces: np.ndarray) -> np.ndarray:
  """Histograms of oriented gradients of the grey image.

  Args:
    faces: (N, H, W, 3) uint8 RGB; H and W are multiples of 8.

  Returns:
    (N, D) float32; D = 1,764 at 64×64.

  Reference: Dalal & Triggs, CVPR 2005.
  """
  height, width = faces.shape[1:3]
  cell, block = (HOG_CELL, HOG_CELL), (HOG_CELL * HOG_BLOCK,) * 2
  descriptor = cv2.HOGDescriptor((width, height), block, cell, cell, HOG_BINS)
  rows = [
    np.ravel(descriptor.compute(cv2.cvtColor(face, cv2.COLOR_RGB2GRAY)))
    for face in faces
  ]
  return np.stack(rows).astype(np.float32)


CONTROLS: Mapping[str, Callable[[np.ndarray], np.ndarray]] = {
  "pixels": pixels,
  "hog": hog,
}
"""By name: functions of the faces alone."""
