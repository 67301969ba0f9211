"""A table of rows beside the pictures that it is of."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Iterator

import numpy as np

from jaxfer.data import images
from jaxfer.data.video import SourceError
from jaxfer.recogniser.films import Film
from jaxfer.recogniser.sources import Source

Line = dict[str, str]
"""Of jaxfer's own table."""


def by_picture(
  lines: Iterable[Line],
) -> Iterator[tuple[tuple[str, int], list[Line]]]:
  """By input and frame, the lines of each picture, in order."""
  pictures = itertools.groupby(
    lines, key=lambda line: (line["input"], int(line["frame"]))
  )
  return ((picture, list(group)) for picture, group in pictures)


def pictures(
  source: Source, wanted: Collection[int] | None = None
) -> Iterator[tuple[int, np.ndarray]]:
  """A source's pictures by number, (H, W, 3) uint8 RGB, as far as it goes.

  Args:
    source: a photograph or film.
    wanted: the frames wanted; None: all, those that were not looked at too.
  """
  if isinstance(source, Film):
    source = Film(source.name, 1, 0.0)
  try:
    for frame in source.frames():
      if wanted is None or frame.number in wanted:
        yield frame.number, frame.read()
      if wanted is not None and frame.number >= max(wanted):
        return
  except (images.ImageError, SourceError):
    return  # as its rows say


def box_of(line: Line) -> tuple[int, int, int, int]:
  """Left, top, right and bottom of a line's face, in whole pixels."""
  left, top = float(line["left"]), float(line["top"])
  right, bottom = left + float(line["width"]), top + float(line["height"])
  return round(left), round(top), round(right), round(bottom)


def units(line: Line) -> list[str]:
  """The action units that its table has."""
  return [n for n in line if n.startswith("AU") and n[2:].isdecimal()]
