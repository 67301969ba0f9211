"""The folder of figures: each drawn once, and known by its size."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

from PIL import Image


@dataclasses.dataclass(frozen=True)
class Picture:
  """A figure: its file name and its size in pixels."""

  file: str
  width: int
  height: int


@dataclasses.dataclass(frozen=True)
class Folder:
  """Where figures are drawn.

  Attributes:
    path: an existing folder.
    note: a line at the foot of every figure; may be empty.
  """

  path: Path
  note: str

  def draw(
    self,
    name: str,
    make: Callable[..., Path | None],
    *args: object,
    **options: object,
  ) -> Picture | None:
    """Draws one figure.

    Args:
      name: stem of its file.
      make: takes the file, `args` and the keyword `note`; returns the file, or
        None where it drew nothing.
      *args: what to draw.
      **options: how.

    Returns:
      The figure, or None where nothing was drawn.
    """
    path = make(self.path / f"{name}.png", *args, note=self.note, **options)
    if path is None:
      return None
    with Image.open(path) as image:
      return Picture(path.name, *image.size)
