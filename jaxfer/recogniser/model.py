"""A recogniser: from pictures to rows."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np

from jaxfer.data import detect, images
from jaxfer.errors import UserError
from jaxfer.recogniser import sources, stream
from jaxfer.recogniser.calibration import Calibration
from jaxfer.recogniser.faces import Finder
from jaxfer.recogniser.formats import Columns
from jaxfer.recogniser.heads import Centres, Head, Units
from jaxfer.recogniser.network import BATCH, Describer
from jaxfer.recogniser.pictures import Frame
from jaxfer.recogniser.rows import NO_FACE, Rows


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
    return Columns((), tuple(np.array(self.names)[self.fitted()].tolist()))

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
    found = sources.expand(
      inputs,
      every=every,
      fps=fps,
      max_megapixels=self.crop["max_megapixels"],
    )
    finder = Finder(self.crop, self.seen, detector)
    return Rows(stream.rows(self, found, finder, batch), self.columns)

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

  def say(self, scored: Scored, i: int) -> dict[str, Any]:
    """What a row says of face i: fields of `rows.Row`."""
    if scored.units is not None and scored.present is not None:
      own = np.flatnonzero(self.fitted())
      return {
        "units": {self.names[k]: bool(scored.present[i, k]) for k in own},
        "unit_scores": {self.names[k]: float(scored.units[i, k]) for k in own},
      }
    assert scored.scores is not None and scored.probabilities is not None
    values = scored.probabilities[i].tolist()
    return {
      "emotion": self.names[int(scored.scores[i].argmax())],
      "probabilities": dict(zip(self.names, values, strict=True)),
    }

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

  def fitted(self) -> np.ndarray:
    """Which action units (A,) have a classifier."""
    assert self.units is not None
    return np.isfinite(self.units.biases)
