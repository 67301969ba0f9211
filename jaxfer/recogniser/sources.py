"""Pictures to look at: photographs, folders, films, a camera, arrays."""

from __future__ import annotations

import contextlib
import dataclasses
import glob
import os
import re
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import cv2
import numpy as np

from jaxfer.data import files, images
from jaxfer.errors import UserError

VIDEO_SUFFIXES = frozenset(
  f".{name}"
  for name in (
    *("3gp", "avi", "m4v", "mkv", "mov", "mp4", "mpeg"),
    *("mpg", "mts", "ogv", "webm", "wmv"),
  )
)
_CAMERA = re.compile(r"camera:(\d{1,2})")
_SHORT = 0.02  # of a film's length, missing at its end: it was cut off
# A film that names others, as playlists do, gets none but files.
_OPTIONS, _LOCAL = "OPENCV_FFMPEG_CAPTURE_OPTIONS", "protocol_whitelist;file"


class SourceError(UserError):
  """A picture or film, or what is left of it, cannot be read."""


@dataclasses.dataclass(frozen=True)
class Frame:
  """A picture to look at.

  Attributes:
    input: the photograph or film, as it was given.
    number: of the frame in its film, from 0; 0 of a photograph.
    time: seconds from the film's begin by its own clock; None of a photograph.
    read: decodes it to (H, W, 3) uint8 RGB; raises `images.ImageError`.
  """

  input: str
  number: int
  time: float | None
  read: Callable[[], np.ndarray]


@dataclasses.dataclass(frozen=True)
class Photograph:
  """One image file."""

  name: str
  max_megapixels: float
  moving: ClassVar[bool] = False
  live: ClassVar[bool] = False

  def count(self) -> int:
    """Pictures that `frames` gives."""
    return 1

  def frames(self, start: int = 0) -> Iterator[Frame]:
    """The picture."""
    del start
    yield Frame(self.name, 0, None, self._read)

  def _read(self) -> np.ndarray:
    try:
      with Path(self.name).open("rb") as file:
        image = images.load_face(file, max_megapixels=self.max_megapixels)
    except OSError as error:
      raise images.ImageError(f"unreadable: {error.strerror}") from error
    return np.asarray(image)


@dataclasses.dataclass(frozen=True)
class Array:
  """One picture in memory, (H, W, 3) uint8 RGB."""

  name: str
  image: np.ndarray
  moving: ClassVar[bool] = False
  live: ClassVar[bool] = False

  def count(self) -> int:
    """Pictures that `frames` gives."""
    return 1

  def frames(self, start: int = 0) -> Iterator[Frame]:
    """The picture."""
    del start
    yield Frame(self.name, 0, None, lambda: self.image)


