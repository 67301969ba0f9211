"""The page: one HTML file that opens anywhere, and what it is made from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jinja2

from jaxfer import terms
from jaxfer.data import duplicates
from jaxfer.report import (
  advantage,
  audit_sections,
  extension_sections,
  finding,
  generated,
  generated_classes,
  pictures,
  protocols,
  sections,
  sides,
  study_sections,
  tables,
  unit_sections,
  wording,
)
from jaxfer.report import reference as references
from jaxfer.report.figures import entry
from jaxfer.results.evidence import Evidence


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
  files = tables.write(out / "tables", results)
  note = wording.STANDIN if results["standin"] else ""
  drawn = entry.draw(pictures.of(evidence), out / "figures", note, inline=True)
  path = out / "index.html"
  path.write_text(_render(evidence, drawn, files), encoding="utf-8")
  return path


def environment() -> jinja2.Environment:
  """Jinja as every page uses it: escaping, strict, templates of this room."""
  made = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
  )
  made.filters["count"] = _count
  made.filters["capital"] = wording.capital
  return made


def stylesheet() -> str:
  """The style of every page."""
  return (Path(__file__).parent / "page.css").read_text(encoding="utf-8")


def _render(
  evidence: Evidence,
  drawn: Mapping[str, list[entry.Picture]],
  files: list[Path],
) -> str:
  results, fakes = evidence.results, evidence.fakes
  common = {
    "r": results,
    "css": stylesheet(),
    "standin": wording.STANDIN if results["standin"] else "",
    "headline": finding.headline(results),
    "remarks": finding.remarks(results),
    "reference": references.of(results),
    "of_paper": bool(results.get("paper_reference")),
    "set_name": wording.set_name,
    "columns": sections.columns(results),
    "crosses": finding.crosses(results),
    "who": finding.tested_unit(results),
    "where": protocols.place(
      results, finding.best_protocol(results) or "paper"
    ),
    "protocols": protocols.titles(results),
    "lower": finding.misled(results),
    "few_people": sides.warning(results),
    "pictures": drawn,
    "located": evidence.located is not None,
    "faces": evidence.faces,
    "collapsed": len(fakes) > 1 and bool((fakes == fakes[:1]).all()),
    "stages": sections.stages(results.get("timing", {})),
    "throughput": sections.throughput(results.get("timing", {})),
    "in_order": wording.in_order,
    "files": [path.name for path in files],
  }
  return (
    environment().get_template("page.html").render(common | _numbers(results))
  )


def _numbers(results: Mapping[str, Any]) -> dict[str, Any]:
  """Everything that the page puts into tables and lists."""
  reference, task = references.of(results), results["task"]
  own: dict[str, Any]
  if task == "au":
    own = {
      "areas": unit_sections.areas(results, reference),
      "details": unit_sections.details(results),
      "coded": unit_sections.provenance(results),
      "rule": unit_sections.emotion_rule(results),
    }
  else:
    own = {"areas": sections.areas(results, reference)}
  return own | {
    "tiles": sections.tiles(results, reference),
    "scores": sections.scores(results, reference),
    "representations": {
      metric: sections.representations(results, metric)
      for metric in dict.fromkeys((terms.headline(task), "auc_mean"))
    },
    "metrics": terms.metrics(task),
    "advantages": sections.advantages(results),
    "terms": terms.REPRESENTATIONS,
    "detected": duplicates.DETECTED,
    "absences": sections.absences(results),
    "notes": sections.notes(results),
    "between": audit_sections.between(results),
    "area_gaps": audit_sections.areas(results),
    "copies": audit_sections.copies(results),
    "sides": sides.known(results),
    "identity": audit_sections.identity(results),
    "labels": extension_sections.label_efficiency(results),
    "few_labels": advantage.with_few_labels(results),
    "seeds": extension_sections.seeds(results),
    "studied": study_sections.scores(results),
    "study_remarks": study_sections.remarks(results),
    "generated": _generated(results),
  }


def _generated(results: Mapping[str, Any]) -> dict[str, Any] | None:
  """What was measured of generated faces, or None."""
  if (found := generated.of(results)) is None:
    return None
  return {
    "found": found,
    "verdict": generated.verdict(found),
    "signs": generated.signs(found),
    "labels": generated.labels(found),
    "samples": generated.samples(results)
    if bool(results.get("paper_reference"))
    else None,
    "classes": generated_classes.table(found),
    "numbers": generated.numbers(found),
  }


def _count(number: int | None) -> str:
  return "an unknown number of" if number is None else f"{number:,}"
