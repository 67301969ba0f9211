"""What stands behind a face in the wild: walls, shapes, lights, blurred."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

_PLACES = (
  # Walls, wood, foliage, dusk, daylight: dark and light end of each.
  ((0.35, 0.33, 0.30), (0.75, 0.72, 0.66)),
  ((0.16, 0.09, 0.05), (0.58, 0.40, 0.24)),
  ((0.06, 0.13, 0.05), (0.52, 0.64, 0.34)),
  ((0.04, 0.05, 0.11), (0.35, 0.34, 0.44)),
  ((0.42, 0.52, 0.62), (0.90, 0.93, 0.96)),
)


def draw(
  rng: np.random.Generator, size: tuple[int, int], *, crowd: float = 0.2
) -> np.ndarray:
  """Draws a background, (3, H, W) float32 in [0, 1].

  In a share `crowd` of them, other heads stand.
  """
  width, height = size
  dark, light = map(np.array, _PLACES[int(rng.integers(len(_PLACES)))])
  page = Image.new("RGB", size, _colour(rng, dark, light))
  pen = ImageDraw.Draw(page)
  side = min(size)
  for _ in range(int(rng.integers(3, 14))):
    fill = _colour(rng, dark, light)
    x, y = rng.uniform(-0.2, 1.1, 2) * size
    w, h = side * rng.uniform(0.05, 0.6, 2)
    kind = rng.random()
    if kind < 0.35:
      pen.rectangle((x, y, x + w, y + h), fill)
    elif kind < 0.65:
      pen.ellipse((x, y, x + w, y + h), fill)
    elif kind < 0.85:  # posts, shelves, branches
      slope = rng.normal(0.0, 0.4)
      thick = max(1, round(side * rng.uniform(0.01, 0.08)))
      pen.line((x, 0, x + slope * height, height), fill, thick)
    else:  # a lamp or a window
      bright = _colour(rng, np.array((0.85, 0.8, 0.7)), np.ones(3))
      pen.ellipse((x, y, x + 0.4 * w, y + 0.4 * w), bright)
  if rng.random() < crowd:
    _head(rng, pen, size)
  soft = side * rng.uniform(0.004, 0.05)
  page = page.filter(ImageFilter.GaussianBlur(soft))
  planes = np.asarray(page, np.float32) / 255.0
  rough = rng.normal(0.0, 0.02, (height, width, 1)).astype(np.float32)
  planes = np.clip(planes + rough * rng.random(), 0.0, 1.0)
  return np.ascontiguousarray(np.moveaxis(planes, -1, 0), np.float32)


def _head(rng, pen: ImageDraw.ImageDraw, size: tuple[int, int]) -> None:
  """Somebody else, turned away or too far to have a face."""
  width, height = size
  x = width * rng.choice([rng.uniform(-0.05, 0.15), rng.uniform(0.85, 1.05)])
  y, r = height * rng.uniform(0.25, 0.6), width * rng.uniform(0.10, 0.2)
  cloth, hair = (_colour(rng, np.zeros(3), np.full(3, 0.5)) for _ in "ab")
  skin = _colour(rng, np.array((0.5, 0.34, 0.25)), np.array((0.9, 0.72, 0.6)))
  pen.ellipse((x - 2 * r, y + 1.2 * r, x + 2 * r, y + 6 * r), cloth)
  pen.ellipse((x - r, y - 1.4 * r, x + r, y + 1.3 * r), skin)
  pen.pieslice((x - r, y - 1.5 * r, x + r, y + 1.3 * r), 180, 360, hair)


def _colour(rng, dark: np.ndarray, light: np.ndarray) -> tuple[int, int, int]:
  mixed = dark + (light - dark) * rng.random() + rng.normal(0.0, 0.05, 3)
  red, green, blue = (np.clip(mixed, 0.0, 1.0) * 255).round().astype(int)
  return int(red), int(green), int(blue)
