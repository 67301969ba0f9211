"""Every figure of a run's page that there is something to draw from."""

from __future__ import annotations

import base64
import dataclasses
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from jaxfer import terms
from jaxfer.report import (
  cells,
  faces,
  figures,
  finding,
  generated,
  protocols,
  sections,
  wording,
)
from jaxfer.report import reference as references
from jaxfer.report.evidence import Evidence, Panels, score_blocks

_SHEET = 64  # faces on a sheet of real or generated ones
_STRIP = 10  # sample grids in the strip


@dataclasses.dataclass(frozen=True)
class Picture:
  """A figure as the page embeds it: data URI, size in pixels, file name."""

  uri: str
  width: int
  height: int
  file: str


class _Album:
  """Draws into a folder, marking what was made from stand-ins."""

  def __init__(self, folder: Path, note: str):
    self._folder, self._note = folder, note
    self.pictures: dict[str, Picture] = {}

  def add(
    self,
    name: str,
    make: Callable[..., Path | None],
    *args: Any,
    **options: Any,
  ) -> None:
    file = self._folder / f"{name}.png"
    path = make(file, *args, note=self._note, **options)
    if path is not None:
      self.pictures[name] = embed(path)


def draw(folder: Path, evidence: Evidence) -> dict[str, Picture]:
  """Draws every figure that there is something to draw from.

  Args:
    folder: an existing folder for the PNGs.
    evidence: what to draw; faces only as it allows.

  Returns:
    The pictures by name; what was not drawn is absent.
  """
  results = evidence.results
  album = _Album(folder, wording.STANDIN if results["standin"] else "")
  _draw_scores(album, results)
  _draw_curves(album, evidence)
  _draw_confusions(album, results)
  if located := evidence.located:
    parts = located.faces, located.maps, located.titles
    album.add("evidence", figures.evidence_sheet, *parts, evidence.faces)
  _draw_extensions(album, results)
  generator, discriminator = evidence.layers
  dim = results["features"]["dim"]
  album.add("architecture", figures.architecture, generator, discriminator, dim)
  if len(evidence.losses["step"]):
    album.add("losses", figures.loss_chart, evidence.losses)
  _draw_faces(album, evidence)
  _draw_labels(album, results)
  return album.pictures


def embed(path: Path) -> Picture:
  """A PNG as a page holds it."""
  with Image.open(path) as image:
    width, height = image.size
  data = base64.b64encode(path.read_bytes()).decode("ascii")
  return Picture(f"data:image/png;base64,{data}", width, height, path.name)


def _draw_scores(album: _Album, results: Mapping[str, Any]) -> None:
  """Every representation under the protocols that stand side by side."""
  protocol = finding.best_protocol(results)
  metric = terms.headline(results["task"])
  scores: dict[str, dict[str, tuple[float, float, float]]] = {}
  for (name, own), block in score_blocks(results).items():
    if own not in sections.columns(results) or block[metric] is None:
      continue
    if own == "paper" and finding.crosses(results):
      continue  # nothing in it is random, as its mark would say
    low, high = block.get(f"{metric}_ci95") or [block[metric]] * 2
    scores.setdefault(name, {})[own] = (block[metric], low, high)
  if not scores or protocol is None:
    return
  reference = references.of(results)
  printed, _ = reference.scores[metric] if reference else (None, "")
  guess = None
  if results["task"] == "emotion":
    guess = finding.guess_rate(results["protocols"][protocol])
  named = {
    terms.representation(name).title: found for name, found in scores.items()
  }
  first = terms.representation("trained").title
  album.add(
    "accuracy",
    figures.protocols_chart,
    named,
    {first: printed},
    metric=metric,
    guess=guess,
    names=protocols.titles(results),
  )


