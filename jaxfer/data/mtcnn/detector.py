"""Multi-task cascaded convolutional networks: faces and their landmarks.

Zhang et al., IEEE SPL 23(10), 2016. Three networks, each refining what the
one before proposed. Thresholds and geometry are those of the package mtcnn
1.0.0, whose weights are used and whose faces are found.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import jax
import numpy as np

from jaxfer.data.detect import Box
from jaxfer.data.mtcnn import boxes, networks, pyramid

# Overlaps that two faces may have: in one size of the picture, and over all.
_ONE_LEVEL, _ALL_LEVELS = 0.5, 0.7

# Probabilities above which each of the three says that there is a face.
_THRESHOLDS = (0.6, 0.7, 0.8)


@dataclasses.dataclass(frozen=True)
class Detection:
  """A face."""

  # Around it, within the image; its confidence is the last network's
  # probability that this is a face.
  box: Box
  # (5, 2) x and y in pixels of the eye on the image's left, the other eye, the
  # nose, and the mouth's left and right corners; they may lie outside the
  # image.
  landmarks: np.ndarray


class MTCNN:
  """Detects all faces of an image. Threads may share it.

  Args:
    min_face_size: side of the smallest face in pixels, 12 or more.

  Raises:
    FileNotFoundError: if the package that carries the weights is missing.
    ValueError: for damaged weights.
  """

  def __init__(self, *, min_face_size: float = 20):
    self._min_face_size = min_face_size
    self._pnet, self._rnet, self._onet = map(
      networks.load, ("pnet", "rnet", "onet")
    )
    # What one call takes: a CPU works best out of its caches.
    on_cpu = jax.default_backend() == "cpu"
    self._batches = (8, 32, 4) if on_cpu else (256, 512, 128)

  def detect(self, image: np.ndarray) -> list[Detection]:
    """The faces of an image (H, W, 3) uint8 RGB, surest first.

    There are none where it is smaller than a face.
    """
    return self._decide(image, self._refine(image, self._propose(image)))

  def _propose(self, image: np.ndarray) -> np.ndarray:
    """Squares (N, 4) that may hold a face."""
    levels = [*pyramid.levels(image, self._min_face_size)]
    if not levels:
      return np.empty((0, 4))
    tiles = np.concatenate([level.tiles for level in levels])
    outputs = _run(networks.pnet, self._pnet, tiles, self._batches[0])
    ends = np.cumsum([len(level.tiles) for level in levels])[:-1]
    scores, offsets = (np.split(part, ends) for part in outputs)
    read = [_read(*one) for one in zip(levels, scores, offsets, strict=True)]
    found, scores = map(np.concatenate, zip(*read, strict=True))
    best = boxes.suppress(found, scores, _ALL_LEVELS)
    return boxes.square(found[best])

  def _refine(self, image: np.ndarray, squares: np.ndarray) -> np.ndarray:
    """The squares (N, 4) in which RNet still sees a face."""
    crops = boxes.crop(image, squares, networks.RNET_SIDE)
    scores, offsets = _run(networks.rnet, self._rnet, crops, self._batches[1])
    sure = scores > _THRESHOLDS[1]
    found = boxes.shift(squares[sure], offsets[sure])
    best = boxes.suppress(found, scores[sure], _ALL_LEVELS)
    return boxes.square(found[best])

  def _decide(self, image: np.ndarray, squares: np.ndarray) -> list[Detection]:
    """The faces that ONet sees in the squares."""
    crops = boxes.crop(image, squares, networks.ONET_SIDE)
    scores, offsets, landmarks = _run(
      networks.onet, self._onet, crops, self._batches[2]
    )
    sure = scores > _THRESHOLDS[2]
    found = boxes.shift(squares[sure], offsets[sure])
    marks = boxes.place(squares[sure], landmarks[sure])
    scores = scores[sure]
    best = boxes.suppress(found, scores, _ALL_LEVELS, of_smaller=True)
    found = boxes.limit(found[best], image.shape)
    return [
      Detection(
        Box(
          *(left, top, right - left, bottom - top, float(score)),
          eyes=(tuple(landmarks[0].tolist()), tuple(landmarks[1].tolist())),
        ),
        landmarks,
      )
      for (left, top, right, bottom), score, landmarks in zip(
        found.tolist(), scores[best], marks[best], strict=True
      )
    ]


def _read(
  level: pyramid.Level, faces: np.ndarray, offsets: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
  """Boxes (N, 4) and scores (N,) that PNet saw in one size of an image."""
  cells = np.nonzero(faces > _THRESHOLDS[0])
  places = level.positions(cells)
  on_picture = (places < level.cells[::-1]).all(axis=1)
  cells = tuple(index[on_picture] for index in cells)
  # The published weights count pixels from 1.
  first = places[on_picture] * networks.STRIDE + 1.0
  side = networks.CELL - 1
  found = np.concatenate([first, first + side], axis=1)
  found = (found + side * offsets[cells]) / level.scale
  scores = faces[cells]
  best = boxes.suppress(found, scores, _ONE_LEVEL)
  return found[best], scores[best]


def _run(
  network: Callable[..., tuple[jax.Array, ...]],
  weights: networks.Weights,
  inputs: np.ndarray,
  batch: int,
) -> list[np.ndarray]:
  """A network's outputs (N, ...) for inputs (N, ...), in batches of one size.

  Zeros fill up the last batch, so that one program serves any number.
  """
  outputs = []
  # At least one call, for the shapes of no outputs.
  for start in range(0, max(len(inputs), 1), batch):
    group = inputs[start : start + batch]
    padded = np.zeros((batch, *inputs.shape[1:]), np.float32)
    padded[: len(group)] = group
    outputs.append(network(weights, padded))
  whole = (np.concatenate(parts) for parts in zip(*outputs, strict=True))
  return [part[: len(inputs)] for part in whole]
