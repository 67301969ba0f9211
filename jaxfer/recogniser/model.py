"""A recogniser: from pictures to rows."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from jaxfer.data import detect, images
from jaxfer.data.detect import Box
from jaxfer.data.ordered import map_in_order
from jaxfer.errors import UserError
from jaxfer.recogniser import sources
from jaxfer.recogniser.calibration import Calibration
from jaxfer.recogniser.faces import Finder, Found
from jaxfer.recogniser.heads import Centres, Head, Units
from jaxfer.recogniser.network import BATCH, Describer
from jaxfer.recogniser.rows import NO_FACE, Columns, Row, Rows
from jaxfer.recogniser.sources import Frame, Source
from jaxfer.recogniser.tracks import Tracks


@dataclasses.dataclass(frozen=True)
class Scored:
  """What is said of N faces.

  Attributes:
    scores: (N, K) class scores, or None of action units.
    probabilities: (N, K), or None.
    units: (N, A) decision values, or None of emotions.
    present: (N, A) whether they are above their thresholds, or None.
    familiar: (N,) whether each is like the faces that were tested.
  """

  scores: np.ndarray | None
  probabilities: np.ndarray | None
  units: np.ndarray | None
  present: np.ndarray | None
  familiar: np.ndarray


@dataclasses.dataclass(frozen=True)
class Resume:
  """Where an interrupted table of rows goes on.

  Attributes:
    input: the photograph or film that is next, or was begun.
    frame: the first one whose rows are wanted.
    seen: by earlier frames of that film, boxes and numbers of their faces, so
      that numbers are held.
    faces: numbers given to faces of that film so far.
  """

  input: str
  frame: int
  seen: Mapping[int, Sequence[tuple[Box, int]]]
  faces: int


@dataclasses.dataclass(frozen=True)
class Model:
  """A recogniser of emotions or of action units.

  Attributes:
    names: the emotions, or the action units as `AU12`, in order.
    describer: faces to vectors.
    crop: how faces are found and cut.
    seen: what the run's own faces were, as `Run.seen` has it.
    head: vectors to class scores; None of action units.
    units: vectors to decision values; None of emotions.
    centres: what a familiar face is near to.
    calibration: scores to probabilities; None of action units.
    card: how far to trust it.
  """

  names: tuple[str, ...]
  describer: Describer
  crop: Mapping[str, Any]
  seen: Mapping[str, Any]
  head: Head | None
  units: Units | None
  centres: Centres
  calibration: Calibration | None
  card: dict[str, Any]

  @property
  def columns(self) -> Columns:
    """What its rows say. A unit without a classifier has no column."""
    if self.units is None:
      return Columns(self.names, ())
    return Columns((), tuple(np.array(self.names)[self._fitted()].tolist()))

  def predict(
    self,
    inputs: Any,
    *,
    every: int = 1,
    fps: float = 0.0,
    batch: int = BATCH,
    detector: str = "",
    resume: Resume | None = None,
  ) -> Rows:
    """Names what the faces of pictures show.

    Args:
      inputs: a photograph, folder, glob, film or `camera:0`; pictures in
        memory, uint8 RGB; or a sequence of these.
      every: one of so many frames of a film is looked at.
      fps: frames a second to look at instead.
      batch: faces described at once; rows do not depend on it.
      detector: another way to find faces than the run's own.
      resume: go on from there.

    Returns:
      An iterator of rows, in order. Where an input cannot be read to its end,
      it raises a UserError after the rows of all others.

    Raises:
      UserError: at once, if an input names nothing.
    """
    found = sources.expand(
      inputs,
      every=every,
      fps=fps,
      max_megapixels=self.crop["max_megapixels"],
    )
    finder = Finder(self.crop, self.seen, detector)
    return Rows(self.look(found, finder, batch, resume), self.columns)

  def look(
    self,
    found: Iterable[Source],
    finder: Finder,
    batch: int = BATCH,
    resume: Resume | None = None,
  ) -> Iterator[Row]:
    """Rows of sources, in order; see `predict`."""
    failed: list[str] = []
    skip = resume is not None
    for source in found:
      if skip and resume is not None and source.name != resume.input:
        continue
      own, skip, resume = (resume if skip else None), False, None
      yield from self._of_one(source, finder, batch, own, failed)
    if failed:
      raise UserError("\n".join(failed))

  def _of_one(
    self,
    source: Source,
    finder: Finder,
    batch: int,
    resume: Resume | None,
    failed: list[str],
  ) -> Iterator[Row]:
    tracks = None
    if source.moving:
      tracks = Tracks(self.centres.limit, resume.faces if resume else 0)
    seen = resume.seen if resume else {}
    start = min(seen, default=resume.frame if resume else 0)
    waiting: list[tuple[Frame, list[Found], str]] = []
    with contextlib.closing(self._frames(source, start, failed)) as frames:
      looked = map(_Look(finder), frames)
      if not source.live:
        looked = map_in_order(_Look(finder), frames)
      for frame, faces, note in looked:
        if note:
          failed.append(f"{frame.input}: {note}")
        waiting.append((frame, faces, note))
        faces_waiting = sum(len(one[1]) for one in waiting)
        if source.live or max(faces_waiting, len(waiting)) >= batch:
          yield from self._name(waiting, tracks, batch, seen)
          waiting = []
      yield from self._name(waiting, tracks, batch, seen)

  def _frames(
    self, source: Source, start: int, failed: list[str]
  ) -> Iterator[Frame]:
    try:
      yield from source.frames(start)
    except sources.SourceError as error:
      failed.append(str(error))

  def _name(
    self,
    waiting: Sequence[tuple[Frame, list[Found], str]],
    tracks: Tracks | None,
    batch: int,
    seen: Mapping[int, Sequence[tuple[Box, int]]],
  ) -> Iterator[Row]:
    """The rows of some frames of one source."""
    crops = [face.pixels for _, faces, _ in waiting for face in faces]
    size = self.crop["size"]
    stacked = np.array(crops, np.uint8).reshape(-1, size, size, 3)
    vectors = self.describer(stacked, batch)
    scored = self.score(vectors, batch)
    at = 0
    for frame, faces, note in waiting:
      own = slice(at, at + len(faces))
      at = own.stop
      boxes, numbers = [face.box for face in faces], range(len(faces))
      if tracks is not None and frame.number in seen:
        known = seen[frame.number]
        tracks.remember(boxes, vectors[own], _numbers(boxes, known))
        continue
      if tracks is not None:
        numbers = tracks(boxes, vectors[own])
      if not faces:
        yield Row(frame.input, frame.number, frame.time, note=note or NO_FACE)
      for i, face, number in zip(
        range(own.start, own.stop), faces, numbers, strict=True
      ):
        yield self._row(frame, face, number, scored, i)

  def _row(
    self, frame: Frame, face: Found, number: int, scored: Scored, i: int
  ) -> Row:
    emotion, probabilities = "", {}
    if scored.scores is not None and scored.probabilities is not None:
      emotion = self.names[int(scored.scores[i].argmax())]
      values = scored.probabilities[i].tolist()
      probabilities = dict(zip(self.names, values, strict=True))
    present, decided = {}, {}
    if scored.units is not None and scored.present is not None:
      for k in np.flatnonzero(self._fitted()):
        present[self.names[k]] = bool(scored.present[i, k])
        decided[self.names[k]] = float(scored.units[i, k])
    return Row(
      input=frame.input,
      frame=frame.number,
      time_s=frame.time,
      face=number,
      box=face.box,
      emotion=emotion,
      probabilities=probabilities,
      units=present,
      unit_scores=decided,
      familiar=bool(scored.familiar[i]),
      note=face.note,
    )

  def score(self, vectors: np.ndarray, batch: int = BATCH) -> Scored:
    """What is said of faces by their vectors (N, D) float32."""
    parts = []
    for start in range(0, max(len(vectors), 1), batch):
      part = vectors[start : start + batch]
      padded = np.zeros((batch, vectors.shape[1]), np.float32)
      padded[: len(part)] = part
      parts.append(self.centres.distances(padded)[: len(part)])
    distances = np.concatenate(parts)
    familiar = distances.min(1) <= self.centres.limit
    if self.units is not None:
      decided = self.units.scores(vectors)
      present = decided > self.units.thresholds
      return Scored(None, None, decided, present, familiar)
    assert self.head is not None and self.calibration is not None
    scores = self.head.scores(vectors, distances, len(self.names))
    return Scored(scores, self.calibration(scores), None, None, familiar)

  def features(self, pictures: Any, batch: int = BATCH) -> np.ndarray:
    """Feature vectors (N, D) float32, in order.

    Args:
      pictures: uint8 (N, H, W, 3), or a sequence of pictures and paths. One of
        the size of the run's faces is taken for a face as it is; of another the
        face is found, and of several that which the run's own rule takes.
      batch: faces described at once.

    Raises:
      UserError: if a picture holds no face, or cannot be read.
    """
    found = sources.expand(pictures, max_megapixels=self.crop["max_megapixels"])
    finder, size = Finder(self.crop, self.seen), self.crop["size"]
    parts = [np.empty((0, size, size, 3), np.uint8)]
    vectors = []
    for source in found:
      for frame in source.frames():
        parts.append(self._face(frame, finder)[None])
        if len(parts) > batch:
          vectors.append(self.describer(np.concatenate(parts), batch))
          parts = parts[:1]
    vectors.append(self.describer(np.concatenate(parts), batch))
    return np.concatenate(vectors)

  def _face(self, frame: Frame, finder: Finder) -> np.ndarray:
    try:
      image = frame.read()
    except images.ImageError as error:
      raise UserError(f"{frame.input}: {error}") from error
    if image.shape[:2] == (self.crop["size"],) * 2:
      return image
    faces = finder(image)
    rule = self.crop["rule"]
    best = detect.choose([one.box for one in faces], rule, image.shape)
    if best is None:
      raise UserError(f"{frame.input}: {NO_FACE} found")
    return next(one.pixels for one in faces if one.box is best)

  def _fitted(self) -> np.ndarray:
    assert self.units is not None
    return np.isfinite(self.units.biases)


@dataclasses.dataclass(frozen=True)
class _Look:
  """Decodes a frame and finds its faces; in threads."""

  finder: Finder

  def __call__(self, frame: Frame) -> tuple[Frame, list[Found], str]:
    # The picture goes: of a frame that waits, only its faces are kept.
    light = dataclasses.replace(frame, read=_gone)
    try:
      return light, self.finder(frame.read()), ""
    except images.ImageError as error:
      return light, [], str(error)


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
