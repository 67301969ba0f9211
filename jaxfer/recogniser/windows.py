"""What a recogniser of clips sees: windows that slide along a film.

A window is a face in so many frames that were looked at, cut as clips of the
run's own set were: the median of its boxes is held over all of them.
"""

from __future__ import annotations

import collections
import dataclasses
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from jaxfer.data import clips
from jaxfer.recogniser.faces import Finder, Found
from jaxfer.recogniser.pictures import Frame
from jaxfer.recogniser.tracks import Tracks


@dataclasses.dataclass(frozen=True)
class Looked:
  """A frame, or the window in whose middle it is.

  Attributes:
    frame: its picture is gone.
    faces: those in it.
    numbers: of a window, which faces of the film they are.
    reason: why it could not be read.
    picture: (H, W, 3) uint8 of a frame that windows are made of.
  """

  frame: Frame
  faces: Sequence[Found]
  numbers: Sequence[int] | None = None
  reason: str = ""
  picture: np.ndarray | None = None


def slide(
  looked: Iterable[Looked], finder: Finder, frames: int, every: int
) -> Iterator[Looked]:
  """The windows of a film.

  A film that is too short is one window, which stands still at both ends.

  Args:
    looked: its frames, with their pictures.
    finder: found their faces, and cuts them.
    frames: of a window.
    every: how many frames looked at a window begins after the one before.
  """
  held: collections.deque[tuple[Looked, dict[int, Found]]]
  held, count = collections.deque(maxlen=frames), 0
  # What a window describes is many frames; place alone tells who is who.
  tracks = Tracks(1.0)
  for one in looked:
    boxes = [face.box for face in one.faces]
    numbers = tracks(boxes, np.zeros((len(boxes), 1)))
    held.append((one, dict(zip(numbers, one.faces, strict=True))))
    count += 1
    if count >= frames and (count - frames) % every == 0:
      yield _window([*held], finder)
  if 0 < count < frames:
    places = clips.choose(count, frames, 1, peak=False)
    yield _window([held[place] for place in places], finder)


def _window(
  held: Sequence[tuple[Looked, dict[int, Found]]], finder: Finder
) -> Looked:
  """Of each face that is found in most of the frames."""
  seen: dict[int, list[Found]] = {}
  for _, faces in held:
    for number, face in faces.items():
      seen.setdefault(number, []).append(face)
  whole = {n: some for n, some in seen.items() if 2 * len(some) > len(held)}
  pictures = [one.picture for one, _ in held if one.picture is not None]
  found = []
  for some in whole.values():
    box = clips.middle([face.box for face in some])
    pixels = [finder.cut(picture, box) for picture in pictures]
    found.append(Found(box, np.stack(pixels), some[len(some) // 2].note))
  middle, _ = held[len(held) // 2]
  return Looked(middle.frame, found, [*whole])
