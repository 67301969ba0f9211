"""Representations that no network learned: what a result must beat."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import cv2
import numpy as np

from jaxfer.data import sheet

HOG_CELL = 8  # pixels
HOG_BLOCK = 2  # cells along each side of a normalised block
HOG_BINS = 9  # unsigned orientations


def pixels(faces: np.ndarray) -> np.ndarray:
  """Grey levels.

  Args:
    faces: (N, H, W, 3) uint8 RGB, or clips (N, T, H, W, 3).

  Returns:
    (N, H·W) float32 in [0, 1]; of clips (N, T·H·W).
  """
  stills = faces.reshape(-1, *faces.shape[-3:])
  grey = np.stack([cv2.cvtColor(f, cv2.COLOR_RGB2GRAY) for f in stills])
  return grey.reshape(len(faces), -1).astype(np.float32) / 255


def hog(faces: np.ndarray) -> np.ndarray:
  """Histograms of oriented gradients of the grey image.

  Args:
    faces: (N, H, W, 3) uint8 RGB, H and W multiples of 8; or clips
      (N, T, H, W, 3).

  Returns:
    (N, D) float32; D = 1,764 at 64×64. Of clips the mean over their frames.

  Reference: Dalal & Triggs, CVPR 2005.
  """
  if faces.ndim == 5:
    return np.stack([hog(clip).mean(axis=0) for clip in faces])
  height, width = faces.shape[1:3]
  cell, block = (HOG_CELL, HOG_CELL), (HOG_CELL * HOG_BLOCK,) * 2
  descriptor = cv2.HOGDescriptor((width, height), block, cell, cell, HOG_BINS)
  rows = [
    np.ravel(descriptor.compute(cv2.cvtColor(face, cv2.COLOR_RGB2GRAY)))
    for face in faces
  ]
  return np.stack(rows).astype(np.float32)


def hog_middle(clips: np.ndarray) -> np.ndarray:
  """HOG of the middle frame of each clip (N, T, H, W, 3), (N, D) float32."""
  return hog(sheet.still(clips))


def hog_motion(clips: np.ndarray) -> np.ndarray:
  """HOG of what changes from frame to frame, the mean over a clip.

  Args:
    clips: (N, T, H, W, 3) uint8 RGB; faces (N, H, W, 3) do not change.

  Returns:
    (N, D) float32, as of `hog`, of pictures in which grey is no change.
  """
  clips = clips[:, None] if clips.ndim == 4 else clips
  rows = []
  for clip in clips:
    wide = clip.astype(np.int16)
    change = wide[1:] - wide[:-1] if len(wide) > 1 else 0 * wide
    rows.append(hog((128 + change // 2).astype(np.uint8)).mean(axis=0))
  return np.stack(rows)


CONTROLS: Mapping[str, Callable[[np.ndarray], np.ndarray]] = {
  "pixels": pixels,
  "hog": hog,
  "hog_middle": hog_middle,
  "hog_motion": hog_motion,
}
"""By name: functions of the faces alone."""
