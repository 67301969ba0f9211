"""Results as CSV files, one long table per question."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from jaxfer.report import wording
from jaxfer.report.evidence import score_blocks
from jaxfer.report.published import EXPERIMENTS

Row = dict[str, Any]


def write(out_dir: Path, results: Mapping[str, Any]) -> list[Path]:
  """Writes every table that has rows.

  The first column, `data`, says of each row whether it was measured on real
  faces, on stand-ins, or printed in the paper. Rates are fractions in full
  precision; what is undefined is an empty cell.

  Args:
    out_dir: an existing folder.
    results: the numbers of a run.

  Returns:
    The files written.
  """
  tables = {
    "scores": _scores(results),
    "auc": _areas(results),
    "confusion": _confusion(results),
    "differences": _differences(results),
    "search": _search(results),
    "faces": _faces(results),
  }
  data = "stand-in" if results["standin"] else "real"
  paths = []
  for name, rows in tables.items():
    if lines := [{"data": data, **row} for row in rows]:
      path = out_dir / f"{name}.csv"
      _write_csv(path, lines)
      paths.append(path)
  return paths


def neutralise(cell: Any) -> Any:
  """Keeps a spreadsheet from running a text cell as a formula.

  Args:
    cell: what is to be written; numbers pass unchanged.

  Returns:
    The cell, with an apostrophe before text that begins like a formula.

  Reference: https://owasp.org/www-community/attacks/CSV_Injection
  """
  if isinstance(cell, str) and cell.startswith(
    ("=", "+", "-", "@", "\t", "\r")
  ):
    return f"'{cell}"
  return cell


def _write_csv(path: Path, rows: list[Row]) -> None:
  with path.open("w", encoding="utf-8", newline="") as file:
    writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    for row in rows:
      writer.writerow({name: neutralise(cell) for name, cell in row.items()})


def _scores(results: Mapping[str, Any]) -> Iterator[Row]:
  for (representation, protocol), block in score_blocks(results).items():
    row: Row = {"representation": representation, "protocol": protocol}
    for metric in wording.METRICS:
      row[metric] = block.get(metric)
      row |= _bounds(metric, block.get(f"{metric}_ci95"))
    yield {**row, "folds": block["folds"], "faces": _total(block)}
  if results.get("paper_reference"):
    entry = EXPERIMENTS[results["paper_reference"]]
    row = {"representation": entry.key, "protocol": "paper"}
    for metric in wording.METRICS:
      row |= {metric: None, **_bounds(metric, None)}
    row |= {"accuracy": entry.accuracy, "auc_mean": entry.auc_mean}
    # Their number says nothing of the faces at hand.
    yield {"data": "published", **row, "folds": 10, "faces": None}


def _areas(results: Mapping[str, Any]) -> Iterator[Row]:
  reference = EXPERIMENTS.get(results.get("paper_reference") or "")
  for (representation, protocol), block in score_blocks(results).items():
    for emotion in wording.in_order(block["auc"]):
      entry = block["auc"][emotion]
      yield {
        "representation": representation,
        "protocol": protocol,
        "emotion": emotion,
        "auc": entry["value"],
        **_bounds("auc", entry.get("ci95")),
        "published": reference.auc.get(emotion) if reference else None,
        "faces_of_it": entry["n_pos"],
        "other_faces": entry["n_neg"],
        "folds_used": entry["folds_used"],
        "recall": block.get("recall", {}).get(emotion),
        "f1": block.get("f1", {}).get(emotion),
        "reason": entry.get("reason"),
      }


def _confusion(results: Mapping[str, Any]) -> Iterator[Row]:
  for (representation, protocol), block in score_blocks(results).items():
    classes = block["confusion"]["classes"]
    for true, row in zip(classes, block["confusion"]["counts"], strict=True):
      for named, count in zip(classes, row, strict=True):
        yield {
          "representation": representation,
          "protocol": protocol,
          "true": true,
          "named": named,
          "faces": count,
        }


def _differences(results: Mapping[str, Any]) -> Iterator[Row]:
  for name, parts in results.get("differences", {}).items():
    # "paper - subject" is between protocols, the others within each.
    between = "paper - subject" in name
    for protocol, metrics in (
      {None: parts}.items() if between else parts.items()
    ):
      for metric, difference in (metrics or {}).items():
        yield {
          "difference": name,
          "protocol": protocol,
          "metric": metric,
          "value": difference["value"],
          **_bounds("value", difference["ci95"]),
        }


def _search(results: Mapping[str, Any]) -> Iterator[Row]:
  for (representation, protocol), block in score_blocks(results).items():
    search = block.get("search") or {"folds": []}
    for fold, found in enumerate(search["folds"], 1):
      yield {
        "representation": representation,
        "protocol": protocol,
        "fold": fold,
        "C": found["C"],
        "gamma": found["gamma"],
        "score": found["score"],
        "evaluations": search["evaluations"],
      }


def _faces(results: Mapping[str, Any]) -> Iterator[Row]:
  for use, entry in results["data"].items():

    def row(
      group: str, faces: Any, people: Any = None, reason: str = ""
    ) -> Row:
      return {
        "use": use,  # noqa: B023  called within this turn of the loop
        "dataset": entry["dataset"],  # noqa: B023
        "group": group,
        "faces": faces,
        "people": people,
        "reason": reason,
      }

    yield row("used", entry["faces"], entry.get("people"))
    yield row("rejected", entry.get("rejected"))
    for over in ("people", "splits"):
      if pairs := entry["duplicates"][f"across_{over}"]:
        yield row(f"copied across {over}", pairs, reason="pairs")
    if "unlabelled" in entry:
      yield row("unlabelled", entry["unlabelled"])
    for emotion in wording.in_order(entry.get("by_emotion", {})):
      yield row(emotion, entry["by_emotion"][emotion])
    for aside in entry.get("set_aside", []):
      group = f"set aside: {aside['emotion']}"
      yield row(group, aside["faces"], aside["people"], aside["reason"])


def _bounds(name: str, interval: list[float] | None) -> Row:
  low, high = interval or (None, None)
  return {f"{name}_low": low, f"{name}_high": high}


def _total(block: Mapping[str, Any]) -> int:
  return sum(map(sum, block["confusion"]["counts"]))
