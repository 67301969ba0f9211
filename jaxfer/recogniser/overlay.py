"""Pictures and films with what was named drawn on them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from jaxfer.data import video
from jaxfer.recogniser import pictures, rows
from jaxfer.recogniser.pictures import Film, Source
from jaxfer.recogniser.rows import Line

_FAMILIAR, _UNFAMILIAR = (255, 209, 0), (255, 105, 60)
_LARGE = 28  # of the shorter side: the height of letters
_RATE = 25.0  # frames a second of a film that does not say


def write(out: Path, table: Path, sources: Sequence[Source]) -> None:
  """Draws on every picture of jaxfer's own table.

  The folder receives a JPEG for each photograph, an MP4 for each film.

  Raises:
    UserError: if a film cannot be written there.
  """
  out.mkdir(parents=True, exist_ok=True)
  by_name = {source.name: source for source in sources}
  inputs = itertools.groupby(
    rows.by_picture(rows.read(table)), key=lambda one: one[0][0]
  )
  for place, (name, group) in enumerate(inputs):
    source, stem = by_name[name], f"{place:04d}-{Path(name).stem}"
    frames = ((number, lines) for (_, number), lines in group)
    if isinstance(source, Film):
      _film(out / f"{stem}.mp4", source, frames)
      continue
    [(_, lines)] = frames
    for _, picture in pictures.read(source):
      drawn = Image.fromarray(draw(picture, lines))
      drawn.save(out / f"{stem}.jpg", quality=90)


def draw(picture: np.ndarray, lines: Sequence[Line]) -> np.ndarray:
  """A picture (H, W, 3) uint8 RGB with the boxes and names of its lines."""
  image = Image.fromarray(picture)
  pen = ImageDraw.Draw(image)
  height = max(10, min(image.size) // _LARGE)
  font = ImageFont.load_default(height)
  for line in lines:
    if not line["face"]:
      continue
    colour = _FAMILIAR if line["familiar"] == "1" else _UNFAMILIAR
    left, top, right, bottom = rows.box_of(line)
    pen.rectangle((left, top, right, bottom), None, colour, max(1, height // 8))
    words = _words(line)
    x, y = max(left, 0), max(0, top - (height + 4) * len(words))
    for word in words:
      pen.rectangle(pen.textbbox((x + 2, y), word, font), (0, 0, 0))
      pen.text((x + 2, y), word, colour, font)
      y += height + 4
  return np.asarray(image)


def _words(line: Line) -> list[str]:
  """What stands above a face."""
  first = f"#{line['face']}"
  if name := line.get("emotion"):
    first += f" {name} {float(line[f'p_{name}']):.2f}"
  if line["familiar"] != "1":
    first += " (unfamiliar)"
  there = [name for name in line if _is_unit(name) and line[name] == "1"]
  return [first, *([" ".join(there)] if there else [])]


def _is_unit(column: str) -> bool:
  return column.startswith("AU") and column[2:].isdecimal()


def _film(
  path: Path, source: Film, frames: Iterator[tuple[int, list[Line]]]
) -> None:
  """Every frame, with the names of the last that was looked at."""

  def drawn() -> Iterator[np.ndarray]:
    shown, coming = [], next(frames, None)
    for number, picture in pictures.read(source):
      if coming and coming[0] <= number:
        shown, coming = coming[1], next(frames, None)
      yield draw(picture, shown)

  video.write(path, drawn(), pictures.rate(source.name) or _RATE)
