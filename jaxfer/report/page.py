"""The page: one HTML file that opens anywhere, and what it is made from."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import jinja2

from jaxfer import logs, terms
from jaxfer.data import duplicates
from jaxfer.report import (
  advantage,
  audit,
  by_label,
  extensions,
  finding,
  generated,
  pictures,
  protocols,
  scores,
  sides,
  tables,
  wording,
)
from jaxfer.report import reference as references
from jaxfer.report.figures import entry
from jaxfer.results.evidence import Evidence
from jaxfer.svm import heads


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
    "head": heads.of(results["config"]),
    "of_paper": bool(results.get("paper_reference")),
    "set_name": wording.set_name,
    "columns": protocols.shown(results),
    "crosses": protocols.crosses(results),
    "who": protocols.tested_unit(results),
    "where": protocols.place(
      results, protocols.best_protocol(results) or "paper"
    ),
    "protocols": protocols.titles(results),
    "lower": finding.misled(results),
    "few_people": sides.warning(results),
    "pictures": drawn,
    "located": evidence.located is not None,
    "faces": evidence.faces,
    "collapsed": len(fakes) > 1 and bool((fakes == fakes[:1]).all()),
    "stages": _stages(results.get("timing", {})),
    "throughput": _throughput(results.get("timing", {})),
    "in_order": wording.in_order,
    "files": [path.name for path in files],
  }
  return (
    environment().get_template("page.html").render(common | _numbers(results))
  )


def _numbers(results: Mapping[str, Any]) -> dict[str, Any]:
  """Everything that the page puts into tables and lists."""
  reference, task = references.of(results), results["task"]
  own: dict[str, Any] = {}
  if task == "au":
    own = {
      "details": by_label.details(results),
      "coded": by_label.provenance(results),
      "rule": by_label.emotion_rule(results),
    }
  return own | {
    "tiles": scores.tiles(results, reference),
    "scores": scores.scores(results, reference),
    "areas": by_label.areas(results, reference),
    "representations": {
      metric: scores.representations(results, metric)
      for metric in dict.fromkeys((terms.headline(task), "auc_mean"))
    },
    "metrics": terms.metrics(task),
    "advantages": scores.advantages(results),
    "terms": terms.REPRESENTATIONS,
    "detected": duplicates.DETECTED,
    "absences": scores.absences(results),
    "notes": scores.notes(results),
    "between": audit.between(results),
    "area_gaps": audit.areas(results),
    "copies": audit.copies(results),
    "sides": sides.known(results),
    "identity": audit.identity(results),
    "labels": extensions.label_efficiency(results),
    "few_labels": advantage.with_few_labels(results),
    "seeds": extensions.seeds(results),
    "studied": extensions.study(results),
    "study_remarks": extensions.remarks(results),
    "generated": _generated(results),
  }


def _generated(results: Mapping[str, Any]) -> dict[str, Any] | None:
  """What was measured of generated faces, or None."""
  if (found := results.get("generated")) is None:
    return None
  return {
    "found": found,
    "verdict": generated.verdict(found),
    "signs": generated.signs(found),
    "labels": generated.labels(found),
    "samples": generated.samples(results)
    if bool(results.get("paper_reference"))
    else None,
    "classes": generated.classes(found),
    "numbers": generated.numbers(found),
  }


def _stages(timing: Mapping[str, Any]) -> list[tuple[str, str, float]]:
  """Each stage's name, its time in words, and its share of the longest."""
  seconds = timing.get("stages", {})
  longest = max([*seconds.values(), 1e-9])
  return [
    (name, logs.duration(spent), spent / longest)
    for name, spent in seconds.items()
  ]


def _throughput(timing: Mapping[str, Any]) -> list[tuple[str, str]]:
  """The rates and times that were measured, each with its name."""
  known: dict[str, tuple[str, Callable[[float], str]]] = {
    "total_s": ("whole run", logs.duration),
    "compile_s": ("of which compiling", logs.duration),
    "train_images_per_s": ("training", "{:,.0f} images/s".format),
    "extract_images_per_s": ("extracting features", "{:,.0f} images/s".format),
  }
  return [
    (name, write(timing[key]))
    for key, (name, write) in known.items()
    if timing.get(key)
  ]


def _count(number: int | None) -> str:
  return "an unknown number of" if number is None else f"{number:,}"
