"""A picture to look at, and where single ones come from."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import ClassVar

import numpy as np

from jaxfer.data import images


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


def read(name: str, max_megapixels: float) -> np.ndarray:
  """A photograph, (H, W, 3) uint8 RGB.

  Raises:
    ImageError: if it cannot be read, or shows nothing.
  """
  try:
    with Path(name).open("rb") as file:
      return np.asarray(images.load_face(file, max_megapixels=max_megapixels))
  except OSError as error:
    raise images.ImageError(f"unreadable: {error.strerror}") from error
