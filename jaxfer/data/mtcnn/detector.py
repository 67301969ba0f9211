"""Multi-task cascaded convolutional networks: faces and their landmarks.

Zhang et al., IEEE SPL 23(10), 2016. Three networks, each refining what the
one before proposed. Thresholds and geometry are those of the package mtcnn
1.0.0, whose weights are used and whose faces are found.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable, Iterator, Sequence

import jax
import numpy as np

from jaxfer.data.detect import Box
from jaxfer.data.mtcnn import boxes, networks, pyramid

# Overlaps that two faces may have: in one size of the picture, and over all.
_ONE_LEVEL, _ALL_LEVELS = 0.5, 0.7

_PIXELS = 6e6  # of images in work at a time, which bounds memory


@dataclasses.dataclass(frozen=True)
class Detection:
  """A face."""

  box: Box  # around it, within the image
  # (5, 2) x and y in pixels of the eye on the image's left, the other eye, the
  # nose, and the mouth's left and right corners; they may lie outside the
  # image.
  landmarks: np.ndarray

  @property
  def confidence(self) -> float:
    """Probability that this is a face, says the last network."""
    return self.box.confidence


class MTCNN:
  """Detects all faces of images. Threads may share it.

  Args:
    min_face_size: side of the smallest face in pixels, 12 or more.
    thresholds: probabilities above which each of the three networks says that
      there is a face.
    scale_factor: from one size of the image pyramid to the next.

  Raises:
    FileNotFoundError: if the package that carries the weights is missing.
    ValueError: for arguments out of range, or damaged weights.
  """

  def __init__(
    self,
    *,
    min_face_size: float = 20,
    thresholds: tuple[float, float, float] = (0.6, 0.7, 0.8),
    scale_factor: float = 0.709,
  ):
    if not networks.CELL <= min_face_size < np.inf:
      raise ValueError(
        f"min_face_size={min_face_size} must be at least {networks.CELL}"
        " pixels: enlarge the images to find smaller faces"
      )
    if len(thresholds) != 3 or not all(0 <= t < 1 for t in thresholds):
      raise ValueError(f"thresholds={thresholds} must be three of 0 … 1")
    if not 0.1 <= scale_factor <= 0.95:
      raise ValueError(f"scale_factor={scale_factor} must be 0.1 … 0.95")
    self._min_face_size = min_face_size
    self._thresholds = thresholds
    self._scale_factor = scale_factor
    self._pnet, self._rnet, self._onet = map(
      networks.load, ("pnet", "rnet", "onet")
    )
    # What one call takes: a CPU works best out of its caches.
    on_cpu = jax.default_backend() == "cpu"
    self._batches = (8, 32, 4) if on_cpu else (256, 512, 128)

  def detect(self, images: Sequence[np.ndarray]) -> list[list[Detection]]:
    """Finds the faces of each image.

    Args:
      images: each (H, W, 3) uint8 RGB; sizes may differ.

    Returns:
      The faces of each image, surest first; none where the image is smaller
      than a face.

    Raises:
      ValueError: if an image has another shape or type.
    """
    for i, image in enumerate(images):
      if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3:
        raise ValueError(
          f"image {i} is {image.dtype} {image.shape}, expected uint8 (H, W, 3)"
        )
    found = []
    for group in _groups(images):
      found += self._decide(group, self._refine(group, self._propose(group)))
    return found

  def _propose(self, images: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Squares (N, 4) that may hold a face, for each image."""
    pyramids = [
      list(pyramid.levels(image, self._min_face_size, self._scale_factor))
      for image in images
    ]
    tiles = [level.tiles for levels in pyramids for level in levels]
    outputs = _run(networks.pnet, self._pnet, tiles, self._batches[0])
    return [
      _merge([self._read(level, *next(outputs)) for level in levels])
      for levels in pyramids
    ]

  def _read(
    self, level: pyramid.Level, faces: np.ndarray, offsets: np.ndarray
  ) -> tuple[np.ndarray, np.ndarray]:
    """Boxes (N, 4) and scores (N,) that PNet saw in one size of an image."""
    cells = np.nonzero(faces > self._thresholds[0])
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

  def _refine(
    self, images: Sequence[np.ndarray], squares: Sequence[np.ndarray]
  ) -> list[np.ndarray]:
    """The squares (N, 4) in which RNet still sees a face."""
    crops = _crop(images, squares, networks.RNET_SIDE)
    outputs = _run(networks.rnet, self._rnet, crops, self._batches[1])
    refined = []
    for proposed, (scores, offsets) in zip(squares, outputs, strict=True):
      sure = scores > self._thresholds[1]
      found = boxes.shift(proposed[sure], offsets[sure])
      best = boxes.suppress(found, scores[sure], _ALL_LEVELS)
      refined.append(boxes.square(found[best]))
    return refined

  def _decide(
    self, images: Sequence[np.ndarray], squares: Sequence[np.ndarray]
  ) -> list[list[Detection]]:
    """The faces that ONet sees in the squares."""
    crops = _crop(images, squares, networks.ONET_SIDE)
    outputs = _run(networks.onet, self._onet, crops, self._batches[2])
    decided = []
    for image, proposed, (scores, offsets, landmarks) in zip(
      images, squares, outputs, strict=True
    ):
      sure = scores > self._thresholds[2]
      found = boxes.shift(proposed[sure], offsets[sure])
      marks = boxes.place(proposed[sure], landmarks[sure])
      scores = scores[sure]
      best = boxes.suppress(found, scores, _ALL_LEVELS, of_smaller=True)
      found = boxes.limit(found[best], image.shape)
      decided.append(
        [
          _detection(*face)
          for face in zip(found, scores[best], marks[best], strict=True)
        ]
      )
    return decided


