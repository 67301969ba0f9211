"""A recogniser: from pictures to rows."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from jaxfer.data import detect, images
from jaxfer.errors import UserError
from jaxfer.recogniser import network, sources, stream
from jaxfer.recogniser.faces import Finder
from jaxfer.recogniser.formats import Columns
from jaxfer.recogniser.heads import Centres, Head
from jaxfer.recogniser.network import BATCH, Describer
from jaxfer.recogniser.pictures import Source
from jaxfer.recogniser.rows import NO_FACE, Rows


@dataclasses.dataclass(frozen=True)
class Model:
  """A recogniser of emotions or of action units.

  Attributes:
    describer: faces to vectors.
    crop: how faces are found and cut.
    seen: what the run's own faces were, as `Run.seen` has it.
    head: vectors to what they show.
    centres: what a familiar face is near to.
    card: how far to trust it.
  """

  describer: Describer
  crop: Mapping[str, Any]
  seen: Mapping[str, Any]
  head: Head
  centres: Centres
  card: dict[str, Any]

  @property
  def names(self) -> tuple[str, ...]:
    """The emotions, or the action units as `AU12`, in order."""
    return self.head.names

  @property
  def columns(self) -> Columns:
    """What its rows say. A unit without a classifier has no column."""
    return self.head.columns

  def predict(
    self,
    inputs: Any,
    *,
    every: int = 1,
    fps: float = 0.0,
    batch: int = BATCH,
    detector: str = "",
  ) -> Rows:
    """Names what the faces of pictures show.

    Args:
      inputs: a photograph, folder, glob, film or `camera:0`; pictures in
        memory, uint8 RGB; or a sequence of these.
      every: one of so many frames of a film is looked at.
      fps: frames a second to look at instead.
      batch: faces described at once; rows do not depend on it.
      detector: another way to find faces than the run's own.

    Returns:
      An iterator of rows, in order. Where an input cannot be read to its end,
      it raises a UserError after the rows of all others.

    Raises:
      UserError: at once, if an input names nothing.
    """
    finder = Finder(self.crop, self.seen, detector)
    found, step = self.look(inputs, every=every, fps=fps)
    rows = stream.rows(self, found, finder, batch, every=step)
    return Rows(rows, self.columns)

  def look(
    self, inputs: Any, *, every: int, fps: float
  ) -> tuple[list[Source], int]:
    """What inputs name; and of clips, frames looked at from row to row.

    A recogniser of clips looks at the frames that its windows are made of, so
    that `every` says how far apart windows are, and `fps` nothing.

    Raises:
      UserError: if an input names nothing, or `fps` is asked of clips.
    """
    most, step = self.crop["max_megapixels"], 1
    if self.describer.frames:
      stride = self.describer.settings["stride"]
      if fps:
        raise UserError(
          f"fps={fps:g}: this recogniser looks at one of {stride} frames, as it"
          " learnt to; every=N gives a row for each N frames"
        )
      every, step = stride, max(1, every // stride)
    found = sources.expand(inputs, every=every, fps=fps, max_megapixels=most)
    return found, step

  def score(
    self, vectors: np.ndarray, batch: int = BATCH
  ) -> tuple[np.ndarray, np.ndarray]:
    """What the head makes of faces by their vectors (N, D) float32.

    Returns:
      Class scores (N, K) or decision values (N, A); and (N,) whether each is
      like the faces that were tested.
    """
    distances = network.in_batches(self.centres.distances, vectors, batch)
    familiar = distances.min(1) <= self.centres.limit
    return self.head.scores(vectors, distances), familiar

  def features(self, pictures: Any, batch: int = BATCH) -> np.ndarray:
    """Feature vectors (N, D) float32, in order.

    Args:
      pictures: uint8 (N, H, W, 3), or a sequence of pictures and paths. One of
        the size of the run's faces is taken for a face as it is; of another the
        face is found, and of several that which the run's own rule takes. Of a
        recogniser of clips, uint8 (N, frames, size, size, 3).
      batch: faces described at once.

    Raises:
      UserError: if a picture holds no face, or cannot be read.
    """
    shape = self.describer.shape
    if self.describer.frames:
      clips = np.asarray(pictures)
      if clips.dtype != np.uint8 or clips.shape[1:] != shape:
        raise UserError(
          f"clips of {clips.dtype} {clips.shape}: this recogniser describes"
          f" uint8 (N, {', '.join(map(str, shape))})"
        )
      return self.describer(clips, batch)
    faces = self._faces(pictures)
    vectors = [self.describer(np.empty((0, *shape), np.uint8), batch)]
    while some := [*itertools.islice(faces, batch)]:
      vectors.append(self.describer(np.stack(some), batch))
    return np.concatenate(vectors)

  def _faces(self, pictures: Any) -> Iterator[np.ndarray]:
    """The face of each picture."""
    finder = Finder(self.crop, self.seen)
    most = self.crop["max_megapixels"]
    for source in sources.expand(pictures, max_megapixels=most):
      for frame in source.frames():
        try:
          image = frame.read()
        except images.ImageError as error:
          raise UserError(f"{frame.input}: {error}") from error
        if image.shape[:2] == (self.crop["size"],) * 2:
          yield image
          continue
        by_box = {one.box: one.pixels for one in finder(image)}
        best = detect.choose([*by_box], self.crop["rule"], image.shape)
        if best is None:
          raise UserError(f"{frame.input}: {NO_FACE} found")
        yield by_box[best]
