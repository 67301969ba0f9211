"""A picture to look at, and where single ones come from."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import ClassVar

import numpy as np

from jaxfer.data import images
from jaxfer.errors import UserError


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
