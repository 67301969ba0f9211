"""A contact sheet: people by emotions, the emotions named above."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from jaxfer import facs
from jaxfer.data.standin import rafd

_MARGIN = 4  # pixels between photographs


def write(path: Path, *, people: int, seed: int, width: int) -> None:
  """Draws a contact sheet of frontal stand-ins.

  Args:
    path: the image file; its suffix names the format.
    people: number of rows, spread evenly over Radboud's population.
    seed: of the set.
    width: of one photograph in pixels.

  Raises:
    ValueError: if people is not between 1 and the size of the population.
  """
  if not 1 <= people <= len(rafd.POPULATION):
    raise ValueError(
      f"people={people} is not between 1 and {len(rafd.POPULATION)}"
    )
  chosen = np.linspace(0, len(rafd.POPULATION) - 1, people).round().astype(int)
  first = rafd.photograph(seed, 0, "neutral", width=width, gazes=(0.0,))
  step = np.array([width, first.shape[1]]) + _MARGIN
  head = max(14, width // 8)
  columns = len(facs.EMOTIONS)
  size = (columns * step[0] + _MARGIN, people * step[1] + head + _MARGIN)
  page = Image.new("RGB", tuple(int(side) for side in size), "white")
  pen = ImageDraw.Draw(page)
  font = ImageFont.load_default(size=max(9, width // 11))
  for column, emotion in enumerate(facs.EMOTIONS):
    middle = _MARGIN + column * int(step[0]) + width // 2
    pen.text((middle, head // 2 + 2), emotion, "black", font, anchor="mm")
    for row, person in enumerate(chosen):
      (face,) = rafd.photograph(
        seed, int(person), emotion, width=width, gazes=(0.0,)
      )
      corner = (
        _MARGIN + column * int(step[0]),
        head + _MARGIN + row * int(step[1]),
      )
      page.paste(Image.fromarray(face), corner)
  path.parent.mkdir(parents=True, exist_ok=True)
  page.save(path)
