"""What bad cameras and copies do to a photograph."""

from __future__ import annotations

import io
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageFilter


class Faults(NamedTuple):
  """How a photograph suffers."""

  blur: float  # standard deviation of focus, as a share of the width
  motion: float  # length of a smear, as a share of the width
  angle: float  # of the smear in radians
  coarse: float  # factor by which the picture was once smaller, 1 or more
  light: float  # factor on all brightness
  gamma: float  # above 1 swallows the shadows
  cast: np.ndarray  # (3,) factors on red, green, blue
  grain: float  # standard deviation of noise in grey levels
  grey: bool  # whether the colour is gone
  quality: int  # of a former JPEG, 1 to 95


def draw(
  rng: np.random.Generator, *, blurred: float, dark: float, grey: float
) -> Faults:
  """Draws the faults of one photograph.

  Of all photographs a share is `blurred` (out of focus, smeared or coarse),
  `dark` (taken in low light, with noise) and `grey` (without colour).
  """
  u = rng.uniform
  kind = int(rng.integers(3)) if rng.random() < blurred else -1
  low = rng.random() < dark
  cast = 1.0 + rng.normal(0.0, 0.04, 3)
  return Faults(
    blur=u(0.008, 0.018) if kind == 0 else u(0.0, 0.004),
    motion=u(0.03, 0.07) if kind == 1 else 0.0,
    angle=u(0.0, np.pi),
    coarse=u(1.6, 2.8) if kind == 2 else 1.0,
    light=u(0.5, 0.75) if low else u(0.85, 1.12),
    gamma=u(1.0, 1.35) if low else u(0.85, 1.15),
    cast=cast,
    grain=u(3.0, 7.0) if low else u(0.0, 3.0),
    grey=bool(rng.random() < grey),
    quality=int(rng.integers(45, 90)),
  )


def expose(
  rng: np.random.Generator, photo: np.ndarray, faults: Faults
) -> np.ndarray:
  """Takes a photograph, (H, W, 3) uint8, again with faults and grain."""
  height, width = photo.shape[:2]
  page = Image.fromarray(photo)
  if faults.coarse > 1.0:
    small = (
      max(8, round(width / faults.coarse)),
      max(8, round(height / faults.coarse)),
    )
    page = page.resize(small, Image.Resampling.BOX)
    page = page.resize((width, height), Image.Resampling.BICUBIC)
  if faults.blur * width > 0.2:
    page = page.filter(ImageFilter.GaussianBlur(faults.blur * width))
  values = np.asarray(page, np.float32) / 255.0
  values = _smear(values, faults.motion * width, faults.angle)
  cast = faults.cast.astype(np.float32)
  values = faults.light * values**faults.gamma * cast
  if faults.grey:
    values = np.repeat(values.mean(axis=2, keepdims=True), 3, axis=2)
  grain = rng.normal(0.0, faults.grain / 255.0, (height, width, 1))
  values = np.clip(values + grain, 0.0, 1.0)
  page = Image.fromarray((255.0 * values + 0.5).astype(np.uint8))
  buffer = io.BytesIO()
  page.save(buffer, "JPEG", quality=faults.quality)
  return np.asarray(Image.open(buffer))


def _smear(values: np.ndarray, length: float, angle: float) -> np.ndarray:
  """The mean of copies shifted along a line, at the border repeated."""
  steps = round(length)
  if steps < 2:
    return values
  offsets = np.linspace(-0.5, 0.5, steps) * length
  columns = np.rint(offsets * np.cos(angle)).astype(int)
  rows = np.rint(offsets * np.sin(angle)).astype(int)
  reach = steps
  wide = np.pad(values, ((reach, reach), (reach, reach), (0, 0)), "edge")
  height, width = values.shape[:2]
  total = np.zeros_like(values)
  for row, column in zip(rows, columns, strict=True):
    top, left = reach + row, reach + column
    total += wide[top : top + height, left : left + width]
  return total / steps
