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
  """Photographs that are drawn together.

  Attributes:
    names: file names, one per photograph, with forward slashes for folders;
      PNG or a film where the name says so, else JPEG.
    photograph: draws them at a size, (len(names), H, W, 3) or, grey,
      (len(names), H, W) uint8; films with frames before the height.
  """

  names: tuple[str, ...]
  photograph: Callable[[Size], np.ndarray]


class Drawing(NamedTuple):
  """Everything that is to be drawn.

  Attributes:
    images: how many.
    sittings: what they are, in order.
    labels: at the images' size, name and text of each label file; a name that
      ends in a slash is an empty folder.
  """

  images: int
  sittings: Iterable[Sitting]
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
  """A dataset that can be drawn.

  Attributes:
    title: what its owner calls it.
    about: what is written, in a few words.
    unit: what its size counts: people or images.
    size: the published number of them, or ours where none is published.
    width: of the images in pixels, unless another is asked for.
    height: that belongs to a width.
    plan: from size and seed, and some of the options' views by name, to what
      is drawn; it raises a ValueError for a size it has no names for.
    options: by name, the views that it can be drawn from.
    needed: from the config's reader options for this set, those of them that
      the reader would not leave out.
    subset_of: the marker file's words for a set that is part of another.
    facts: what else the marker file states.
    frames: how many pictures a clip has on average; 1 where it is a film.
  """

  title: str
  about: str
  unit: str
  size: int
  width: int
  height: Callable[[int], int]
  plan: Callable[..., Drawing]
  options: Mapping[str, Views] = dataclasses.field(default_factory=dict)
  needed: Callable[[Config], dict[str, tuple[str, ...]]] = _as_usual
  subset_of: Mapping[str, str] = dataclasses.field(default_factory=dict)
  facts: Mapping[str, Any] = dataclasses.field(default_factory=dict)
  frames: float = 1

  def size_of(self, width: int) -> Size:
    """Width and height of an image."""
    return width, self.height(width)


def text(lines: Iterable[str]) -> str:
  """A text file of these lines."""
  return "".join(f"{line}\n" for line in lines)
