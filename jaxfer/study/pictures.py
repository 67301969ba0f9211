"""Pictures of a study: files that differ in nothing but their pixels."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageDraw, ImageFont

_FILLED = 0.92  # of a picture's width, by its word
_INK = (0, 0, 0)
_LIGHT = 150  # the darkest ground that a word is printed on


def encode(picture: np.ndarray) -> bytes:
  """A PNG of uint8 (H, W, 3) whose length tells its size and nothing else.

  Stored rather than compressed: the smoother a face, the smaller it would be
  compressed, and generated faces are smoother.
  """
  buffer = io.BytesIO()
  image = Image.fromarray(np.ascontiguousarray(picture))
  image.save(buffer, format="PNG", compress_level=0)
  return buffer.getvalue()


def word(text: str, size: int, rng: np.random.Generator) -> np.ndarray:
  """A word as large as fits on a light ground, uint8 (size, size, 3).

  `rng` draws the ground's colour.
  """
  ground = tuple(int(v) for v in rng.integers(_LIGHT, 256, 3))
  image = Image.new("RGB", (size, size), ground)
  draw = ImageDraw.Draw(image)
  height = size
  font = ImageFont.load_default(size=height)
  while draw.textlength(text, font=font) > _FILLED * size:
    height -= 1
    font = ImageFont.load_default(size=height)
  draw.text((size / 2, size / 2), text, fill=_INK, font=font, anchor="mm")
  return np.asarray(image)
