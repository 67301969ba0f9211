"""How three codes bring an image to the size and scale that Inception sees.

Each resizes along one axis and then the other, and each such step is linear:
a matrix. The same faces give another distance in each dialect, so a number is
named by its dialect.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np

from jaxfer.metrics.inception.network import SIDE


@dataclasses.dataclass(frozen=True)
class Dialect:
  """One code's way."""

  # From an axis' pixels n to the matrix (299, n) float32 that resizes it.
  resize: Callable[[int], np.ndarray]
  centre: float  # what pixel value becomes 0
  half_range: float  # how many pixel values further become 1
  # Whether values outside 0 … 255 are cut off; bicubic resizing makes some.
  clip: bool


def prepare(images: jax.Array, dialect: str) -> jax.Array:
  """What a dialect shows the network.

  Args:
    images: (N, H, W, 3) uint8.
    dialect: a name in `DIALECTS`.

  Returns:
    (N, 299, 299, 3) float32, in [-1, 1].

  Raises:
    ValueError: if there is no such dialect, or the images are of another type
      or shape.
  """
  if dialect not in DIALECTS:
    raise ValueError(f"dialect={dialect!r} is not one of {', '.join(DIALECTS)}")
  if images.dtype != np.uint8 or images.ndim != 4 or images.shape[-1] != 3:
    raise ValueError(
      f"images are {images.dtype} of shape {images.shape}, not uint8 of"
      " (N, H, W, 3): bring them to 0 … 255, and grey ones to three channels"
    )
  way = DIALECTS[dialect]
  down, across = (way.resize(size) for size in images.shape[1:3])
  x = images.astype(jnp.float32)
  # GPUs otherwise multiply in TF32, which has fewer digits than a pixel needs.
  with jax.default_matmul_precision("highest"):
    x = jnp.einsum("nhwc,jw->nhjc", x, across)
    x = jnp.einsum("nhjc,ih->nijc", x, down)
  if way.clip:
    x = jnp.clip(x, 0, 255)
  return (x - way.centre) / way.half_range


def _asymmetric(size: int) -> np.ndarray:
  """TensorFlow 1's bilinear resizing: pixels are points, the first at 0."""
  source = np.arange(SIDE, dtype=np.float32) * np.float32(size / SIDE)
  return _between(source, size)


def _half_pixel(size: int) -> np.ndarray:
  """PyTorch's bilinear resizing: pixels are squares, and centres are met."""
  target = np.arange(SIDE, dtype=np.float32) + np.float32(0.5)
  source = target * np.float32(size / SIDE) - np.float32(0.5)
  return _between(np.maximum(source, 0), size)


def _between(source: np.ndarray, size: int) -> np.ndarray:
  """Weights of the two pixels about each place; beyond the last is the last.

  In float32 as the codes have it: in float64 the weights of a wide image would
  differ in their fifth digit.
  """
  low = np.minimum(source.astype(int), size - 1)
  high = np.minimum(low + 1, size - 1)
  weight = source - low.astype(np.float32)
  matrix = np.zeros((SIDE, size), np.float32)
  np.add.at(matrix, (np.arange(SIDE), low), 1 - weight)
  np.add.at(matrix, (np.arange(SIDE), high), weight)
  return matrix


def _bicubic(size: int) -> np.ndarray:
  """Pillow's bicubic resizing; its kernel widens where an image shrinks."""
  widen = max(size / SIDE, 1.0)
  centre = (np.arange(SIDE) + 0.5) * (size / SIDE)
  away = np.abs(np.arange(size)[None] + 0.5 - centre[:, None]) / widen
  a = -0.5
  near = ((a + 2) * away - (a + 3)) * away**2 + 1
  far = (((away - 5) * away + 8) * away - 4) * a
  weight = np.where(away < 1, near, np.where(away < 2, far, 0))
  return (weight / weight.sum(1, keepdims=True)).astype(np.float32)


DIALECTS = {
  "torch-fidelity": Dialect(_asymmetric, 128, 128, clip=False),
  "pytorch-fid": Dialect(_half_pixel, 127.5, 127.5, clip=False),
  "clean-fid": Dialect(_bicubic, 128, 128, clip=True),
}
"""By name: torch-fidelity 0.4 (and TensorFlow 1's own FID), pytorch-fid 0.3,
and the mode `clean` of clean-fid 0.1 (Parmar et al., arXiv:2104.11222)."""
