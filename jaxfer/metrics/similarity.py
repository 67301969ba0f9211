"""Structural similarity, and two things that it says of generated faces.

SSIM compares two images. A generator's faces have no counterpart, so there is
no such thing as its SSIM: what is measured here has names of its own.

Windows are Gaussian, 11 pixels wide with σ = 1.5, and lie wholly within the
image; K₁ = 0.01, K₂ = 0.03, L = 255; colours are compared channel by channel
and averaged.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from jaxfer.metrics import bootstrap
from jaxfer.metrics.manifold import blocks

WINDOW, SIGMA = 11, 1.5  # pixels
C1, C2 = 0.01**2, 0.03**2  # of images in [0, 1]
WEIGHTS = np.array([0.0448, 0.2856, 0.3001]) / 0.6305
"""Of three scales, finest first: of Wang's five, made to sum to one."""

_BLOCK = 128


@dataclasses.dataclass(frozen=True)
class Reading:
  """A mean similarity of fakes, beside that of real faces.

  Attributes:
    value: of fakes; None where it is undefined.
    ci95: its interval, by drawing what it is a mean of; None likewise.
    floor: the same quantity of real faces among themselves; None likewise.
    floor_ci95: its interval; None likewise.
    reason: why either is undefined, else empty.
  """

  value: float | None = None
  ci95: list[float] | None = None
  floor: float | None = None
  floor_ci95: list[float] | None = None
  reason: str = ""


def ssim(a: np.ndarray, b: np.ndarray) -> np.ndarray:
  """SSIM of each image with its counterpart.

  Args:
    a: (P, H, W, C) uint8, at least 11 pixels high and wide.
    b: the same shape.

  Returns:
    (P,) float64 in [-1, 1].

  Raises:
    ValueError: if they are not uint8 images of one shape, or too small.

  Reference: Wang et al., IEEE Trans. Image Processing 13(4), 2004.
  """
  return _of_pairs(_ssim, a, b, scales=1)


def ms_ssim(a: np.ndarray, b: np.ndarray) -> np.ndarray:
  """Three-scale SSIM of each image with its counterpart.

  Five scales need 176 pixels. Each coarser scale is the mean over 2×2 pixels,
  and a negative mean, which has no fractional power, counts as zero.

  Args:
    a: (P, H, W, C) uint8; H and W are multiples of 4 and at least 44.
    b: the same shape.

  Returns:
    (P,) float64 in [0, 1].

  Raises:
    ValueError: if they are not uint8 images of one shape, or too small.

  Reference: Wang, Simoncelli & Bovik, Asilomar 2003, equation 7.
  """
  return _of_pairs(_ms_ssim, a, b, scales=len(WEIGHTS))


def nearest_real(
  fakes: np.ndarray,
  reals: np.ndarray,
  draws: int,
  seed: int,
  people: np.ndarray | None = None,
) -> Reading:
  """Mean over fakes of the greatest SSIM with any real face.

  High is not good: a generator that copies its training set scores 1. The
  floor is the mean over real faces of the greatest SSIM with any other; with
  `people`, with anybody else, since two pictures of a person may be all but
  one picture. Grey images (C = 1) take a third of the time.

  Args:
    fakes: (M, H, W, C) uint8.
    reals: (N, H, W, C) uint8.
    draws: bootstrap draws: of fakes, and of people for the floor.
    seed: fixes them.
    people: (N,) who is on each real face, or None for all different.

  Returns:
    Both means.

  Raises:
    ValueError: if they are not uint8 images of one shape, or too small.
  """
  _check(fakes, reals, scales=1)
  who = np.arange(len(reals)) if people is None else np.asarray(people)
  if len(who) != len(reals):
    raise ValueError(
      f"{len(who)} people for {len(reals)} real faces: name one for each"
    )
  if not len(fakes) or not len(reals):
    return Reading(reason=f"{len(fakes)} fakes and {len(reals)} real faces")
  best = _nearest(fakes, reals)
  value = float(best.mean())
  ci95 = _interval(best, np.arange(len(best)), draws, seed)
  names, who = np.unique(who, return_inverse=True)
  if len(names) < 2:
    return Reading(value, ci95, reason="real faces are all of one person")
  best = _nearest(reals, reals, who)
  floor_ci95 = _interval(best, who, draws, seed)
  return Reading(value, ci95, float(best.mean()), floor_ci95)


