"""The page: one HTML file that opens anywhere, and what it is made from."""

from __future__ import annotations

import base64
import dataclasses
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import jinja2
import numpy as np
from PIL import Image

from jaxfer.report import faces, figures, finding, sections, tables, wording
from jaxfer.report.evidence import Evidence, score_blocks
from jaxfer.report.published import EXPERIMENTS

_SHEET = 64  # faces on a sheet of real or generated ones
_STRIP = 10  # sample grids in the strip


@dataclasses.dataclass(frozen=True)
class Picture:
  """A figure as the page embeds it: data URI, size in pixels, file name."""

  uri: str
  width: int
  height: int
  file: str


def write(out: Path, evidence: Evidence) -> Path:
  """Fills a folder with the report.

  Args:
    out: an empty folder; it receives index.html, results.json, figures/ and
      tables/.
    evidence: what to report.

  Returns:
    The path of index.html, which needs no other file and no network.

  Raises:
    ValueError: if the results hold NaN or infinity, which JSON has no words
      for; write null with a reason beside it.
  """
  results = evidence.results
  text = json.dumps(results, indent=2, allow_nan=False)
  (out / "results.json").write_text(text + "\n", encoding="utf-8")
  for folder in ("figures", "tables"):
    (out / folder).mkdir()
  csv = tables.write(out / "tables", results)
  pictures = draw(out / "figures", evidence)
  path = out / "index.html"
  path.write_text(_render(evidence, pictures, csv), encoding="utf-8")
  return path


def draw(folder: Path, evidence: Evidence) -> dict[str, Picture]:
  """Draws every figure that there is something to draw from.

  Args:
    folder: an existing folder for the PNGs.
    evidence: what to draw; faces only as it allows.

  Returns:
    The pictures by name; what was not drawn is absent.
  """
  results, mode = evidence.results, evidence.faces
  note = wording.STANDIN if results["standin"] else ""
  drawn: dict[str, Picture] = {}

  def add(name: str, make: Callable[..., Path | None], *args: Any) -> None:
    path = make(folder / f"{name}.png", *args, note=note)
    if path is not None:
      drawn[name] = _embed(path)

  if protocol := finding.best_protocol(results):
    scores = _accuracies(results)
    guess = finding.guess_rate(results["protocols"][protocol])
    reference = EXPERIMENTS.get(results.get("paper_reference") or "")
    printed = reference.accuracy if reference else None
    add("accuracy", figures.accuracy_chart, scores, guess, printed)
  for protocol, name in wording.PROTOCOLS.items():
    if block := results["protocols"].get(protocol):
      areas = {k: entry["value"] for k, entry in block["auc"].items()}
      curves = evidence.roc.get(protocol, {})
      add(f"roc_{protocol}", figures.roc_chart, curves, areas, name)
      counts = np.asarray(block["confusion"]["counts"])
      classes = block["confusion"]["classes"]
      add(
        f"confusion_{protocol}", figures.confusion_chart, counts, classes, name
      )
  if len(evidence.losses["step"]):
    add("losses", figures.loss_chart, evidence.losses)
  if evidence.real is not None and len(evidence.real):
    add("real", faces.face_grid, evidence.real[:_SHEET], mode)
  if len(evidence.fakes):
    add("generated", faces.face_grid, evidence.fakes[:_SHEET], mode)
    if evidence.grids:
      places = np.linspace(0, len(evidence.grids) - 1, _STRIP).round()
      grids = [evidence.grids[i] for i in np.unique(places.astype(int))]
      size = evidence.fakes.shape[1]
      add("samples", faces.film_strip, grids, size, mode)
  if evidence.crops is not None:
    add("crops", faces.contact_sheet, evidence.crops, mode)
  return drawn


def _render(
  evidence: Evidence, pictures: Mapping[str, Picture], csv: list[Path]
) -> str:
  results = evidence.results
  here = Path(__file__).parent
  environment = jinja2.Environment(
    loader=jinja2.FileSystemLoader(here),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
  )
  environment.filters["count"] = _count
  reference = EXPERIMENTS.get(results.get("paper_reference") or "")
  fakes = evidence.fakes
  return environment.get_template("page.html").render(
    r=results,
    css=(here / "page.css").read_text(encoding="utf-8"),
    standin=wording.STANDIN if results["standin"] else "",
    headline=finding.headline(results),
    remarks=finding.remarks(results),
    reference=reference,
    protocols=wording.PROTOCOLS,
    where=wording.WHERE[finding.best_protocol(results) or "paper"],
    pictures=pictures,
    faces=evidence.faces,
    collapsed=len(fakes) > 1 and bool((fakes == fakes[:1]).all()),
    tiles=sections.tiles(results, reference),
    scores=sections.scores(results, reference),
    areas=sections.areas(results, reference),
    representations=sections.representations(results),
    stages=sections.stages(results.get("timing", {})),
    throughput=sections.throughput(results.get("timing", {})),
    notes=sections.notes(results),
    in_order=wording.in_order,
    csv=[path.name for path in csv],
  )


def _accuracies(
  results: Mapping[str, Any],
) -> dict[str, dict[str, tuple[float, float, float]]]:
  scores: dict[str, dict[str, tuple[float, float, float]]] = {}
  for (representation, protocol), block in score_blocks(results).items():
    value = block["accuracy"]
    low, high = block.get("accuracy_ci95") or (value, value)
    scores.setdefault(representation, {})[protocol] = (value, low, high)
  return scores


def _embed(path: Path) -> Picture:
  with Image.open(path) as image:
    width, height = image.size
  data = base64.b64encode(path.read_bytes()).decode("ascii")
  return Picture(f"data:image/png;base64,{data}", width, height, path.name)


def _count(number: int | None) -> str:
  return "an unknown number of" if number is None else f"{number:,}"
