"""A user's own clips: videos or folders of pictures, labelled by a CSV."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from pathlib import Path

from jaxfer.data import clips, emotions, files, video
from jaxfer.data.dataset import Dataset, Findings
from jaxfer.data.readers.labelled import doubts, tables
from jaxfer.data.readers.labelled import rows as label_rows
from jaxfer.data.table import Clip, DataError, Face, FaceTable

INDEX = "index.csv"
_SPAN = ("start_s", "end_s")


def read(root: Path, index: str = INDEX, rate: float = 25.0) -> FaceTable:
  """The clips that a CSV of path, subject, emotion, start_s, end_s names.

  Paths are relative to the root. Clips that are folders of pictures have `rate`
  of them a second.

  Returns:
    Clips in the CSV's order; a path ends in `#t=start,end` where the CSV has
    times. Rejected: rows that name no clip, repeat another, or have times that
    are none, and videos and folders of pictures that no row names.

  Raises:
    DataError: if there is no such CSV, or it has no column of paths.
  """
  columns, rows = tables.read(root, index, "own_clips")
  cells = [cells for _, cells in rows]
  say = emotions.Reader(
    [columns.cell(row, "emotion") for row in cells], None, "", index
  )
  nobody = doubts.nobody(columns, cells)
  found, named, first = Findings(root), set(), {}
  pictures = clips.by_folder(found.images())
  walked = [*files.walk(root)]
  lying = {*walked, *pictures}
  spelt = label_rows.spellings(lying)
  made: list[tuple[Face, Clip]] = []
  for line, row in rows:
    path = columns.cell(row, "path")
    try:
      path = label_rows.resolve(root, Path(), path)
      path = path if path in lying else spelt.get(label_rows.plain(path), path)
      named.add(path)
      span = _span(columns.names, row)
      clip = _clip(root, path, pictures, span, rate)
      if span != (0.0, math.inf):
        path += "#t=" + ",".join(f"{end:g}" for end in span)
      if path in first:
        raise DataError(f"repeats line {first[path]}")
      subject = "" if nobody else columns.cell(row, "subject")
      face = Face(
        path=path,
        dataset="own_clips",
        subject=None if emotions.is_empty(subject) else subject,
        emotion=say(columns.cell(row, "emotion")),
      )
    except DataError as error:
      found.reject(path, f"{index} line {line}: {error}")
      continue
    first[path] = line
    made.append((face, clip))
  kept = {face.path for face in found.of_people(face for face, _ in made)}
  made = [one for one in made if one[0].path in kept]
  every = [*filter(video.is_video_name, walked), *pictures]
  for path in every:
    if path not in named:
      found.reject(path, f"no row of {index} names it")
  read = {columns.facts.get(fact) for fact in ("path", "subject", "emotion")}
  unused = [
    name
    for place, name in enumerate(columns.names)
    if name and place not in read and name.lower() not in _SPAN
  ]
  columns = dataclasses.replace(columns, unused=tuple(unused))
  words = emotions.notes((face.emotion for face, _ in made), index)
  for text in (*doubts.notes(columns, cells), *say.notes(), *words):
    found.note(index, text)
  return clips.table(found, made)


def _span(names: Sequence[str], row: Sequence[str]) -> tuple[float, float]:
  """Where a clip begins and ends, in seconds; all of it where none says."""
  known = {name.lower(): cell for name, cell in zip(names, row, strict=False)}
  ends = [0.0, math.inf]
  for place, name in enumerate(_SPAN):
    cell = known.get(name, "").strip()
    if cell:
      value = emotions.number(cell)
      if value is None or value < 0:
        raise DataError(f"{name} is {cell[:20]!r}, which is no time in seconds")
      ends[place] = value
  if not ends[0] < ends[1]:
    raise DataError(f"end_s={ends[1]:g} is not after start_s={ends[0]:g}")
  return ends[0], ends[1]


def _clip(
  root: Path,
  path: str,
  pictures: dict[str, list[str]],
  span: tuple[float, float],
  rate: float,
) -> Clip:
  start, end = span
  if path in pictures:
    inside = [
      one
      for number, one in enumerate(pictures[path])
      if start <= number / rate < end
    ]
    if not inside:
      count = len(pictures[path])
      raise DataError(
        f"none of its {count} pictures, {rate:g} a second, is between"
        f" {start:g} and {end:g} s"
      )
    return Clip(tuple(inside))
  if (root / path).is_dir():
    raise DataError("a folder without pictures")
  if not (root / path).is_file():
    raise DataError("file not found")
  if not video.is_video_name(path):
    raise DataError(f"neither a video ({Path(path).suffix}) nor a folder")
  return Clip((path,), start, end)


DATASET = Dataset(
  name="own_clips",
  title="your own clips",
  short="your clips",
  read=read,
  layout="a CSV with the columns path, subject and emotion (and start_s and"
  " end_s), and the videos or folders of pictures that it names",
  request="a folder of clips: --config.data.paths.own_clips=FOLDER",
  restricted=False,
  clips=True,
)
