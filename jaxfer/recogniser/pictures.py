"""A picture to look at, and where it comes from: files, films, cameras.

Films and cameras are read by OpenCV, with the times of their own streams.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import time
from collections.abc import Callable, Collection, Generator, Iterator
from typing import ClassVar

import cv2
import numpy as np

from jaxfer.data import images, video
from jaxfer.data.video import SourceError


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
class Still:
  """One picture, of a file or in memory.

  Attributes:
    name: its path, or its place among those given.
    read: as a frame's.
  """

  name: str
  read: Callable[[], np.ndarray]
  moving: ClassVar[bool] = False
  live: ClassVar[bool] = False

  def count(self) -> int:
    """Pictures that `frames` gives."""
    return 1

  def frames(self, start: int = 0) -> Iterator[Frame]:
    """The picture."""
    del start
    yield Frame(self.name, 0, None, self.read)


@dataclasses.dataclass(frozen=True)
class _Moving:
  """Frames one after another.

  Attributes:
    name: the film's path, or `camera:0`.
    every: one of so many frames is looked at;
    fps: or the first of so many parts of each second, where it is not 0.
  """

  name: str
  every: int
  fps: float
  moving: ClassVar[bool] = True

  def _look(
    self, film: cv2.VideoCapture, clock: Callable[[], float], start: int
  ) -> Generator[Frame, None, tuple[int, float]]:
    """The frames to look at; returns how many there are, and the last's time.

    It ends where there are no more, or one is damaged.
    """
    number, now, due = -1, 0.0, -1
    while film.grab():
      number, now = number + 1, clock()
      chosen = number % self.every == 0
      if self.fps:
        before, due = due, max(due, int(now * self.fps + 1e-6))
        chosen = due > before
      if chosen and number >= start:
        done, image = film.retrieve()
        if not done:
          break
        image = cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
        yield Frame(
          self.name, number, now, functools.partial(np.asarray, image)
        )
    return number + 1, now


@dataclasses.dataclass(frozen=True)
class Film(_Moving):
  """A video file, upright, timed by its own clock.

  Attributes:
    max_megapixels: of the largest frame that is decoded.
  """

  max_megapixels: float
  live: ClassVar[bool] = False

  def count(self) -> int:
    """About as many frames as `frames` gives, by what the header says."""
    with contextlib.suppress(SourceError), video.opened(self.name) as film:
      total, rate = video.length(film)
      if self.fps and rate:
        return min(total, int(total / rate * self.fps) + 1)
      return -(-total // self.every)
    return 0

  def frames(self, start: int = 0) -> Iterator[Frame]:
    """The frames to look at, from a number on.

    Raises:
      SourceError: after the last frame there is, where the film is cut off or
        holds none; at once where it is no film, or one too large.
    """
    with video.opened(self.name) as film:
      try:
        images.refuse_large(video.size(film), self.max_megapixels)
      except images.ImageError as error:
        raise SourceError(f"{self.name}: {error}") from error
      total, rate = video.length(film)
      count, last = yield from self._look(
        film, lambda: film.get(cv2.CAP_PROP_POS_MSEC) / 1000, start
      )
    if not count:
      raise SourceError(f"{self.name} holds no frame")
    if (
      total - count > 2
      and rate
      and last + 2 / rate < (1 - video.SHORT) * total / rate
    ):
      raise SourceError(
        f"{self.name} is cut off: its header promises {total:,} frames,"
        f" {total / rate:.1f} s, and it ends after {count:,}, at"
        f" {last:.1f} s; the rows up to there are kept"
      )


@dataclasses.dataclass(frozen=True)
class Camera(_Moving):
  """A camera, until it ends or is stopped."""

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
    device = int(self.name.partition(":")[2])
    with video.quiet():
      camera = cv2.VideoCapture(device)
    try:
      if not camera.isOpened():
        raise SourceError(
          f"there is no camera {device}, or it is in use: camera:0 is the first"
        )
      began = time.monotonic()
      yield from self._look(camera, lambda: time.monotonic() - began, 0)
    finally:
      camera.release()


Source = Still | Film | Camera


def rate(name: str) -> float:
  """Frames a second that a film's header promises; 0 where it does not."""
  with contextlib.suppress(SourceError), video.opened(name) as film:
    return video.length(film)[1]
  return 0.0


def read(
  source: Source, wanted: Collection[int] | None = None
) -> Iterator[tuple[int, np.ndarray]]:
  """Pictures by number, (H, W, 3) uint8 RGB, as far as a source goes.

  Args:
    source: a photograph or film.
    wanted: the frames wanted; None: all, those that were not looked at too.
  """
  if isinstance(source, Film):
    source = dataclasses.replace(source, every=1, fps=0.0)
  with contextlib.suppress(images.ImageError, SourceError):  # as its rows say
    for frame in source.frames():
      if wanted is None or frame.number in wanted:
        yield frame.number, frame.read()
      if wanted is not None and frame.number >= max(wanted):
        return
