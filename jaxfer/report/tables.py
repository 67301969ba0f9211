"""Results as files: one long CSV a question, and LaTeX of what is printed."""

from __future__ import annotations

import csv
import dataclasses
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from jaxfer.report import (
  audit_records,
  generated,
  generated_classes,
  latex,
  protocols,
  records,
  wording,
)
from jaxfer.report.latex import Column
from jaxfer.report.records import Row


def _everything(row: Row) -> bool:
  return True


def _trained(row: Row) -> bool:
  return row["representation"] == "trained" and row["protocol"] != "unsealed"


@dataclasses.dataclass(frozen=True)
class _Printed:
  """A table as LaTeX has it: its columns, and which of its rows."""

  caption: str
  columns: tuple[Column, ...]
  keep: Callable[[Row], bool] = _everything


_INTERVAL = "95 % interval"
_WHAT = (Column("representation", ""), Column("protocol", "protocol"))
_UNIT = Column("action_unit", "action unit")


def _rates(names: Mapping[str, str]) -> tuple[Column, ...]:
  """A column for each metric, and one for its interval."""
  columns = []
  for name, title in names.items():
    style = "area" if wording.is_area(name) else "percent"
    columns.append(Column(name, title, style))
    columns.append(Column(f"{name}_interval", _INTERVAL))
  return tuple(columns)


# What is not here is for machines: confusion counts and searches.
_PRINTED: Mapping[str, _Printed] = {
  "scores": _Printed(
    "Scores under every protocol",
    (
      *_WHAT,
      *_rates({"accuracy": "accuracy", "auc_mean": "mean AUC"}),
      Column("faces", "faces", "count"),
      Column("units", "behind the interval", "count"),
      Column("coverage", "its coverage", "percent"),
    ),
  ),
  "auc": _Printed(
    "Area under the ROC curve by emotion, trained discriminator",
    (
      Column("protocol", "protocol"),
      Column("emotion", "emotion"),
      Column("published", "printed", "area"),
      *_rates({"auc": "ours"}),
      Column("faces_of_it", "faces", "count"),
    ),
    _trained,
  ),
  "aus": _Printed(
    "Action units, trained discriminator",
    (
      Column("protocol", "protocol"),
      _UNIT,
      Column("published", "printed", "area"),
      *_rates({"auc": "AUC"}),
      Column("average_precision", "average precision", "area"),
      Column("f1_tuned", "F1", "percent"),
      Column("base_rate", "base rate", "percent"),
    ),
    _trained,
  ),
  "differences": _Printed(
    "Paired differences",
    (
      Column("difference", "difference"),
      Column("protocol", "protocol"),
      Column("metric", "metric"),
      Column("written", "value"),
      Column("value_interval", _INTERVAL),
    ),
    lambda row: row["metric"] in ("accuracy", "auc_mean"),
  ),
  "faces": _Printed(
    "Faces",
    (
      Column("use", "use"),
      Column("dataset", "set"),
      Column("group", "group"),
      Column("faces", "faces", "count"),
      Column("people", "people", "count"),
    ),
  ),
  "audit": _Printed(
    "Copies on the other side, and how well features name the person",
    (
      Column("question", "question"),
      Column("of", "of"),
      Column("measure", "measure"),
      Column("written", "value"),
    ),
  ),
  "emotion_rule": _Printed(
    "Area under the ROC curve of each action unit's own machine, and of the"
    " recognised emotion through Table VI",
    (
      Column("protocol", "protocol"),
      _UNIT,
      *_rates({"machine_auc": "machine", "rule_auc": "emotion"}),
    ),
  ),
  "labels": _Printed(
    "Accuracy by labels of each emotion",
    (
      Column("representation", ""),
      Column("labels", "labels"),
      *_rates({"accuracy": "accuracy", "trained_ahead": "trained ahead"}),
    ),
  ),
  "seeds": _Printed(
    "Scores by pretraining seed",
    (
      *_WHAT,
      Column("metric", "metric"),
      Column("seed", "seed"),
      Column("written", "value"),
      Column("value_interval", _INTERVAL),
    ),
    lambda row: row["metric"] in ("accuracy", "auc_mean"),
  ),
}


