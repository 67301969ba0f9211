"""From sources to rows, in order, holding no more than a batch of faces."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from jaxfer.data import images
from jaxfer.data.detect import Box
from jaxfer.data.ordered import map_in_order
from jaxfer.data.video import SourceError
from jaxfer.errors import UserError
from jaxfer.recogniser import windows
from jaxfer.recogniser.faces import Finder
from jaxfer.recogniser.pictures import Frame, Source
from jaxfer.recogniser.rows import NO_FACE, Row
from jaxfer.recogniser.tracks import Tracks
from jaxfer.recogniser.windows import Looked

if TYPE_CHECKING:
  from jaxfer.recogniser.model import Model

Seen = Mapping[int, Sequence[tuple[Box, int]]]
"""By frame, boxes and numbers of its faces."""

_NO_FILM = "a photograph: this recogniser sees faces in motion"


@dataclasses.dataclass(frozen=True)
class Resume:
  """Where an interrupted table of rows goes on.

  Attributes:
    input: the photograph or film that is next, or was begun.
    frame: the first one whose rows are wanted.
    seen: earlier frames of that film, so that numbers are held.
    faces: numbers given to faces of that film so far.
  """

  input: str
  frame: int
  seen: Seen
  faces: int


def rows(
  model: Model,
  sources: Iterable[Source],
  finder: Finder,
  batch: int,
  resume: Resume | None = None,
  every: int = 1,
) -> Iterator[Row]:
  """What a model says of sources, in order; `batch` faces described at once.

  Of a recogniser of clips, `every` frames looked at lie from window to window.

  Raises:
    UserError: after all rows, if a source could not be read to its end.
  """
  look = _Look(model, finder, batch, every)
  for source in sources:
    if resume is not None and source.name != resume.input:
      continue
    yield from look.of(source, resume)
    resume = None
  if look.failed:
    raise UserError("\n".join(look.failed))


@dataclasses.dataclass(frozen=True)
class _Look:
  """The rows of sources; `failed` takes what could not be read."""

  model: Model
  finder: Finder
  batch: int
  every: int
  failed: list[str] = dataclasses.field(default_factory=list)

  def of(self, source: Source, resume: Resume | None) -> Iterator[Row]:
    """The rows of one, from where they go on."""
    window = self.model.describer.frames
    if window and not source.moving:
      yield Row(source.name, 0, None, note=_NO_FILM)
      return
    tracks, seen, start = None, {}, 0
    if source.moving and not window:
      tracks = Tracks(self.model.centres.limit, resume.faces if resume else 0)
    if resume is not None and not window:
      seen = resume.seen
      start = min(seen, default=resume.frame)
    # Of files a few frames ahead, in threads.
    see = map if source.live else map_in_order
    with contextlib.closing(self._frames(source, start)) as frames:
      looked: Iterable[Looked] = see(self._see, frames)
      if window:
        slid = windows.slide(looked, self.finder, window, self.every)
        first = resume.frame if resume else 0  # rows before are there
        looked = (one for one in slid if one.frame.number >= first)
      yield from self._rows(looked, source.live, tracks, seen)

  def _rows(
    self,
    looked: Iterable[Looked],
    live: bool,
    tracks: Tracks | None,
    seen: Seen,
  ) -> Iterator[Row]:
    """The rows of what was looked at, named a batch at a time."""
    waiting: list[Looked] = []
    for one in looked:
      if one.reason:
        self.failed.append(f"{one.frame.input}: {one.reason}")
      waiting.append(one)
      faces = sum(len(each.faces) for each in waiting)
      if live or max(faces, len(waiting)) >= self.batch:
        yield from self._name(waiting, tracks, seen)
        waiting = []
    yield from self._name(waiting, tracks, seen)

  def _frames(self, source: Source, start: int) -> Generator[Frame, None, None]:
    try:
      yield from source.frames(start)
    except SourceError as error:
      self.failed.append(str(error))

  def _see(self, frame: Frame) -> Looked:
    light = dataclasses.replace(frame, read=_gone)
    try:
      picture = frame.read()
    except images.ImageError as error:
      return Looked(light, [], reason=str(error))
    kept = picture if self.model.describer.frames else None
    return Looked(light, self.finder(picture), picture=kept)

  def _name(
    self, waiting: Sequence[Looked], tracks: Tracks | None, seen: Seen
  ) -> Iterator[Row]:
    """The rows of some frames."""
    crops = [face.pixels for one in waiting for face in one.faces]
    shape = self.model.describer.shape
    stacked = np.array(crops, np.uint8).reshape(-1, *shape)
    vectors = self.model.describer(stacked, self.batch)
    scores, familiar = self.model.score(vectors, self.batch)
    said = self.model.head.say(scores)
    at = 0
    for one in waiting:
      frame, begin = one.frame, at
      at += len(one.faces)
      boxes, known = [face.box for face in one.faces], vectors[begin:at]
      numbers = range(len(boxes)) if one.numbers is None else one.numbers
      if tracks is not None and frame.number in seen:  # its rows are there
        tracks.remember(boxes, known, _numbers(boxes, seen[frame.number]))
        continue
      if tracks is not None:
        numbers = tracks(boxes, known)
      if not one.faces:
        note = one.reason or NO_FACE
        yield Row(frame.input, frame.number, frame.time, note=note)
      for i, face in enumerate(one.faces):
        yield Row(
          input=frame.input,
          frame=frame.number,
          time_s=frame.time,
          face=numbers[i],
          box=face.box,
          familiar=bool(familiar[begin + i]),
          note=face.note,
          **said[begin + i],
        )


def _gone() -> np.ndarray:
  raise AssertionError("a frame is read once")


def _numbers(
  boxes: Sequence[Box], known: Sequence[tuple[Box, int]]
) -> list[int]:
  """Each face's number in the table of before, by its place."""
  if not known:
    return [0] * len(boxes)
  return [
    min(
      known,
      key=lambda one: abs(one[0].left - box.left) + abs(one[0].top - box.top),
    )[1]
    for box in boxes
  ]