@dataclasses.dataclass(frozen=True)
class Film:
  """A video file, upright, timed by its own clock.

  Attributes:
    name: its path.
    every: one of so many frames is looked at;
    fps: or so many a second, where it is not 0.
  """

  name: str
  every: int
  fps: float
  moving: ClassVar[bool] = True
  live: ClassVar[bool] = False

  def count(self) -> int:
    """About as many frames as `frames` gives, by what the header says."""
    with contextlib.suppress(SourceError), _opened(self.name) as film:
      total, rate = _length(film)
      if self.fps and rate:
        return min(total, int(total / rate * self.fps) + 1)
      return -(-total // self.every)
    return 0

  def frames(self, start: int = 0) -> Iterator[Frame]:
    """The frames to look at, from a number on.

    Raises:
      SourceError: after the last frame there is, where the film is cut off or
        holds none; at once where it is no film.
    """
    number, last = -1, 0.0
    choose = _Chooser(self.every, self.fps)
    with _opened(self.name) as film:
      total, rate = _length(film)
      while film.grab():
        number, last = number + 1, film.get(cv2.CAP_PROP_POS_MSEC) / 1000
        if choose(number, last) and number >= start:
          done, image = film.retrieve()
          if not done:
            break
          image = cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
          yield Frame(self.name, number, last, _given(image))
    if number < 0:
      raise SourceError(f"{self.name} holds no frame")
    missing = total - (number + 1)
    if missing > 2 and rate and last + 2 / rate < (1 - _SHORT) * total / rate:
      raise SourceError(
        f"{self.name} is cut off: its header promises {total:,} frames,"
        f" {total / rate:.1f} s, and it ends after {number + 1:,}, at"
        f" {last:.1f} s; the rows up to there are kept"
      )


@dataclasses.dataclass(frozen=True)
class Camera:
  """A camera, until it ends or is stopped."""

  name: str
  every: int
  fps: float
  moving: ClassVar[bool] = True
  live: ClassVar[bool] = True

  def count(self) -> int:
    """Nobody knows how many frames there will be: 0."""
    return 0

  def frames(self, start: int = 0) -> Iterator[Frame]:
    """The frames to look at, timed from the first.

    Raises:
      SourceError: if there is no such camera.
    """
    del start
    choose = _Chooser(self.every, self.fps)
    device = int(self.name.partition(":")[2])
    with _quiet():
      camera = cv2.VideoCapture(device)
    try:
      if not camera.isOpened():
        raise SourceError(
          f"there is no camera {device}, or it is in use: camera:0 is the first"
        )
      number, began = -1, time.monotonic()
      while camera.grab():
        number, now = number + 1, time.monotonic() - began
        if choose(number, now):
          done, image = camera.retrieve()
          if not done:
            break
          image = cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
          yield Frame(self.name, number, now, _given(image))
    finally:
      camera.release()


Source = Photograph | Array | Film | Camera


def expand(
  inputs: Any, *, every: int = 1, fps: float = 0.0, max_megapixels: float
) -> list[Source]:
  """What inputs name, each once.

  Args:
    inputs: a path, `camera:0`, a glob, a picture (H, W, 3) or several
      (N, H, W, 3) of uint8; or a sequence of these.
    every: one of so many frames of a film is looked at.
    fps: frames a second to look at instead; 0: by `every`.
    max_megapixels: of the largest photograph that is decoded.

  Raises:
    UserError: if an input names nothing.
  """
  if every < 1 or fps < 0:
    raise UserError(
      f"every={every}, fps={fps:g}: every is 1 or more, fps above 0"
    )
  found: dict[str, Source] = {}
  for one in _several(inputs):
    if isinstance(one, np.ndarray):
      name = str(len(found))
      found[name] = Array(name, _picture(one))
      continue
    for name in _names(os.fspath(one)):
      if _CAMERA.fullmatch(name):
        found[name] = Camera(name, every, fps)
      elif Path(name).suffix.lower() in VIDEO_SUFFIXES:
        found[name] = Film(name, every, fps)
      else:
        found[name] = Photograph(name, max_megapixels)
  return list(found.values())


def _several(inputs: Any) -> Iterable[Any]:
  if isinstance(inputs, str | os.PathLike):
    return [inputs]
  if isinstance(inputs, np.ndarray) and inputs.ndim == 3:
    return [inputs]
  return inputs


def _picture(image: np.ndarray) -> np.ndarray:
  if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3:
    raise UserError(
      f"a picture of {image.dtype} {image.shape}: expected uint8 (H, W, 3), RGB"
    )
  return image


def _names(given: str) -> Iterator[str]:
  """The files that an input names, in order."""
  path = Path(given)
  if _CAMERA.fullmatch(given) or path.is_file():
    yield given
  elif path.is_dir():
    names = [name for name in files.walk(path) if _readable(name)]
    if not names:
      raise UserError(f"{given} holds no photograph and no film")
    yield from ((path / name).as_posix() for name in names)
  else:
    # Path.glob takes no pattern from the root on.
    matching = sorted(glob.glob(given, recursive=True))  # noqa: PTH207
    found = [name for name in matching if Path(name).is_file()]
    if not found:
      raise UserError(f"{given} is no file, no folder and no pattern of any")
    yield from found


def _readable(name: str) -> bool:
  film = Path(name).suffix.lower() in VIDEO_SUFFIXES
  return film or files.is_image_name(name)


class _Chooser:
  """Whether a frame is looked at; of so many a second, the first of each."""

  def __init__(self, every: int, fps: float):
    self._every, self._fps, self._due = every, fps, -1

  def __call__(self, number: int, seconds: float) -> bool:
    if not self._fps:
      return number % self._every == 0
    due = int(seconds * self._fps + 1e-6)
    before, self._due = self._due, max(due, self._due)
    return due > before


def _given(image: np.ndarray) -> Callable[[], np.ndarray]:
  return lambda: image


def _length(film: cv2.VideoCapture) -> tuple[int, float]:
  """Frames and frames a second that the header promises, or zeros."""
  total = film.get(cv2.CAP_PROP_FRAME_COUNT)
  rate = film.get(cv2.CAP_PROP_FPS)
  sound = (
    np.isfinite([total, rate]).all() and 0 < total < 1e9 and 0 < rate < 1e4
  )
  return (int(total), rate) if sound else (0, 0.0)


@contextlib.contextmanager
def _opened(name: str) -> Iterator[cv2.VideoCapture]:
  if not Path(name).is_file():
    raise SourceError(f"{name} is not there")
  with _quiet():
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
def _quiet() -> Iterator[None]:
  """OpenCV warns of what is said here in one line."""
  level = cv2.utils.logging.getLogLevel()
  cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
  try:
    yield
  finally:
    cv2.utils.logging.setLogLevel(level)