def write(out_dir: Path, results: Mapping[str, Any]) -> list[Path]:
  """Writes every table that has rows, and beside most of them LaTeX.

  The first column, `data`, says of each row whether it was measured on real
  faces, on stand-ins, or printed in the paper. Rates are fractions in full
  precision; what is undefined is an empty cell. LaTeX holds what a paper would
  print, rounded, and says of stand-ins that they are.

  Args:
    out_dir: an existing folder.
    results: the numbers of a run.

  Returns:
    The files written.
  """
  data = "stand-in" if results["standin"] else "real"
  paths = []
  for name, rows in _tables(results).items():
    if not (lines := [{"data": data, **row} for row in rows]):
      continue
    paths.append(out_dir / f"{name}.csv")
    _write_csv(paths[-1], lines)
    if name in _PRINTED:
      paths.append(out_dir / f"{name}.tex")
      _write_latex(paths[-1], _PRINTED[name], lines, results)
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


def _tables(results: Mapping[str, Any]) -> dict[str, Iterable[Row]]:
  if results["task"] == "emotion":
    own = {
      "auc": records.areas(results),
      "confusion": records.confusion(results),
      "labels": audit_records.labels(results),
    }
  else:
    own = {
      "aus": records.units(results),
      "emotion_rule": audit_records.emotion_rule(results),
    }
  return {
    "scores": records.scores(results),
    **own,
    "differences": records.differences(results),
    "audit": audit_records.audit(results),
    "audit_areas": audit_records.areas(results),
    "seeds": audit_records.seeds(results),
    "search": records.search(results),
    "faces": records.faces(results),
    "generated": generated.rows(results),
    "generated_classes": generated_classes.rows(results),
  }


def _write_csv(path: Path, rows: list[Row]) -> None:
  with path.open("w", encoding="utf-8", newline="") as file:
    writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    for row in rows:
      writer.writerow({name: neutralise(cell) for name, cell in row.items()})


def _write_latex(
  path: Path, printed: _Printed, rows: list[Row], results: Mapping[str, Any]
) -> None:
  note = wording.STANDIN if results["standin"] else ""
  kept = [row for row in rows if printed.keep(row)]
  kept = [_readable(row, _equal(row, kept), results) for row in kept]
  columns = [
    column
    for column in printed.columns
    if any(row.get(column.name) is not None for row in kept)
  ]
  caption = f"{printed.caption}: {results['experiment']}"
  latex.write(path, columns or printed.columns, kept, caption, note)


def _equal(row: Row, rows: list[Row]) -> Row:
  """The row of a table whose numbers another's are by construction, or none."""
  same = row.get("same_as")
  stands = (same, "subject", "across") if same == "unsealed" else (same,)
  what = ("representation", "emotion", "action_unit")
  for other in rows if same else ():
    alike = all(other.get(key) == row.get(key) for key in what)
    if alike and other["protocol"] in stands:
      return other
  return {}


def _readable(row: Row, twin: Row, results: Mapping[str, Any]) -> Row:
  """Names in words, intervals in brackets, mixed numbers as text.

  A number that is equal by construction to its `twin`'s is marked `=`.
  """
  out = dict(row)
  names, titles = wording.REPRESENTATIONS, protocols.titles(results)
  for key, known in (
    ("representation", names),
    ("of", {**names, **titles}),
    ("protocol", titles),
    ("metric", {**wording.METRICS, **wording.UNIT_METRICS}),
  ):
    if key in row:
      out[key] = known.get(row[key], row[key])
  for key in row:
    name = key.removesuffix("_low")
    if name != key and row[key] is not None:
      metric = row["metric"] if name == "value" else _metric(name)
      ends = row[key], row[f"{name}_high"]
      out[f"{name}_interval"] = wording.score_interval(metric, ends)
      if row[name] is not None and twin.get(name) == row[name]:
        out[name] = f"= {wording.score(metric, row[name])}"
  if row.get("value") is not None:
    out["written"] = _written(row)
  return out


def _metric(column: str) -> str:
  return "auc" if column.endswith("auc") else column


def _written(row: Row) -> str:
  value = row["value"]
  if "metric" not in row:
    return f"{value:,}" if isinstance(value, int) else wording.percent(value)
  if " - " in row.get("difference", row.get("representation", "")):
    return wording.difference(row["metric"], value)
  return wording.score(row["metric"], value)
