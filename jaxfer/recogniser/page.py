"""A page of what was named: how far to trust it, timelines, faces."""

from __future__ import annotations

import base64
import collections
import dataclasses
import heapq
import io
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from jaxfer.recogniser import card as cards
from jaxfer.recogniser import charts, pictures, rows
from jaxfer.recogniser.formats import Columns
from jaxfer.recogniser.pictures import Source
from jaxfer.recogniser.rows import Line
from jaxfer.report.figures import entry
from jaxfer.report.figures.entry import Entry
from jaxfer.report.figures.scores import reliability_chart

_HERE = Path(__file__).parent
_SHOWN = 6  # faces of a class, surest and least sure
_SIDE = 72  # pixels of a face on the page
_TRACKS = 24  # faces of films that have a timeline; the longest


@dataclasses.dataclass
class _Seen:
  """What a pass over the table leaves.

  `series` holds, by film and face, time and values; `surest` and `least`, by
  class, heaps of the faces that are shown.
  """

  columns: Columns
  pictures: int = 0
  faces: int = 0
  unfamiliar: int = 0
  without: int = 0
  named: collections.Counter[str] = dataclasses.field(
    default_factory=collections.Counter
  )
  series: dict[tuple[str, str], list[tuple[float, list[float]]]] = (
    dataclasses.field(default_factory=dict)
  )
  surest: dict[str, list[Any]] = dataclasses.field(default_factory=dict)
  least: dict[str, list[Any]] = dataclasses.field(default_factory=dict)

  def take(self, source: str, number: int, lines: list[Line]) -> None:
    """Adds a picture."""
    self.pictures += 1
    self.without += not lines[0]["face"]
    emotions, units = self.columns.emotions, self.columns.units
    for line in lines:
      if not line["face"]:
        continue
      self.faces += 1
      self.unfamiliar += line["familiar"] == "0"
      own = (
        [line["emotion"]] if emotions else [n for n in units if line[n] == "1"]
      )
      self.named.update(own)
      for name in own:
        value = float(line[f"p_{name}" if emotions else f"{name}_score"])
        # The box last, for it says nothing of the order.
        place = (source, number, line["face"], rows.box_of(line))
        _push(self.surest.setdefault(name, []), (value, *place))
        _push(self.least.setdefault(name, []), (-value, *place))
      if line["time_s"]:
        shown = [f"p_{name}" for name in emotions] or units
        points = self.series.setdefault((source, line["face"]), [])
        points.append((float(line["time_s"]), [float(line[n]) for n in shown]))


def write(
  out: Path,
  table: Path,
  columns: Columns,
  sources: Sequence[Source],
  card: Mapping[str, Any],
) -> Path:
  """Writes `index.html` and `card.json` of jaxfer's own table of sources.

  Returns:
    The path of index.html, which needs no other file, no script and no network.
  """
  seen = _Seen(columns)
  for (source, number), lines in rows.by_picture(rows.read(table)):
    seen.take(source, number, lines)
  thumbs = _thumbnails(seen, {one.name: one for one in sources})
  with tempfile.TemporaryDirectory() as folder:
    drawn = entry.draw(_figures(seen, card), Path(folder), "", inline=True)
  names = (*columns.emotions, *columns.units)
  text = cards.render(
    "page.html",
    card,
    css=(_HERE / "page.css").read_text(encoding="utf-8"),
    seen=seen,
    names=names,
    units=bool(columns.units),
    drawn=drawn,
    left_out=max(len(seen.series) - _TRACKS, 0),
    sheets=[
      (
        name,
        _sheet(seen.surest[name], thumbs),
        _sheet(seen.least[name], thumbs),
      )
      for name in names
      if name in seen.surest
    ],
  )
  out.mkdir(parents=True, exist_ok=True)
  (out / "card.json").write_text(json.dumps(card, indent=2), encoding="utf-8")
  path = out / "index.html"
  path.write_text(text, encoding="utf-8")
  return path


def _figures(seen: _Seen, card: Mapping[str, Any]) -> Iterator[Entry]:
  """The reliability diagram, and the timelines of who is seen longest."""
  if card["probabilities"]:
    draw = partial(reliability_chart, card["probabilities"]["bins"])
    yield Entry("reliability", draw, "Reliability diagram", "")
  units = bool(seen.columns.units)
  names = seen.columns.units or seen.columns.emotions
  longest = sorted(seen.series.items(), key=lambda one: -len(one[1]))
  for place, ((source, face), points) in enumerate(longest[:_TRACKS]):
    alt = f"{', '.join(names)} from {points[0][0]:.1f} to {points[-1][0]:.1f} s"
    draw = partial(charts.timeline, points, names, units=units)
    title = f"{source}, face {face}"
    yield Entry(f"{place}", draw, alt, title, place="timelines")


def _push(heap: list[Any], entry: Any) -> None:
  """Keeps the greatest."""
  if len(heap) < _SHOWN:
    heapq.heappush(heap, entry)
  else:
    heapq.heappushpop(heap, entry)


def _thumbnails(seen: _Seen, sources: Mapping[str, Source]) -> dict[Any, str]:
  """The pictures of the faces shown, as the page holds them, by place."""
  wanted: dict[str, dict[int, list[Any]]] = {}
  for heap in (*seen.surest.values(), *seen.least.values()):
    for _, source, number, face, box in heap:
      own = wanted.setdefault(source, {}).setdefault(number, [])
      own.append((face, box))
  return {
    (source, number, face): _data(picture, box)
    for source, frames in wanted.items()
    for number, picture in pictures.read(sources[source], frames.keys())
    for face, box in frames[number]
  }


def _data(picture: np.ndarray, box: tuple[int, int, int, int]) -> str:
  image = Image.fromarray(picture).crop(box).resize((_SIDE, _SIDE))
  file = io.BytesIO()
  image.save(file, "JPEG", quality=85)
  encoded = base64.b64encode(file.getvalue()).decode()
  return f"data:image/jpeg;base64,{encoded}"


def _sheet(
  heap: list[Any], thumbs: Mapping[Any, str]
) -> Iterator[tuple[str, str, float]]:
  """Picture, where it is from, and its value; the first first."""
  for value, source, number, face, _ in sorted(heap, reverse=True):
    if (source, number, face) in thumbs:
      where = f"{Path(source).name}, frame {number}"
      yield thumbs[source, number, face], where, abs(value)
