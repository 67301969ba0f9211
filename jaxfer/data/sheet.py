"""Faces side by side in one picture, and clips as pictures."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from jaxfer.data import video
from jaxfer.errors import UserError

_log = logging.getLogger(__name__)
_LEAST = 240  # pixels of the shorter side of a film, so that players show it

FRAME_MS = 80
"""Milliseconds of each frame of clips that are shown."""


def still(faces: np.ndarray) -> np.ndarray:
  """The middle frame of each clip (N, T, H, W, C); faces as they are."""
  return faces if faces.ndim == 4 else faces[:, faces.shape[1] // 2]


def moments(faces: np.ndarray) -> np.ndarray:
  """First, middle and last frame of each clip beside each other.

  (N, H, 3 · W, C) of clips (N, T, H, W, C), of two frames (N, H, 2 · W, C);
  faces (N, H, W, C) as they are.
  """
  if faces.ndim == 4:
    return faces
  count = faces.shape[1]
  shown = dict.fromkeys((0, count // 2, count - 1))
  return np.concatenate([faces[:, k] for k in shown], axis=2)


def grid(faces: np.ndarray, columns: int) -> np.ndarray:
  """(N, H, W, C) uint8 faces side by side, without gaps, row by row.

  Clips are shown by their `moments`.

  Returns:
    (rows · H, columns · W, C) uint8; a last row that is not full ends in black.
  """
  faces = moments(faces)
  count, height, width, channels = faces.shape
  rows = -(-count // columns)
  sheet = np.zeros((rows * columns, height, width, channels), np.uint8)
  sheet[:count] = faces
  sheet = sheet.reshape(rows, columns, height, width, channels)
  return sheet.swapaxes(1, 2).reshape(rows * height, columns * width, channels)


def png(faces: np.ndarray, columns: int) -> bytes:
  """Faces side by side as one PNG, of (N, H, W, 3) uint8."""
  picture = cv2.cvtColor(grid(faces, columns), cv2.COLOR_RGB2BGR)
  # In a third of the time that Pillow takes, and as small.
  _, encoded = cv2.imencode(".png", picture)
  return encoded.tobytes()


def write(faces: np.ndarray, path: Path, columns: int = 12) -> None:
  """Writes faces as one PNG."""
  path.write_bytes(png(faces, columns))


def frames(clips: np.ndarray, columns: int = 6) -> list[np.ndarray]:
  """Clips (N, T, H, W, 3) uint8 side by side, a picture for each moment."""
  return [grid(clips[:, k], columns) for k in range(clips.shape[1])]


def write_gif(clips: np.ndarray, path: Path, columns: int = 6) -> None:
  """Writes clips (N, T, H, W, 3) uint8 side by side as a GIF that repeats."""
  first, *rest = map(Image.fromarray, frames(clips, columns))
  first.save(path, save_all=True, append_images=rest, duration=FRAME_MS, loop=0)


def write_mp4(pictures: Sequence[np.ndarray], path: Path) -> bool:
  """Writes pictures (H, W, 3) uint8 of one size as a film for players.

  Small ones are enlarged by a whole factor. An odd side ends in one line more,
  a copy of the last, as the encoder takes even ones alone.

  Returns:
    Whether it could be written; if not, the log says why.
  """
  height, width = pictures[0].shape[:2]
  factor = -(-_LEAST // min(height, width))
  spare = [(0, factor * side % 2) for side in (height, width)]
  large = (
    np.pad(
      one.repeat(factor, axis=0).repeat(factor, axis=1),
      (*spare, (0, 0)),
      mode="edge",
    )
    for one in pictures
  )
  try:
    video.write(path, large, 1000 / FRAME_MS)
  except UserError as error:
    _log.warning("%s", error)
    return False
  return True
