"""A contact sheet: people by emotions, the emotions named above."""

from __future__ import annotations

import collections
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from jaxfer import facs
from jaxfer.errors import UserError
from jaxfer.standin.layouts import rafd

_MARGIN = 4  # pixels between photographs


def write(path: Path, *, people: int, seed: int, width: int) -> None:
  """Draws a contact sheet of frontal stand-ins, a row for each of some people.

  The groups of the population take turns; the file's suffix names the format.

  Raises:
    ValueError: if people is not between 1 and the size of the population.
  """
  if not 1 <= people <= len(rafd.POPULATION):
    raise UserError(
      f"people={people} is not between 1 and {len(rafd.POPULATION)}"
    )
  chosen = _in_turns()[:people]
  size = rafd.LAYOUT.size_of(width)
  step_x, step_y = (side + _MARGIN for side in size)
  head = max(14, width // 8)
  page = Image.new(
    "RGB",
    (
      _MARGIN + len(facs.EMOTIONS) * step_x,
      _MARGIN + head + people * step_y,
    ),
    "white",
  )
  pen = ImageDraw.Draw(page)
  font = ImageFont.load_default(size=max(9, width // 11))
  frontal = list(rafd.GAZES).index("frontal")
  for column, emotion in enumerate(facs.EMOTIONS):
    left = _MARGIN + column * step_x
    pen.text(
      (left + width // 2, head // 2 + 2), emotion, "black", font, anchor="mm"
    )
    for row, person in enumerate(chosen):
      faces = rafd.photograph(seed, person, emotion, size)
      corner = (left, _MARGIN + head + row * step_y)
      page.paste(Image.fromarray(faces[frontal]), corner)
  path.parent.mkdir(parents=True, exist_ok=True)
  page.save(path)


def _in_turns() -> list[int]:
  """Everyone: the first of each race and gender, the second of each, ..."""
  seen: collections.Counter[tuple[str, str]] = collections.Counter()
  turns = []
  for model in rafd.POPULATION:
    turns.append(seen[model.race, model.gender])
    seen[model.race, model.gender] += 1
  return sorted(range(len(turns)), key=turns.__getitem__)
