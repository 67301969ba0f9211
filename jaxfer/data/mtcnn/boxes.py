"""Arithmetic of many boxes at once: left, top, right, bottom in pixels."""

from __future__ import annotations

import cv2
import numpy as np

_ROWS = 256  # boxes compared with all better ones at a time


def suppress(
  boxes: np.ndarray,
  scores: np.ndarray,
  threshold: float,
  *,
  of_smaller: bool = False,
) -> np.ndarray:
  """Non-maximum suppression of (N, 4) boxes in one pass.

  A box goes when it overlaps any better one, by (N,) scores, beyond the
  threshold, even one that goes itself. Overlap is measured by the union, or of
  the smaller box.

  Returns:
    Indices of the boxes that stay, best first; of equals the later is better.
  """
  # Sure scores round to the same float32, so ties are common.
  order = np.argsort(scores, kind="stable")[::-1]
  left, top, right, bottom = boxes[order].T
  area = (right - left) * (bottom - top)
  stays = np.ones(len(order), bool)
  for start in range(0, len(order), _ROWS):
    rows = slice(start, start + _ROWS)
    better = slice(0, start + _ROWS)
    wide = np.minimum(right[rows, None], right[None, better])
    wide -= np.maximum(left[rows, None], left[None, better])
    high = np.minimum(bottom[rows, None], bottom[None, better])
    high -= np.maximum(top[rows, None], top[None, better])
    shared = np.maximum(wide, 0) * np.maximum(high, 0)
    if of_smaller:
      whole = np.minimum(area[rows, None], area[None, better])
    else:
      whole = area[rows, None] + area[None, better] - shared
    too_much = np.tril(shared > threshold * whole, start - 1)
    stays[rows] = ~too_much.any(axis=1)
  return order[stays]


def square(boxes: np.ndarray) -> np.ndarray:
  """(N, 4) boxes widened about their centres to squares."""
  sides = boxes[:, 2:] - boxes[:, :2]
  longer = sides.max(axis=1, keepdims=True)
  corner = boxes[:, :2] + (sides - longer) / 2
  return np.concatenate([corner, corner + longer], axis=1)


def shift(boxes: np.ndarray, offsets: np.ndarray) -> np.ndarray:
  """(N, 4) boxes, each edge moved by a share (N, 4) of the box's side.

  Sides count both edge pixels, as they did when the networks were trained.
  """
  sides = boxes[:, 2:] - boxes[:, :2] + 1
  return boxes + offsets * np.concatenate([sides, sides], axis=1)


def limit(boxes: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
  """(N, 4) boxes within an image of shape (H, W, ...)."""
  last = np.array([shape[1], shape[0]] * 2) - 1
  return np.clip(boxes, 0, last)


def place(boxes: np.ndarray, landmarks: np.ndarray) -> np.ndarray:
  """Landmarks (N, 2, K) as shares of boxes (N, 4), to pixels (N, K, 2)."""
  sides = boxes[:, 2:] - boxes[:, :2] + 1
  pixels = landmarks * sides[:, :, None] + boxes[:, :2, None] - 1
  return pixels.transpose(0, 2, 1)


def crop(image: np.ndarray, boxes: np.ndarray, side: int) -> np.ndarray:
  """Cuts boxes (N, 4) out of an image, each to the same size, bilinearly.

  Of (H, W, 3) uint8; coordinates count from 0 to W and H. The outermost samples
  lie on the box's edges. Samples beyond the image are 0, its mid-grey.

  Returns:
    (N, side, side, 3) float32, (value - 127.5) / 128.
  """
  if not len(boxes):
    return np.empty((0, side, side, 3), np.float32)
  height, width = image.shape[:2]
  steps = np.linspace(0, 1, side)
  x, x_inside = _samples(boxes[:, 0], boxes[:, 2], steps, width)
  y, y_inside = _samples(boxes[:, 1], boxes[:, 3], steps, height)
  x0, y0 = x.astype(np.intp), y.astype(np.intp)
  x1, y1 = np.minimum(x0 + 1, width - 1), np.minimum(y0 + 1, height - 1)
  # Four bytes a pixel make one number each, which is gathered at once.
  opaque = cv2.cvtColor(np.ascontiguousarray(image), cv2.COLOR_RGB2RGBA)
  pixels = opaque.view(np.uint32).reshape(-1)

  def corner(rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    index = (rows * width)[:, :, None] + columns[:, None, :]
    found = pixels[index].view(np.uint8).reshape(*index.shape, 4)
    return found.astype(np.float32)

  across = (x - x0).astype(np.float32)[:, None, :, None]
  down = (y - y0).astype(np.float32)[:, :, None, None]
  upper, lower = corner(y0, x0), corner(y1, x0)
  upper += across * (corner(y0, x1) - upper)
  lower += across * (corner(y1, x1) - lower)
  upper += down * (lower - upper)
  faces = (upper[..., :3] - np.float32(127.5)) / np.float32(128)
  faces *= (y_inside[:, :, None] & x_inside[:, None, :])[..., None]
  return faces


def _samples(
  first: np.ndarray, last: np.ndarray, steps: np.ndarray, size: int
) -> tuple[np.ndarray, np.ndarray]:
  """Positions (N, side) within the image, and which had to be moved there."""
  ends = np.stack([first, last]) * ((size - 1) / size)
  places = ends[0][:, None] + steps[None] * (ends[1] - ends[0])[:, None]
  inside = (places >= 0) & (places <= size - 1)
  return np.clip(places, 0, size - 1), inside
