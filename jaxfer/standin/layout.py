"""What a dataset's layout says: what is drawn, under which names, labelled how.

Each module of `layouts` ends with one `Layout`, named `LAYOUT`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np

from jaxfer.config import Config

Size = tuple[int, int]  # width and height in pixels


class Sitting(NamedTuple):
  """Photographs that are drawn together."""

  # File names, one per photograph, with forward slashes for folders; PNG or a
  # film where the name says so, else JPEG.
  names: tuple[str, ...]
  # Draws them at a size, (len(names), H, W, 3) or, grey, (len(names), H, W)
  # uint8; films with frames before the height.
  photograph: Callable[[Size], np.ndarray]


class Drawing(NamedTuple):
  """Everything that is to be drawn."""

  images: int  # how many
  sittings: Iterable[Sitting]  # what they are, in order
  # At the images' size, name and text of each label file; a name that ends in a
  # slash is an empty folder.
  labels: Callable[[Size], Iterable[tuple[str, str]]] = lambda size: ()


class Views(NamedTuple):
  """From where a set is photographed, where that may be asked for in part."""

  known: tuple[str, ...]
  usual: tuple[str, ...]


def _as_usual(reader: Config) -> dict[str, tuple[str, ...]]:
  """Whatever the reader keeps, the usual views are drawn."""
  return {}


@dataclasses.dataclass(frozen=True)
class Layout:
  """A dataset that can be drawn."""

  title: str  # what its owner calls it
  about: str  # what is written, in a few words
  unit: str  # what its size counts: people or images
  size: int  # the published number of them, or ours where none is published
  width: int  # of the images in pixels, unless another is asked for
  height: Callable[[int], int]  # that belongs to a width
  # From size and seed, and some of the options' views by name, to what is
  # drawn; it raises a ValueError for a size it has no names for.
  plan: Callable[..., Drawing]
  # By name, the views that it can be drawn from.
  options: Mapping[str, Views] = dataclasses.field(default_factory=dict)
  # From the config's reader options for this set, those of them that the reader
  # would not leave out.
  needed: Callable[[Config], dict[str, tuple[str, ...]]] = _as_usual
  # The marker file's words for a set that is part of another.
  subset_of: Mapping[str, str] = dataclasses.field(default_factory=dict)
  # What else the marker file states.
  facts: Mapping[str, Any] = dataclasses.field(default_factory=dict)
  # How many pictures a clip has on average; 1 where it is a film.
  frames: float = 1

  def size_of(self, width: int) -> Size:
    """Width and height of an image."""
    return width, self.height(width)


def alone(name: str, photograph: Callable[[Size], np.ndarray]) -> Sitting:
  """A sitting of one photograph, or film, from what draws it at a size."""
  return Sitting((name,), lambda size: photograph(size)[None])


def text(lines: Iterable[str]) -> str:
  """A text file of these lines."""
  return "".join(f"{line}\n" for line in lines)
