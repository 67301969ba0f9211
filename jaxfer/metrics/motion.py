"""How much moves in clips."""

from __future__ import annotations

import numpy as np


def change(clips: np.ndarray) -> np.ndarray:
  """Mean absolute difference between neighbouring frames of each clip.

  Args:
    clips: (N, T, H, W, 3) uint8; T is 2 or more.

  Returns:
    (N,) float64, in levels of 0 … 255.
  """
  wide = (clip.astype(np.int16) for clip in clips)
  return np.array([float(np.abs(np.diff(x, axis=0)).mean()) for x in wide])
