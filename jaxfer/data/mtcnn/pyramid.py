"""An image at falling sizes, cut into tiles of one shape for PNet.

One shape for all images and sizes means one compiled program.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import cv2
import numpy as np

from jaxfer.data.mtcnn.networks import CELL, STRIDE

CELLS = 24  # PNet's cells along each side of a tile
STEP = CELLS * STRIDE  # pixels from a tile to the next
TILE = STEP + CELL - STRIDE  # side of a tile in pixels; they overlap
_FACTOR = 0.709  # from one size of the image to the next


@dataclasses.dataclass(frozen=True)
class Level:
  """One size of an image."""

  scale: float  # by which the image was reduced
  # Rows and columns of PNet's cells that lie on the picture.
  cells: tuple[int, int]
  # (rows × columns, TILE, TILE, 3) float32, (value - 127.5) / 128; NaN where
  # the picture has ended.
  tiles: np.ndarray
  columns: int  # of tiles

  def positions(self, cells: tuple[np.ndarray, ...]) -> np.ndarray:
    """Column and row (N, 2) of cells in the level's grid.

    Of cells, tile, row and column in it are given, (N,) each.
    """
    tile, row, column = cells
    rows = tile // self.columns * CELLS + row
    columns = tile % self.columns * CELLS + column
    return np.stack([columns, rows], axis=1)


def scales(size: tuple[int, int], min_face_size: float) -> list[float]:
  """Reductions under which PNet sees faces of all sizes.

  The first makes the smallest face as large as PNet's square; there are as many
  as leave the image's shorter side at least that long. Sizes are in pixels.
  """
  scale, found = CELL / min_face_size, []
  while min(size) * scale >= CELL:
    found.append(scale)
    scale *= _FACTOR
  return found


def levels(image: np.ndarray, min_face_size: float) -> Iterator[Level]:
  """The sizes of an (H, W, 3) uint8 image, largest first; see `scales`."""
  height, width = image.shape[:2]
  full = image.astype(np.float32)
  for scale in scales((height, width), min_face_size):
    size = (int(width * scale), int(height * scale))
    reduced = cv2.resize(full, size, interpolation=cv2.INTER_AREA)
    yield _cut((reduced - 127.5) / 128, scale)


def _cut(picture: np.ndarray, scale: float) -> Level:
  height, width = picture.shape[:2]
  cells = (_cells(height), _cells(width))
  rows, columns = (-(-count // CELLS) for count in cells)
  canvas = np.full(
    (rows * STEP + TILE - STEP, columns * STEP + TILE - STEP, 3),
    np.nan,
    np.float32,
  )
  canvas[:height, :width] = picture
  tiles = np.lib.stride_tricks.sliding_window_view(canvas, (TILE, TILE), (0, 1))
  tiles = tiles[::STEP, ::STEP].transpose(0, 1, 3, 4, 2)
  tiles = tiles.reshape(-1, TILE, TILE, 3)
  return Level(scale, cells, tiles, columns)


def _cells(pixels: int) -> int:
  """PNet's cells along a side; the last may reach a pixel beyond it."""
  return -(-(pixels - CELL) // STRIDE) + 1
