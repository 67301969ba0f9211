"""What the page says of each class that a conditional generator is told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from jaxfer.report import generated, wording
from jaxfer.report.cells import NOTHING, Cell, Row, Table

_SHOWN = (
  "fid",
  "frechet_distance",
  "precision",
  "recall",
  "coverage",
  "ssim_nearest_real",
  "ms_ssim_fake_pairs",
)


def table(found: Mapping[str, Any]) -> Table | None:
  """Measures of each class's generated faces against its real ones.

  Args:
    found: the results' block `generated`.

  Returns:
    A row a class, its faces in small print, and what real faces of the class
    give beside each number; None where the generator is told nothing.
  """
  classes = found.get("classes") or {}
  if not classes:
    return None
  measured = {name: 0 for own in classes.values() for name in own["numbers"]}
  names = sorted(
    filter(_shown, measured),
    key=lambda name: _SHOWN.index(name.rpartition("/")[2]),
  )
  rows: list[Row] = []
  for title, own in classes.items():
    row = [_beside(name, own["numbers"].get(name)) for name in names]
    row.append(
      Cell(generated.verdict(own), "; ".join(own["collapse"]["reasons"]))
    )
    title = wording.unit_name(title)
    rows.append((Cell(title, f"{own['count']:,} faces of each"), row))
  return Table((*map(_heading, names), "collapse"), tuple(rows))


def rows(results: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
  """Each number of each class as a row of plain values.

  Args:
    results: the numbers of a run.
  """
  found = generated.of(results) or {}
  for name, own in (found.get("classes") or {}).items():
    for row in generated.rows({"generated": own}):
      yield {"class": name, **row}


def _shown(name: str) -> bool:
  space, _, measure = name.rpartition("/")
  # One space is enough for shares: that which no network has a say in.
  return measure in _SHOWN and (
    measure in ("fid", "frechet_distance") or space in ("", "pixels")
  )


def _heading(name: str) -> str:
  space, _, measure = name.rpartition("/")
  words = generated.MEASURES[measure].title
  dialect = space.partition(":")[2]
  return f"{words}\n{dialect}" if measure == "fid" and dialect else words


def _beside(name: str, number: Mapping[str, Any] | None) -> Cell:
  if number is None:
    return NOTHING
  measure = name.rpartition("/")[2]
  found = generated.cell(measure, number)
  floor = number["floor"]
  if number["value"] is None or floor is None:
    return found
  return Cell(found.text, f"real {generated.written(measure, floor)}")
