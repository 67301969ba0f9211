"""Multi-task cascaded convolutional networks: faces and their eyes.

Zhang et al., IEEE SPL 23(10), 2016. Three networks, each refining what the
one before proposed. Thresholds and geometry are those of the package mtcnn
1.0.0, whose weights are used and whose faces are found.
"""

from __future__ import annotations

from collections.abc import Callable

import jax
import numpy as np

from jaxfer import parallel
from jaxfer.data.detect import Box
from jaxfer.data.mtcnn import boxes, networks, pyramid

# Overlaps that two faces may have: in one size of the picture, and over all.
_ONE_LEVEL, _ALL_LEVELS = 0.5, 0.7

# Probabilities above which each of the three says that there is a face.
_THRESHOLDS = (0.6, 0.7, 0.8)

# Inputs that one call of a network takes on a CPU, which works best out of its
# caches, and on others.
_BATCHES = {"pnet": (8, 256), "rnet": (32, 512), "onet": (4, 128)}


def detect(image: np.ndarray, min_face_size: float) -> list[Box]:
  """All faces of an image (H, W, 3) uint8 RGB, surest first.

  The side of the smallest face is in pixels, 12 or more. Boxes lie within the
  image, but eyes may not; a box's confidence is the last network's probability
  that it is a face.

  Raises:
    FileNotFoundError: if the package that carries the weights is missing.
    ValueError: for damaged weights.
  """
  return _decide(image, _refine(image, _propose(image, min_face_size)))


def _propose(image: np.ndarray, min_face_size: float) -> np.ndarray:
  """Squares (N, 4) that may hold a face."""
  levels = [*pyramid.levels(image, min_face_size)]
  if not levels:
    return np.empty((0, 4))
  tiles = np.concatenate([level.tiles for level in levels])
  outputs = _run("pnet", networks.pnet, tiles)
  ends = np.cumsum([len(level.tiles) for level in levels])[:-1]
  scores, offsets = (np.split(part, ends) for part in outputs)
  read = [_read(*one) for one in zip(levels, scores, offsets, strict=True)]
  found, scores = map(np.concatenate, zip(*read, strict=True))
  best = boxes.suppress(found, scores, _ALL_LEVELS)
  return boxes.square(found[best])


def _refine(image: np.ndarray, squares: np.ndarray) -> np.ndarray:
  """The squares (N, 4) in which RNet still sees a face."""
  crops = boxes.crop(image, squares, networks.RNET_SIDE)
  scores, offsets = _run("rnet", networks.rnet, crops)
  sure = scores > _THRESHOLDS[1]
  found = boxes.shift(squares[sure], offsets[sure])
  best = boxes.suppress(found, scores[sure], _ALL_LEVELS)
  return boxes.square(found[best])


def _decide(image: np.ndarray, squares: np.ndarray) -> list[Box]:
  """The faces that ONet sees in the squares."""
  crops = boxes.crop(image, squares, networks.ONET_SIDE)
  scores, offsets, landmarks = _run("onet", networks.onet, crops)
  sure = scores > _THRESHOLDS[2]
  found = boxes.shift(squares[sure], offsets[sure])
  eyes = boxes.place(squares[sure], landmarks[sure, :, :2])
  scores = scores[sure]
  best = boxes.suppress(found, scores, _ALL_LEVELS, of_smaller=True)
  found = boxes.limit(found[best], image.shape)
  rows = (found.tolist(), scores[best].tolist(), eyes[best].tolist())
  return [
    Box(x0, y0, x1 - x0, y1 - y0, score, (tuple(left), tuple(right)))
    for (x0, y0, x1, y1), score, (left, right) in zip(*rows, strict=True)
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
  name: str,
  network: Callable[..., tuple[jax.Array, ...]],
  inputs: np.ndarray,
) -> list[np.ndarray]:
  """A network's outputs (N, ...) for inputs (N, ...), in batches of one size.

  Zeros fill up the last batch, so that one program serves any number.
  """
  batch = _BATCHES[name][jax.default_backend() != "cpu"]
  weights = networks.load(name)
  outputs = [
    network(weights, part) for part, _ in parallel.padded(inputs, batch)
  ]
  whole = (np.concatenate(parts) for parts in zip(*outputs, strict=True))
  return [part[: len(inputs)] for part in whole]
