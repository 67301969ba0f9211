"""The figures of faces on a run's page, printed as their owners allow."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from jaxfer.report import wording
from jaxfer.report.figures import faces
from jaxfer.report.figures.entry import Entry
from jaxfer.results.evidence import Evidence, Located

_SHOWN = 64  # faces on a sheet of real or generated ones
_STRIP = 10  # sample grids in the strip
_MUCH_OUTSIDE = 1 / 3


def real_and_generated(evidence: Evidence) -> Iterator[Entry]:
  """Real and generated faces, and generated ones along training."""
  sheet = of(evidence)
  if evidence.real is not None and len(evidence.real):
    yield sheet("real", partial(faces.face_grid, evidence.real[:_SHOWN]))
  if len(evidence.fakes):
    yield sheet("generated", partial(faces.face_grid, evidence.fakes[:_SHOWN]))
  if len(evidence.fakes) and evidence.grids:
    places = np.linspace(0, len(evidence.grids) - 1, _STRIP).round()
    grids = [evidence.grids[i] for i in np.unique(places.astype(int))]
    size = evidence.fakes.shape[1]
    yield sheet("samples", partial(faces.film_strip, grids, size))
  if evidence.clips is not None:
    yield Entry(
      "clips",
      partial(faces.films, evidence.clips),
      "Generated clips, played",
      "Clips that the generator draws, each of"
      f" {evidence.clips.shape[1]} frames, again and again. On sheets a clip is"
      " three pictures: its first, middle and last frame.",
      "faces",
      "generated",
      evidence.faces,
    )
  if evidence.crops is not None:
    yield sheet("crops", partial(faces.contact_sheet, evidence.crops))


def pairs(evidence: Evidence) -> Iterator[Entry]:
  """Faces side by side: near-copies, and generated ones in their relations."""
  sheet, panels = of(evidence), evidence.panels
  if (found := evidence.pairs) and len(found.first):
    parts = found.first, found.second, found.labels
    yield sheet("copies", partial(faces.pairs_sheet, *parts))
  if evidence.inverted is not None:
    rows = evidence.inverted.swapaxes(0, 1)
    steps, size = rows.shape[1], rows.shape[2:]
    drawn = partial(faces.face_grid, rows.reshape(-1, *size), steps)
    yield sheet("inverted", drawn)
  if panels is None:
    return
  for name, first, second in (
    ("alike", panels.first, panels.second),
    ("nearest", panels.sampled, panels.nearest),
  ):
    if len(first):
      unnamed = [""] * len(first)
      yield sheet(name, partial(faces.pairs_sheet, first, second, unnamed))
  steps, *size = panels.paths.shape[1:]
  walked = panels.paths.reshape(-1, *size)
  yield sheet("paths", partial(faces.face_grid, walked, steps))


def located(evidence: Evidence) -> Iterator[Entry]:
  """What a linear machine goes by, laid over faces."""
  found = evidence.located
  if found is None or not len(found.faces):
    return
  yield Entry(
    "evidence",
    partial(faces.evidence_sheet, found.faces, found.maps, found.titles),
    style="wide",
    faces=evidence.faces,
  )


def astray(located: Located) -> str:
  """Which maps have much of their evidence beside the face, in a sentence."""
  shares = dict(zip(located.titles, located.outside(), strict=True))
  found = [
    f"{title} {wording.percent(share, 0)}"
    for title, share in shares.items()
    if share > _MUCH_OUTSIDE
  ]
  if not found:
    return ""
  return (
    f" In {len(found)} of {len(shares)} maps more than a third of the evidence"
    " lies outside the oval that fits into the picture, where hair and"
    " background are (spread evenly it would be"
    f" {wording.percent(1 - math.pi / 4, 0)}): {', '.join(found)}. What the"
    " machine goes by there is hardly the face."
  )


def of(evidence: Evidence, place: str = "") -> Callable[..., Entry]:
  """Makes entries of sheets of faces, printed as their owners allow."""
  return partial(Entry, style="faces", place=place, faces=evidence.faces)
