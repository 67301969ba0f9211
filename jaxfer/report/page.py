"""The page of a run: one HTML file that opens anywhere, its tables, figures."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

from jaxfer import terms
from jaxfer.data import duplicates
from jaxfer.learn import learners
from jaxfer.report import (
  advantage,
  audit,
  by_label,
  extensions,
  finding,
  generated,
  paper,
  pictures,
  protocols,
  scores,
  sides,
  tables,
  templates,
  wording,
)
from jaxfer.report.figures import entry
from jaxfer.results.evidence import Evidence, Results
from jaxfer.svm import heads


def write(out: Path, evidence: Evidence) -> Path:
  """Fills an empty folder with the report of a run.

  Returns:
    The path of index.html, which needs no other file and no network; beside it
    are results.json, figures/ and tables/.

  Raises:
    ValueError: if the results hold NaN or infinity.
  """
  results, fakes = evidence.results, evidence.fakes
  templates.begin(out, results)
  files = tables.write(out / "tables", results)
  note = wording.STANDIN if results["standin"] else ""
  drawn = entry.draw(pictures.of(evidence), out / "figures", note, inline=True)
  return templates.write(
    out,
    "page.html",
    ("page.css",),
    r=results,
    standin=note,
    pictures=drawn,
    files=[path.name for path in files],
    located=evidence.located is not None,
    alone=not evidence.layers[0],
    ended=evidence.last_epoch(),
    faces=evidence.faces,
    collapsed=len(fakes) > 1 and bool((fakes == fakes[:1]).all()),
    **_words(results),
    **_tables(results),
  )


def _words(results: Results) -> dict[str, Any]:
  """What the page says, and what it calls things."""
  best = protocols.best_protocol(results) or "paper"
  return {
    "headline": finding.headline(results),
    "remarks": finding.remarks(results),
    "reference": paper.experiment(results),
    "head": heads.of(results["config"]),
    "of_paper": bool(results.get("paper_reference")),
    "set_name": wording.set_name,
    "in_order": wording.in_order,
    "named": functools.partial(protocols.named, results),
    "network": learners.LEARNERS[protocols.learner(results)].title,
    "columns": protocols.shown(results),
    "crosses": protocols.crosses(results),
    "who": protocols.tested_unit(results),
    "place": functools.partial(protocols.place, results),
    "where": protocols.place(results, best),
    "protocols": protocols.titles(results),
    "lower": finding.misled(results),
    "gap": finding.gap(results),
    "few_people": sides.warning(results),
    "absences": scores.absences(results),
    "notes": scores.notes(results),
    "copies": audit.copies(results),
    "sides": sides.known(results),
    "detected": duplicates.DETECTED,
    "few_labels": advantage.with_few_labels(results),
    "study_remarks": extensions.remarks(results),
    "metrics": terms.metrics(results["task"]),
    "terms": terms.REPRESENTATIONS,
    "timing": results.get("timing", {}),
  }


def _tables(results: Results) -> dict[str, Any]:
  """Everything that the page puts into tables and lists."""
  reference, task = paper.experiment(results), results["task"]
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
    "advantages": scores.advantages(results),
    "between": audit.between(results),
    "area_gaps": audit.areas(results),
    "identity": audit.identity(results),
    "labels": extensions.label_efficiency(results),
    "seeds": extensions.seeds(results),
    "studied": extensions.study(results),
    "generated": _generated(results),
  }


def _generated(results: Results) -> dict[str, Any] | None:
  """What was measured of generated faces, or None."""
  if (found := results.get("generated")) is None:
    return None
  of_paper = bool(results.get("paper_reference"))
  return {
    "found": found,
    "verdict": generated.verdict(found),
    "signs": generated.signs(found),
    "labels": generated.labels(found),
    "samples": generated.samples(results) if of_paper else None,
    "classes": generated.classes(found),
    "numbers": generated.numbers(found),
  }
