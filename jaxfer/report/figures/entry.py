"""Figures as entries of a page's list, and as the page shows them."""

from __future__ import annotations

import base64
import dataclasses
from collections.abc import Callable, Iterable
from pathlib import Path

from matplotlib.figure import Figure
from PIL import Image

from jaxfer.report.figures import canvas


@dataclasses.dataclass(frozen=True)
class Entry:
  """A figure of a page, not yet drawn.

  Attributes:
    name: stem of its file.
    draw: gives the chart or the sheet of faces, or the frames of a film.
    alt: what is seen on it, for who cannot see it; nothing where the page's
      template says so, and what stands below it.
    caption: what stands below it.
    style: its class on the page: `wide`, `faces`, or nothing.
    place: where on the page it stands, which several may share; else its name.
    faces: how the faces on it may be printed, which `draw` takes as `mode`:
      `show`; `blur`, beyond recognition; or `hide`, which draws nothing. Of a
      figure without faces, nothing.
  """

  name: str
  draw: Callable[..., Figure | Image.Image | list[Image.Image]]
  alt: str = ""
  caption: str = ""
  style: str = ""
  place: str = ""
  faces: str = ""


@dataclasses.dataclass(frozen=True)
class Picture:
  """A figure as a page shows it: its entry, source, and size in pixels."""

  entry: Entry
  src: str
  width: int
  height: int
  film: str = ""  # the MP4 of what plays, from the page, if there is one


def draw(
  entries: Iterable[Entry], folder: Path, note: str, *, inline: bool
) -> dict[str, list[Picture]]:
  """Draws the figures of a page, and gives by place what was drawn.

  Args:
    entries: the figures.
    folder: beside the page, where the PNGs are written.
    note: a line at the foot of every figure, such as that faces are stand-ins.
    inline: whether the page holds the bytes of its figures, or their names.
  """
  pictures: dict[str, list[Picture]] = {}
  for entry in entries:
    if entry.faces == "hide":
      continue
    path = folder / f"{entry.name}.png"
    save(entry, path, note)
    src = f"{folder.name}/{path.name}"
    if inline:
      data = base64.b64encode(path.read_bytes()).decode("ascii")
      src = f"data:image/png;base64,{data}"
    film = canvas.film_of(path)
    name = f"{folder.name}/{film.name}" if film.exists() else ""
    with Image.open(path) as image:
      picture = Picture(entry, src, *image.size, name)
    pictures.setdefault(entry.place or entry.name, []).append(picture)
  return pictures


def save(entry: Entry, path: Path, note: str) -> None:
  """Draws one figure, with a note at its foot."""
  mode = {"mode": entry.faces} if entry.faces else {}
  canvas.save(entry.draw(**mode), path, note)