def fake_pairs(
  fakes: np.ndarray, reals: np.ndarray, pairs: int, draws: int, seed: int
) -> Reading:
  """Mean MS-SSIM over random pairs of fakes: a generator's sameness.

  Above the floor, which is as many random pairs of real faces, fakes are more
  alike than faces are. No image is in two pairs: they are independent.

  Args:
    fakes: (M, H, W, C) uint8.
    reals: (N, H, W, C) uint8.
    pairs: how many of each, at least 1.
    draws: bootstrap draws, of pairs.
    seed: fixes the pairs and the draws.

  Returns:
    Both means; undefined where there are fewer than 2 · pairs of either.

  Raises:
    ValueError: if they are not uint8 images of one shape, or too small.

  Reference: Odena, Olah & Shlens, arXiv:1610.09585, section 4.2.
  """
  _check(fakes, reals, scales=len(WEIGHTS))
  if pairs < 1:
    raise ValueError(f"pairs={pairs} must be at least 1")
  if min(len(fakes), len(reals)) < 2 * pairs:
    reason = f"{pairs} pairs need twice as many images; there are"
    reason += f" {len(fakes)} fakes and {len(reals)} real faces"
    return Reading(reason=reason)
  found = []
  for images in (fakes, reals):
    order = np.random.default_rng(seed).permutation(len(images))
    values = ms_ssim(images[order[:pairs]], images[order[pairs : 2 * pairs]])
    ci95 = _interval(values, np.arange(pairs), draws, seed)
    found += [float(values.mean()), ci95]
  return Reading(*found)


def _interval(
  values: np.ndarray, units: np.ndarray, draws: int, seed: int
) -> list[float] | None:
  weights = bootstrap.draw_weights(int(units.max()) + 1, draws, seed)
  sums = weights @ np.bincount(units, values)
  return bootstrap.interval(sums / (weights @ np.bincount(units)))


def _nearest(
  images: np.ndarray, others: np.ndarray, who: np.ndarray | None = None
) -> np.ndarray:
  """Greatest SSIM of each with any other; with `who`, of another person."""
  best = np.full(len(images), -np.inf)
  for rows in blocks(len(images), _BLOCK):
    for columns in blocks(len(others), _BLOCK):
      found = np.array(_ssim_of_all(images[rows], others[columns]), float)
      if who is not None:
        found[who[rows, None] == who[None, columns]] = -np.inf
      best[rows] = np.maximum(best[rows], found.max(1))
  return best


def _of_pairs(
  compare: Callable[..., Any], a: np.ndarray, b: np.ndarray, scales: int
) -> np.ndarray:
  _check(a, b, scales)
  if len(a) != len(b):
    raise ValueError(f"{len(a)} and {len(b)} images do not make pairs")
  values = np.empty(len(a))
  for rows in blocks(len(a), _BLOCK):
    values[rows] = compare(a[rows], b[rows])
  return values


def _check(a: np.ndarray, b: np.ndarray, scales: int) -> None:
  if a.dtype != np.uint8 or b.dtype != np.uint8:
    raise ValueError(
      f"images are {a.dtype} and {b.dtype}, not uint8: scale them to 0..255"
    )
  if a.ndim != 4 or a.shape[1:] != b.shape[1:]:
    raise ValueError(
      f"images have shapes {a.shape} and {b.shape}, not (N, H, W, C) of one"
      " size: crop them alike"
    )
  sides, step = a.shape[1:3], 2 ** (scales - 1)
  if min(sides) < WINDOW * step or any(side % step for side in sides):
    raise ValueError(
      f"images are {sides[0]}×{sides[1]} pixels: sides must be at least"
      f" {WINDOW * step} and multiples of {step}; take other crops"
    )


@jax.jit
def _ssim(a: Any, b: Any) -> jax.Array:
  return _means(_windows(_planes(a)), _windows(_planes(b)))[0].mean(1)


@jax.jit
def _ssim_of_all(a: Any, b: Any) -> jax.Array:
  """(P, Q) of each image of a with each of b."""
  y = _windows(_planes(b))
  return jax.lax.map(
    lambda x: _means(_windows(x[None]), y)[0].mean(1), _planes(a)
  )


@jax.jit
def _ms_ssim(a: Any, b: Any) -> jax.Array:
  x, y = _planes(a), _planes(b)
  product = jnp.ones(x.shape[:2], x.dtype)
  *finer, coarsest = WEIGHTS.tolist()
  for weight in finer:
    _, structure = _means(_windows(x), _windows(y))
    product *= jnp.maximum(structure, 0) ** weight
    x, y = _halved(x), _halved(y)
  whole, _ = _means(_windows(x), _windows(y))
  return (product * jnp.maximum(whole, 0) ** coarsest).mean(1)


def _planes(images: jax.Array) -> jax.Array:
  """(N, C, H, W) in [0, 1]."""
  return images.transpose(0, 3, 1, 2).astype(jnp.float32) / 255


def _windows(x: jax.Array) -> tuple[jax.Array, ...]:
  """Planes and window means about the plane's mean, variances, levels."""
  # In float32, E[x²] − E[x]² keeps most digits about zero.
  level = x.mean((2, 3), keepdims=True)
  x = x - level
  mean = _blur(x)
  return x, mean, _blur(x * x) - mean * mean, mean + level


def _means(
  a: tuple[jax.Array, ...], b: tuple[jax.Array, ...]
) -> tuple[jax.Array, jax.Array]:
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