def _draw_curves(album: _Album, evidence: Evidence) -> None:
  """Curves of each emotion or action unit, a line for each protocol."""
  results, shown = evidence.results, sections.columns(evidence.results)
  labels = wording.in_order(results["names"])
  curves = {
    name: {
      label: curve
      for label, curve in evidence.roc.get(protocol, {}).items()
      if len(curve[0])
    }
    for protocol, name in shown.items()
  }
  areas = {
    name: {
      label: cells.area_entry(block, label).get("value") for label in labels
    }
    for protocol, name in shown.items()
    if (block := results["protocols"][protocol])
  }
  if any(curves.values()):
    album.add(
      "roc",
      figures.roc_grid,
      curves,
      areas,
      {label: wording.unit_name(label) for label in labels},
      colours={name: terms.protocol(p).look[0] for p, name in shown.items()},
    )


def _draw_confusions(album: _Album, results: Mapping[str, Any]) -> None:
  for protocol, name in sections.columns(results).items():
    found = results["protocols"][protocol].get("confusion")
    if found:
      album.add(
        f"confusion_{protocol}",
        figures.confusion_chart,
        np.asarray(found["counts"]),
        found["classes"],
        name,
        protocol=protocol,
      )


def _draw_extensions(album: _Album, results: Mapping[str, Any]) -> None:
  if found := results["label_efficiency"]:
    curves, full = {}, {}
    for name, points in found["curves"].items():
      rows = [
        (p["labels"], p["accuracy"], *(p["ci95"] or [p["accuracy"]] * 2))
        for p in points
      ]
      curves[name] = [row for row in rows if row[0] is not None]
      full[name] = next(row[1:] for row in rows if row[0] is None)
    album.add("labels", figures.label_efficiency_chart, curves, full)
  if found := results["seeds"]:
    metric = terms.headline(results["task"])
    values = {
      name: {
        protocol: found[name][protocol][metric]
        for protocol in sections.columns(results)
        if None not in found[name].get(protocol, {}).get(metric, [None])
      }
      for name in ("trained", "untrained")
    }
    known = {
      name: by_protocol for name, by_protocol in values.items() if by_protocol
    }
    if known:
      names = protocols.titles(results)
      album.add("seeds", figures.seeds_chart, known, metric=metric, names=names)


def _draw_faces(album: _Album, evidence: Evidence) -> None:
  mode = evidence.faces
  if evidence.real is not None and len(evidence.real):
    album.add("real", faces.face_grid, evidence.real[:_SHEET], mode)
  if len(evidence.fakes):
    album.add("generated", faces.face_grid, evidence.fakes[:_SHEET], mode)
    if evidence.grids:
      places = np.linspace(0, len(evidence.grids) - 1, _STRIP).round()
      grids = [evidence.grids[i] for i in np.unique(places.astype(int))]
      size = evidence.fakes.shape[1]
      album.add("samples", faces.film_strip, grids, size, mode)
  if panels := evidence.panels:
    _draw_panels(album, panels, mode)
  if evidence.crops is not None:
    album.add("crops", faces.contact_sheet, evidence.crops, mode)
  if pairs := evidence.pairs:
    parts = pairs.first, pairs.second, pairs.labels
    album.add("copies", figures.pairs_sheet, *parts, mode)


def _draw_panels(album: _Album, panels: Panels, mode: str) -> None:
  unnamed = [""] * len(panels.first)
  album.add(
    "alike", figures.pairs_sheet, panels.first, panels.second, unnamed, mode
  )
  unnamed = [""] * len(panels.sampled)
  album.add(
    "nearest",
    figures.pairs_sheet,
    panels.sampled,
    panels.nearest,
    unnamed,
    mode,
  )
  steps = panels.paths.shape[1]
  walked = panels.paths.reshape(-1, *panels.paths.shape[2:])
  album.add("paths", faces.face_grid, walked, mode, columns=steps)


def _draw_labels(album: _Album, results: Mapping[str, Any]) -> None:
  found = generated.of(results)
  if found and found["labels"]["names"]:
    own = found["labels"]
    real, fake = (
      dict(zip(own["names"], own[kind], strict=True))
      for kind in ("real", "fake")
    )
    album.add("fake_labels", figures.labels_chart, real, fake)
