"""Structural similarity of two images, at one scale and at three.

Windows are Gaussian, 11 pixels wide with σ = 1.5, and lie wholly within the
image; K₁ = 0.01, K₂ = 0.03, L = 255; colours are compared channel by channel
and averaged.
"""

from __future__ import annotations

import functools

import jax
import jax.numpy as jnp
import numpy as np

from jaxfer.metrics.manifold import blocks

WINDOW, SIGMA = 11, 1.5  # pixels
C1, C2 = 0.01**2, 0.03**2  # of images in [0, 1]
WEIGHTS = np.array([0.0448, 0.2856, 0.3001]) / 0.6305
"""Of three scales, finest first: of Wang's five, made to sum to one."""

SCALES = {"ssim": 1, "ms_ssim": len(WEIGHTS)}
"""Both similarities, by the scales that they look at."""

_BLOCK = 128

_Windows = tuple[jax.Array, ...]


def of_pairs(a: np.ndarray, b: np.ndarray, scales: int) -> np.ndarray:
  """SSIM of each image with its counterpart; of several scales MS-SSIM.

  Five scales, as Wang has them, need 176 pixels. Each coarser scale is the mean
  over 2×2 pixels, and a negative mean, which has no fractional power, counts as
  zero.

  Args:
    a: (P, H, W, C) uint8, at least 11 pixels high and wide; for three scales
      multiples of 4 and at least 44.
    b: the same shape.
    scales: a value of `SCALES`.

  Returns:
    (P,) float64 in [-1, 1]; of several scales in [0, 1].

  Raises:
    ValueError: if they are not uint8 images of one shape, or too small.

  Reference: Wang et al., IEEE Trans. Image Processing 13(4), 2004; Wang,
  Simoncelli & Bovik, Asilomar 2003, equation 7.
  """
  check(a, b, scales)
  if len(a) != len(b):
    raise ValueError(f"{len(a)} and {len(b)} images do not make pairs")
  values = np.empty(len(a))
  for rows in blocks(len(a), _BLOCK):
    values[rows] = _each_with_its_own(a[rows], b[rows], scales)
  return values


def of_all(a: np.ndarray, b: np.ndarray, scales: int) -> np.ndarray:
  """Similarity of each image with each of others.

  Args:
    a: (M, H, W, C) uint8, of a size as `of_pairs` asks for.
    b: (N, H, W, C) uint8.
    scales: a value of `SCALES`.

  Returns:
    (M, N) float32.

  Raises:
    ValueError: if they are not uint8 images of one shape, or too small.
  """
  check(a, b, scales)
  found = np.empty((len(a), len(b)), np.float32)
  for rows in blocks(len(a), _BLOCK):
    for columns in blocks(len(b), _BLOCK):
      found[rows, columns] = _each_with_all(a[rows], b[columns], scales)
  return found


def least_side(scales: int) -> int:
  """Pixels of the smallest image in which a window fits at every scale."""
  return WINDOW * 2 ** (scales - 1)


def check(a: np.ndarray, b: np.ndarray, scales: int) -> None:
  """Raises ValueError for what cannot be compared at so many scales."""
  if a.dtype != np.uint8 or b.dtype != np.uint8:
    raise ValueError(
      f"images are {a.dtype} and {b.dtype}, not uint8: scale them to 0..255"
    )
  if a.ndim != 4 or a.shape[1:] != b.shape[1:]:
    raise ValueError(
      f"images have shapes {a.shape} and {b.shape}, not (N, H, W, C) of one"
      " size: crop them alike"
    )
  sides, least = a.shape[1:3], least_side(scales)
  step = least // WINDOW
  if min(sides) < least or any(side % step for side in sides):
    raise ValueError(
      f"images are {sides[0]}×{sides[1]} pixels: sides must be at least"
      f" {least} and multiples of {step}; take other crops"
    )


@functools.partial(jax.jit, static_argnames="scales")
def _each_with_its_own(a: jax.Array, b: jax.Array, scales: int) -> jax.Array:
  return _compare(_pyramid(_planes(a), scales), _pyramid(_planes(b), scales))


@functools.partial(jax.jit, static_argnames="scales")
def _each_with_all(a: jax.Array, b: jax.Array, scales: int) -> jax.Array:
  """(P, Q) of each image of a with each of b."""
  y = _pyramid(_planes(b), scales)
  return jax.lax.map(
    lambda x: _compare(_pyramid(x[None], scales), y), _planes(a)
  )


def _pyramid(x: jax.Array, scales: int) -> list[_Windows]:
  """Windows of planes at each scale, finest first."""
  found = [_windows(x)]
  for _ in range(scales - 1):
    x = _halved(x)
    found.append(_windows(x))
  return found


def _compare(a: list[_Windows], b: list[_Windows]) -> jax.Array:
  """(N,) SSIM of one scale; of several their weighted product."""
  *finer, (whole, _) = [_means(x, y) for x, y in zip(a, b, strict=True)]
  if not finer:
    return whole.mean(1)
  *weights, last = WEIGHTS.tolist()
  product = jnp.maximum(whole, 0) ** last
  for weight, (_, structure) in zip(weights, finer, strict=True):
    product *= jnp.maximum(structure, 0) ** weight
  return product.mean(1)


def _planes(images: jax.Array) -> jax.Array:
  """(N, C, H, W) in [0, 1]."""
  return images.transpose(0, 3, 1, 2).astype(jnp.float32) / 255


def _windows(x: jax.Array) -> _Windows:
  """Planes and window means about the plane's mean, variances, levels."""
  # In float32, E[x²] − E[x]² keeps most digits about zero.
  level = x.mean((2, 3), keepdims=True)
  x = x - level
  mean = _blur(x)
  return x, mean, _blur(x * x) - mean * mean, mean + level


def _means(a: _Windows, b: _Windows) -> tuple[jax.Array, jax.Array]:
  """SSIM, and its contrast-structure part, over all windows, (N, C)."""
  (x, mean_x, var_x, level_x), (y, mean_y, var_y, level_y) = a, b
  covariance = _blur(x * y) - mean_x * mean_y
  structure = (2 * covariance + C2) / (var_x + var_y + C2)
  luminance = 2 * level_x * level_y + C1
  luminance /= level_x * level_x + level_y * level_y + C1
  return (luminance * structure).mean((2, 3)), structure.mean((2, 3))


def _blur(x: jax.Array) -> jax.Array:
  """Windowed means, as two matrix products."""
  down, across = (jnp.asarray(_band(side)) for side in x.shape[2:])
  # TF32, the default on some devices, has three digits.
  return jnp.einsum("ph,nchw,qw->ncpq", down, x, across, precision="highest")


@functools.cache
def _band(side: int) -> np.ndarray:
  """(side − 10, side) float32: row i weighs pixels i to i + 10."""
  taps = np.exp(-0.5 * ((np.arange(WINDOW) - WINDOW // 2) / SIGMA) ** 2)
  bands = [np.eye(side - WINDOW + 1, side, k) for k in range(WINDOW)]
  return np.tensordot(taps / taps.sum(), bands, 1).astype(np.float32)


def _halved(x: jax.Array) -> jax.Array:
  n, channels, height, width = x.shape
  return x.reshape(n, channels, height // 2, 2, width // 2, 2).mean((3, 5))
