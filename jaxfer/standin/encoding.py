"""Photographs and clips as files, and whether such a file is whole."""

from __future__ import annotations

import io
import os
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

from jaxfer.data import video

_QUALITY = 92
_RATE = 25  # frames a second
# What a whole file ends with: JPEG's end marker, PNG's last chunk.
_ENDS = {"JPEG": b"\xff\xd9", "PNG": b"IEND\xae\x42\x60\x82"}


def encode(drawn: np.ndarray, suffix: str) -> bytes:
  """What a file of that suffix holds: .avi, .mp4, .png, or else JPEG.

  Args:
    drawn: uint8, a photograph (H, W, 3) or, grey, (H, W); or the frames of a
      clip (T, H, W, 3) of even height and width.
    suffix: of the file's name.
  """
  if suffix in video.SUFFIXES:
    return _film(drawn, suffix)
  buffer, kind = io.BytesIO(), _format(suffix)
  options = {"quality": _QUALITY, "subsampling": 0} if kind == "JPEG" else {}
  Image.fromarray(drawn).save(buffer, kind, **options)
  return buffer.getvalue()


def _film(frames: np.ndarray, suffix: str) -> bytes:
  with tempfile.TemporaryDirectory() as folder:
    path = Path(folder) / f"clip{suffix}"
    video.write(path, frames, _RATE)
    return path.read_bytes()


def _format(suffix: str) -> str:
  return "PNG" if suffix == ".png" else "JPEG"


def is_whole(path: Path, size: tuple[int, int]) -> bool:
  """Whether a file is of this width and height, and is not cut off."""
  try:
    if video.is_video_name(path.name):
      video.times(str(path))
      return video.take(str(path), [0])[0].shape[1::-1] == size
    kind = _format(path.suffix)
    end = _ENDS[kind]
    with path.open("rb") as file:
      file.seek(-len(end), os.SEEK_END)
      if file.read() != end:
        return False
    with Image.open(path) as image:
      return image.format == kind and image.size == size
  except (OSError, video.SourceError):
    return False
