"""Video files by OpenCV: what a header promises, the frames, and new ones."""

from __future__ import annotations

import contextlib
import itertools
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np

from jaxfer.errors import UserError

SUFFIXES = frozenset(
  f".{name}"
  for name in (
    *("3gp", "avi", "flv", "m4v", "mkv", "mov", "mp4", "mpeg"),
    *("mpg", "mts", "ogv", "webm", "wmv"),
  )
)
SHORT = 0.02
"""Share of a film's length that, missing at its end, says it was cut off."""

_CODES = {".avi": "MJPG", ".mp4": "mp4v"}
# A film that names others, as playlists do, gets none but files.
_OPTIONS, _LOCAL = "OPENCV_FFMPEG_CAPTURE_OPTIONS", "protocol_whitelist;file"


class SourceError(UserError):
  """A picture or film, or what is left of it, cannot be read."""


def is_video_name(path: str) -> bool:
  """Whether a file's name says it is a video."""
  return Path(path).suffix.lower() in SUFFIXES


def length(film: cv2.VideoCapture) -> tuple[int, float]:
  """Frames and frames a second that the header promises, or zeros."""
  total = film.get(cv2.CAP_PROP_FRAME_COUNT)
  rate = film.get(cv2.CAP_PROP_FPS)
  sound = (
    np.isfinite([total, rate]).all() and 0 < total < 1e9 and 0 < rate < 1e4
  )
  return (int(total), rate) if sound else (0, 0.0)


@contextlib.contextmanager
def opened(name: str) -> Iterator[cv2.VideoCapture]:
  """The film of that path, upright.

  Raises:
    SourceError: if there is none.
  """
  if not Path(name).is_file():
    raise SourceError(f"{name} is not there")
  with quiet():
    os.environ.setdefault(_OPTIONS, _LOCAL)
    film = cv2.VideoCapture(name, cv2.CAP_FFMPEG)
    film.set(cv2.CAP_PROP_ORIENTATION_AUTO, 1)
  try:
    if not film.isOpened():
      raise SourceError(
        f"{name} is no film that OpenCV can read: it is damaged, empty or of"
        " another format"
      )
    yield film
  finally:
    film.release()


@contextlib.contextmanager
def quiet() -> Iterator[None]:
  """OpenCV warns of what is said here in one line."""
  level = cv2.utils.logging.getLogLevel()
  cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
  try:
    yield
  finally:
    cv2.utils.logging.setLogLevel(level)


def size(film: cv2.VideoCapture) -> tuple[int, int]:
  """Width and height of a film's frames in pixels, before any is decoded."""
  width = film.get(cv2.CAP_PROP_FRAME_WIDTH)
  return int(width), int(film.get(cv2.CAP_PROP_FRAME_HEIGHT))


def times(name: str) -> list[float]:
  """When each frame of a whole film is shown, in seconds.

  Raises:
    SourceError: if it is no film, holds no frame, or is cut off.
  """
  with opened(name) as film:
    total, rate = length(film)
    found = []
    while film.grab():
      found.append(film.get(cv2.CAP_PROP_POS_MSEC) / 1000)
  if not found:
    raise SourceError(f"{name} holds no frame")
  if total - len(found) > max(2, SHORT * total):
    raise SourceError(
      f"{name} is cut off: its header promises {total:,} frames,"
      f" {total / rate:.1f} s, and it ends after {len(found):,}"
    )
  return found


def take(name: str, numbers: Sequence[int]) -> list[np.ndarray]:
  """Frames by their numbers from 0, in rising order; none is held twice.

  Returns:
    (H, W, 3) uint8 RGB each.

  Raises:
    SourceError: if it is no film, or one of them is damaged.
  """
  wanted, found = set(numbers), {}
  with opened(name) as film:
    for number in range(max(wanted) + 1):
      if not film.grab():
        raise SourceError(f"{name} ends before frame {number}")
      if number in wanted:
        done, image = film.retrieve()
        if not done:
          raise SourceError(f"{name} is damaged at frame {number}")
        found[number] = cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
  return [found[number] for number in numbers]


def write(path: Path, frames: Iterable[np.ndarray], rate: float) -> None:
  """Writes a film, `rate` frames a second; of no frames none.

  The same frames give the same bytes, whenever they are written.

  Args:
    path: its suffix says how it is kept: .mp4, MPEG-4, or .avi, Motion JPEG.
    frames: (H, W, 3) uint8 RGB of one size; of an odd one the last row and
      column are lost.
    rate: frames a second.

  Raises:
    UserError: if it cannot be written there.
  """
  frames = iter(frames)
  if (first := next(frames, None)) is None:
    return
  code, size = _CODES[path.suffix], first.shape[1::-1]
  with quiet():
    writer = cv2.VideoWriter(
      str(path), cv2.VideoWriter.fourcc(*code), rate, size
    )
  if not writer.isOpened():
    raise UserError(
      f"{path} cannot be written as a film: either its folder takes no file, or"
      f" this OpenCV has no encoder {code}"
    )
  try:
    for frame in itertools.chain([first], frames):
      writer.write(cv2.cvtColor(frame, cv2.COLOR_RGB2BGR))
  finally:
    writer.release()
