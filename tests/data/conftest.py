"""Faces to test with: drawn here, and real ones where they are at hand."""

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter


@pytest.fixture
def real_faces() -> Path:
  """The folder of real faces, named by the environment."""
  named = os.environ.get("JAXFER_REAL_FACES", "")
  if not named:
    pytest.skip("no real faces: JAXFER_REAL_FACES is not set")
  folder = Path(named)
  if not folder.is_dir():
    pytest.skip(f"no real faces: JAXFER_REAL_FACES={named} is no folder")
  return folder


@pytest.fixture(scope="session")
def draw_face():
  """Draws a frontal face that fills some 70 % of a grey square."""

  def draw(side: int) -> Image.Image:
    image = Image.new("RGB", (side, side), (150, 150, 150))
    pen = ImageDraw.Draw(image)

    def ellipse(x, y, rx, ry, colour):
      corners = np.array([x - rx, y - ry, x + rx, y + ry]) * side / 100
      pen.ellipse(corners.tolist(), fill=colour)

    ellipse(50, 48, 32, 40, (60, 40, 30))  # hair
    ellipse(50, 53, 27, 36, (215, 180, 155))  # skin
    for x in (38, 62):
      ellipse(x, 46, 7, 3.4, (150, 110, 90))  # lids
      ellipse(x, 46, 5, 2.4, (240, 240, 240))
      ellipse(x, 46, 2.4, 2.4, (30, 20, 20))  # pupil
      ellipse(x, 39.5, 7.5, 1.4, (70, 45, 35))  # brow
    ellipse(50, 56, 3, 8, (232, 198, 172))  # nose
    ellipse(50, 64, 5, 1.6, (150, 105, 90))
    ellipse(50, 73, 9, 2.4, (160, 70, 70))  # mouth
    ellipse(50, 79, 7, 1.2, (190, 150, 130))
    return image.filter(ImageFilter.GaussianBlur(side / 100))

  return draw


@pytest.fixture
def write_image():
  """Writes a small image of noise, and folders above it as needed."""

  def write(path: Path, size=(24, 24), seed: int = 0, **options) -> np.ndarray:
    shape = (size[1], size[0], 3)
    pixels = np.random.default_rng(seed).integers(0, 256, shape, np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path, **options)
    return pixels

  return write
