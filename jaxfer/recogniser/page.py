"""A page of what was named: how far to trust it, timelines, faces."""

from __future__ import annotations

import base64
import collections
import dataclasses
import heapq
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import jinja2
import numpy as np
from PIL import Image

from jaxfer.recogniser import card as cards
from jaxfer.recogniser import charts, views
from jaxfer.recogniser.sources import Source
from jaxfer.recogniser.views import Line

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


def write(
  out: Path, table: Path, sources: Sequence[Source], card: Mapping[str, Any]
) -> Path:
  """Writes `index.html` and `card.json` to a folder.

  Args:
    out: the folder.
    table: jaxfer's own.
    sources: that it is of.
    card: how far the recogniser is to be trusted.

  Returns:
    The path of index.html, which needs no other file, no script and no network.
  """
  seen, names = _Seen(), ()
  for source, lines in views.by_input(table):
    for number, group in views.by_frame(lines):
      names = names or _names(group[0])
      _take(seen, source, number, group, names)
  thumbs = _thumbnails(seen, {one.name: one for one in sources})
  units = bool(names) and names[0].startswith("AU")
  environment = jinja2.Environment(
    loader=jinja2.FileSystemLoader(_HERE),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
  )
  longest = sorted(seen.series.items(), key=lambda one: -len(one[1]))
  probabilities = card["probabilities"]
  text = environment.get_template("page.html").render(
    card=card,
    css=(_HERE / "page.css").read_text(encoding="utf-8"),
    headline=cards.headline(card),
    sets=[
      (k.replace("_", " "), cards.described(v)) for k, v in card["data"].items()
    ],
    recall=card["measured"]["recall"] or {},
    auc=card["measured"]["auc"],
    reliability=probabilities and charts.reliability(probabilities["bins"]),
    seen=seen,
    names=names,
    units=units,
    colours=charts.colours(names),
    timelines=[
      (source, face, charts.timeline(points, names, units=units))
      for (source, face), points in longest[:_TRACKS]
    ],
    left_out=max(len(longest) - _TRACKS, 0),
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


def _names(line: Line) -> tuple[str, ...]:
  """What a table names: its emotions, or its action units."""
  return tuple(views.emotions(list(line)) or views.units(list(line)))


def _take(
  seen: _Seen, source: str, number: int, group: list[Line], names: Sequence[str]
) -> None:
  seen.pictures += 1
  seen.without += not group[0]["face"]
  for line in group:
    if not line["face"]:
      continue
    seen.faces += 1
    seen.unfamiliar += line["familiar"] == "0"
    emotional = f"p_{names[0]}" in line
    value = {
      n: float(line[f"p_{n}" if emotional else f"{n}_score"]) for n in names
    }
    own = (
      [line["emotion"]] if emotional else [n for n in names if line[n] == "1"]
    )
    seen.named.update(own)
    for name in own:
      # The picture last, for a heap compares no dictionaries.
      entry = (value[name], source, number, line["face"], views.box_of(line))
      _push(seen.surest.setdefault(name, []), entry)
      _push(seen.least.setdefault(name, []), (-entry[0], *entry[1:]))
    if line["time_s"]:
      shown = list(value.values())
      if not emotional:
        shown = [float(line[n]) for n in names]
      points = seen.series.setdefault((source, line["face"]), [])
      points.append((float(line["time_s"]), shown))


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
  found = {}
  for source, frames in wanted.items():
    for number, picture in views.pictures(sources[source], frames.keys()):
      for face, box in frames[number]:
        found[source, number, face] = _data(picture, box)
  return found


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
