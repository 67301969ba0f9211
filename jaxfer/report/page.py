"""The page of a run: one HTML file that opens anywhere, its tables, figures."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from jaxfer import terms
from jaxfer.data import duplicates
from jaxfer.learn import learners
from jaxfer.report import (
  audit,
  by_label,
  extensions,
  finding,
  generated,
  latex,
  paper,
  pictures,
  protocols,
  scores,
  table,
  templates,
  wording,
)
from jaxfer.report.figures import entry
from jaxfer.report.table import Row
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
  files = write_tables(out / "tables", results)
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
    located=evidence.located,
    astray=evidence.located and pictures.astray(evidence.located),
    layers=evidence.layers,
    ended=evidence.last_epoch(),
    faces=evidence.faces,
    collapsed=len(fakes) > 1 and bool((fakes == fakes[:1]).all()),
    **_words(results),
    **_tables(results),
  )


def write_tables(out_dir: Path, results: Results) -> list[Path]:
  """Writes every table that has rows, and the scores as LaTeX too.

  The first column, `data`, says of each row whether it was measured on real
  faces, on stand-ins, or printed in the paper. Rates are fractions in full
  precision, those of the print with its digits; what is undefined is an empty
  cell; `unit` is that of a row's `value`. Gives the files written.
  """
  data = "stand-in" if results["standin"] else "real"
  paths = []
  for name, rows in _records(results).items():
    if records := [{"data": data, **row} for row in rows]:
      paths.append(table.write_csv(out_dir / f"{name}.csv", records))
      if name == "scores":
        paths.append(latex.write(out_dir, scores.headline(results)))
  return paths


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
    "few_people": audit.warning(results),
    "absences": scores.absences(results),
    "notes": scores.notes(results),
    "copies": audit.copies(results),
    "sides": audit.known(results),
    "detected": duplicates.DETECTED,
    "few_labels": extensions.with_few_labels(results),
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


def _records(results: Results) -> dict[str, Iterable[Row]]:
  if results["task"] == "emotion":
    own = {
      "auc": by_label.emotion_rows(results),
      "confusion": scores.confusion_rows(results),
      "labels": extensions.label_rows(results),
    }
  else:
    own = {
      "aus": by_label.unit_rows(results),
      "emotion_rule": by_label.rule_rows(results),
    }
  return {
    "scores": scores.score_rows(results),
    **own,
    "differences": scores.difference_rows(results),
    "audit": audit.rows(results),
    "audit_areas": audit.area_rows(results),
    "seeds": extensions.seed_rows(results),
    "search": scores.search_rows(results),
    "faces": _faces(results),
    "generated": generated.rows(results),
    "generated_classes": generated.class_rows(results),
  }


def _faces(results: Results) -> Iterator[Row]:
  """How many faces each set has of what, and what was left out and why."""
  for use, found in results["data"].items():
    begun = {"use": use, "dataset": found["dataset"]}
    for group, faces, *more in _groups(found):
      people, reason = more or (None, "")
      own = {"group": group, "faces": faces, "people": people, "reason": reason}
      yield begun | own


def _groups(found: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
  """Name and faces of each part of a set; of some its people, and a reason."""
  yield "used", found["faces"], found.get("people"), ""
  yield "rejected", found.get("rejected")
  for over in ("people", "splits"):
    if pairs := found["duplicates"][f"across_{over}"]:
      yield f"copied across {over}", pairs, None, "pairs"
  if "unlabelled" in found:
    yield "unlabelled", found["unlabelled"]
  for emotion in wording.in_order(found.get("by_emotion", {})):
    yield emotion, found["by_emotion"][emotion]
  for unit, counts in found.get("by_au", {}).items():
    for kind in ("present", "coded"):
      yield f"{unit} {kind}", counts[kind], None, found["coded_by"]
  for aside in found.get("set_aside", []):
    group = f"set aside: {aside['emotion']}"
    yield group, aside["faces"], aside["people"], aside["reason"]
