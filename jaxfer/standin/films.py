"""Drawn clips as video files."""

from __future__ import annotations

import tempfile
from pathlib import Path

import cv2
import numpy as np

from jaxfer.data import video
from jaxfer.standin.clip import RATE

_CODES = {".avi": "MJPG", ".mp4": "mp4v"}


def encode(frames: np.ndarray, suffix: str) -> bytes:
  """A clip (T, H, W, 3) uint8 as a video file of 25 frames a second.

  Args:
    frames: of even height and width.
    suffix: .avi or .mp4.
  """
  with tempfile.TemporaryDirectory() as folder:
    path = Path(folder) / f"clip{suffix}"
    height, width = frames.shape[1:3]
    code = cv2.VideoWriter.fourcc(*_CODES[suffix])
    writer = cv2.VideoWriter(str(path), code, RATE, (width, height))
    for frame in frames:
      writer.write(cv2.cvtColor(frame, cv2.COLOR_RGB2BGR))
    writer.release()
    return path.read_bytes()


def whole(path: Path, size: tuple[int, int]) -> bool:
  """Whether a file is a video of that width and height that is not cut off."""
  try:
    video.times(str(path))
    return video.take(str(path), [0])[0].shape[1::-1] == size
  except video.SourceError:
    return False
