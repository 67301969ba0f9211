"""Results as files: one long CSV a question, and LaTeX of the scores."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from jaxfer.report import (
  audit,
  by_label,
  extensions,
  generated,
  latex,
  scores,
  table,
  wording,
)
from jaxfer.report.table import Record
from jaxfer.results.evidence import Results


def write(out_dir: Path, results: Results) -> list[Path]:
  """Writes every table that has rows, and the scores as LaTeX too.

  The first column, `data`, says of each row whether it was measured on real
  faces, on stand-ins, or printed in the paper. Rates are fractions in full
  precision, those of the print with its digits; what is undefined is an empty
  cell; `unit` is that of a row's `value`. Gives the files written.
  """
  data = "stand-in" if results["standin"] else "real"
  paths = []
  for name, rows in _tables(results).items():
    if records := [{"data": data, **row} for row in rows]:
      paths.append(table.write_csv(out_dir / f"{name}.csv", records))
      if name == "scores":
        paths.append(latex.write(out_dir, scores.headline(results)))
  return paths


def _tables(results: Results) -> dict[str, Iterable[Record]]:
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


def _faces(results: Results) -> Iterator[Record]:
  """How many faces each set has of what, and what was left out and why."""
  for use, entry in results["data"].items():
    begun = {"use": use, "dataset": entry["dataset"]}
    for group, faces, *more in _groups(entry):
      people, reason = more or (None, "")
      own = {"group": group, "faces": faces, "people": people, "reason": reason}
      yield begun | own


def _groups(entry: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
  """Name and faces of each part of a set; of some its people, and a reason."""
  yield "used", entry["faces"], entry.get("people"), ""
  yield "rejected", entry.get("rejected")
  for over in ("people", "splits"):
    if pairs := entry["duplicates"][f"across_{over}"]:
      yield f"copied across {over}", pairs, None, "pairs"
  if "unlabelled" in entry:
    yield "unlabelled", entry["unlabelled"]
  for emotion in wording.in_order(entry.get("by_emotion", {})):
    yield emotion, entry["by_emotion"][emotion]
  for unit, counts in entry.get("by_au", {}).items():
    for kind in ("present", "coded"):
      yield f"{unit} {kind}", counts[kind], None, entry["coded_by"]
  for aside in entry.get("set_aside", []):
    group = f"set aside: {aside['emotion']}"
    yield group, aside["faces"], aside["people"], aside["reason"]