def _groups(images: Sequence[np.ndarray]) -> Iterator[Sequence[np.ndarray]]:
  """Images in groups that are small enough to be in work at once."""
  start = pixels = 0
  for i, image in enumerate(images):
    size = image.shape[0] * image.shape[1]
    if i > start and pixels + size > _PIXELS:
      yield images[start:i]
      start, pixels = i, 0
    pixels += size
  if start < len(images):
    yield images[start:]


def _run(
  network: Callable[..., tuple[jax.Array, ...]],
  weights: networks.Weights,
  inputs: Sequence[np.ndarray],
  batch: int,
) -> Iterator[tuple[np.ndarray, ...]]:
  """A network's outputs for each of many arrays, in batches of one size.

  Zeros fill up the last batch, so that one program serves any number.

  Args:
    network: a function of weights and (batch, ...) to outputs (batch, ...).
    weights: the network's.
    inputs: (N, ...) float32; N may differ and be 0.
    batch: inputs in one call.

  Yields:
    The outputs (N, ...) for each array.
  """
  rows = itertools.chain.from_iterable(inputs)
  outputs = []
  # At least one call, for the shapes of no outputs.
  while (group := list(itertools.islice(rows, batch))) or not outputs:
    padded = np.zeros((batch, *inputs[0].shape[1:]), np.float32)
    if group:
      np.stack(group, out=padded[: len(group)])
    outputs.append(network(weights, padded))
  whole = [np.concatenate(parts) for parts in zip(*outputs, strict=True)]
  start = 0
  for array in inputs:
    yield tuple(part[start : start + len(array)] for part in whole)
    start += len(array)


def _merge(
  levels: Sequence[tuple[np.ndarray, np.ndarray]],
) -> np.ndarray:
  """The best squares (N, 4) of all sizes of an image."""
  if not levels:
    return np.empty((0, 4))
  found, scores = map(np.concatenate, zip(*levels, strict=True))
  best = boxes.suppress(found, scores, _ALL_LEVELS)
  return boxes.square(found[best])


def _crop(
  images: Sequence[np.ndarray], squares: Sequence[np.ndarray], side: int
) -> list[np.ndarray]:
  return [
    boxes.crop(image, proposed, side)
    for image, proposed in zip(images, squares, strict=True)
  ]


def _detection(
  edges: np.ndarray, score: np.ndarray, landmarks: np.ndarray
) -> Detection:
  left, top, right, bottom = edges.tolist()
  eyes = (tuple(landmarks[0].tolist()), tuple(landmarks[1].tolist()))
  box = Box(left, top, right - left, bottom - top, float(score), eyes)
  return Detection(box, landmarks)
