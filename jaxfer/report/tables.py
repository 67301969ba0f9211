"""Results as files: one long CSV a question, and LaTeX of what is printed."""

from __future__ import annotations

import csv
import dataclasses
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from jaxfer import terms
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


@dataclasses.dataclass(frozen=True)
class _Printed:
  """A table as LaTeX has it: its columns, and which of its rows."""

  caption: str
  columns: tuple[Column, ...]
  keep: Callable[[Row], bool] = lambda row: True


_INTERVAL = "95 %"
_WHAT = (Column("representation", ""), Column("protocol", "protocol"))


def _with_interval(name: str, title: str, unit: str) -> tuple[Column, ...]:
  """A column, and one for its interval."""
  return Column(name, title, unit), Column(f"{name}_interval", _INTERVAL)


def _metric(name: str) -> tuple[Column, ...]:
  """A column of a metric's values, and one for its interval."""
  row = terms.METRICS[name]
  return _with_interval(name, row.title, row.unit)


_PRINTED: Mapping[str, _Printed] = {
  "scores": _Printed(
    "Scores under every protocol",
    (
      *_WHAT,
      *_metric("accuracy"),
      *_metric("auc_mean"),
      Column("faces", "faces", "count"),
      Column("units", "behind the interval", "count"),
      Column("coverage", "its coverage", "rate"),
    ),
  ),
}


def write(out_dir: Path, results: Mapping[str, Any]) -> list[Path]:
  """Writes every table that has rows, and the scores as LaTeX too.

  The first column, `data`, says of each row whether it was measured on real
  faces, on stand-ins, or printed in the paper. Rates are fractions in full
  precision, those of the print with its digits; what is undefined is an empty
  cell; `unit` is that of a row's `value`. LaTeX holds what a paper would print,
  rounded, and says of stand-ins that they are.

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
  units = {column.name: column.unit for column in printed.columns}
  kept = [row for row in rows if printed.keep(row)]
  kept = [_readable(row, _equal(row, kept), units, results) for row in kept]
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


def _readable(
  row: Row, twin: Row, units: Mapping[str, str], results: Mapping[str, Any]
) -> Row:
  """Names in words, intervals in brackets, mixed numbers as text.

  Args:
    row: plain values.
    twin: the row whose numbers its own are by construction; such are marked
      `=`.
    units: of the columns; a row's `unit` is that of its `value`.
    results: the numbers of the run.
  """
  out = dict(row)
  if "unit" in row:
    units = {**units, "value": row["unit"]}
  titles = protocols.titles(results)
  names = {name: row.title for name, row in terms.REPRESENTATIONS.items()}
  metrics = {name: row.title for name, row in terms.METRICS.items()}
  for key, known in (
    ("representation", names),
    ("of", {**names, **titles}),
    ("protocol", titles),
    ("metric", metrics),
  ):
    if key in row:
      out[key] = known.get(row[key], row[key])
  for name in units:
    unit, value = units[name], row.get(name)
    if (low := row.get(f"{name}_low")) is not None:
      out[f"{name}_interval"] = wording.bounds(unit, (low, row[f"{name}_high"]))
      if value is not None and twin.get(name) == value:
        out[name] = f"= {wording.write(unit, value)}"
  if row.get("value") is not None:
    out["written"] = wording.write(units["value"], row["value"])
  return out
