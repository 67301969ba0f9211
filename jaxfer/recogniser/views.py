"""A table of rows beside the pictures that it is of."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from jaxfer.data import images
from jaxfer.recogniser import rows
from jaxfer.recogniser.films import Film
from jaxfer.recogniser.pictures import SourceError
from jaxfer.recogniser.sources import Source

Line = dict[str, str]


def by_input(table: Path) -> Iterator[tuple[str, Iterator[Line]]]:
  """The lines of each photograph or film of jaxfer's own table, in order."""
  return itertools.groupby(rows.read(table), key=lambda line: line["input"])


def by_frame(lines: Iterable[Line]) -> Iterator[tuple[int, list[Line]]]:
  """Of one input's lines, each frame's."""
  frames = itertools.groupby(lines, key=lambda line: int(line["frame"]))
  return ((number, list(group)) for number, group in frames)


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
  last = max(wanted, default=-1) if wanted is not None else None
  try:
    for frame in source.frames():
      if last is not None and frame.number > last:
        return
      if wanted is None or frame.number in wanted:
        yield frame.number, frame.read()
  except (images.ImageError, SourceError):
    return  # as its rows say


def box_of(line: Line) -> tuple[int, int, int, int]:
  """Left, top, right and bottom of a line's face, in whole pixels."""
  left, top = float(line["left"]), float(line["top"])
  right, bottom = left + float(line["width"]), top + float(line["height"])
  return round(left), round(top), round(right), round(bottom)


def emotions(names: Sequence[str]) -> list[str]:
  """The classes that a table has probabilities of."""
  return [name[2:] for name in names if name.startswith("p_")]


def units(names: Sequence[str]) -> list[str]:
  """The action units that a table has."""
  return [n for n in names if n.startswith("AU") and n[2:].isdecimal()]
