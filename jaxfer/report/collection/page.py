"""The page of all experiments: one HTML file, its tables and its figures."""

from __future__ import annotations

import dataclasses
import functools
import itertools
import json
import types
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from jaxfer import facs, terms
from jaxfer.data import duplicates
from jaxfer.report import latex, page, paper, wording
from jaxfer.report.collection import (
  accuracies,
  areas,
  audit,
  datasets,
  extensions,
  finding,
  generators,
  overviews,
  pictures,
)
from jaxfer.report.collection.members import LINES, Collection, Member
from jaxfer.report.figures import entry
from jaxfer.report.table import Table
from jaxfer.results.evidence import Evidence


def write(
  out: Path,
  members: Mapping[str, Evidence],
  left_out: Mapping[str, str] = types.MappingProxyType({}),
) -> Path:
  """Writes the page of all experiments beside the pages of each.

  Args:
    out: a folder that holds `<name>/index.html` of each member; it receives
      index.html, results.json, figures/ and tables/.
    members: by name of the experiment, what its report shows; any of the
      paper's may be absent, and there may be others.
    left_out: by name, why an experiment is not among them.

  Returns:
    The path of index.html, which needs no network.

  Raises:
    ValueError: if results hold NaN or infinity, which JSON has no words for;
      write null with a reason beside it.
  """
  collection = Collection(members, left_out)
  text = json.dumps(collection.results, indent=2, allow_nan=False)
  (out / "results.json").write_text(text + "\n", encoding="utf-8")
  for name in ("figures", "tables"):
    (out / name).mkdir()
  tables = _tables(collection)
  for table in itertools.chain(*tables.values()):
    table.write_csv(out / "tables")
    if table.is_papers:
      latex.write(out / "tables", table)
  note = wording.STANDIN if collection.standins else ""
  drawn = entry.draw(
    pictures.of(collection), out / "figures", note, inline=False
  )
  path = out / "index.html"
  path.write_text(
    _render(collection, tables, drawn, left_out), encoding="utf-8"
  )
  return path


def _of_both(
  table: Callable[..., Table],
) -> list[Callable[[Collection], Table]]:
  """A table for the emotions, and one for the action units."""
  return [functools.partial(table, task=task) for task in ("emotion", "au")]


TABLES: Mapping[str, Sequence[Callable[[Collection], Table]]] = {
  "table_1": [datasets.read],
  "table_2_accuracy": [overviews.emotions],
  "table_2": [areas.emotions],
  "table_3": [accuracies.against_others],
  "table_5": [overviews.units],
  "table_4": [areas.units],
  "table_6": [datasets.rule],
  "au7_only": [accuracies.au7],
  "table_7": [generators.samples],
  "generators": [generators.verdicts],
  "leaks": [audit.leaks, *_of_both(audit.areas), audit.copies],
  "identity": [audit.identity],
  "emotion_rule": [audit.emotion_rule],
  "controls": _of_both(extensions.controls),
  "labels": [extensions.labels],
  "seeds": _of_both(extensions.seeds),
  "conditions": _of_both(extensions.conditions),
  "as_printed": [accuracies.as_printed],
}
"""Every table, by the place on the page where it stands."""


def _tables(collection: Collection) -> dict[str, list[Table]]:
  """By place, the tables that have any rows."""
  found = {
    place: [table for make in made if (table := make(collection)).rows]
    for place, made in TABLES.items()
  }
  return {place: tables for place, tables in found.items() if tables}


def _render(
  collection: Collection,
  tables: Mapping[str, Sequence[Table]],
  drawn: Mapping[str, list[entry.Picture]],
  left_out: Mapping[str, str],
) -> str:
  own_style = Path(__file__).with_name("page.css")
  template = page.environment().get_template("collection/page.html")
  return template.render(
    css=page.stylesheet() + own_style.read_text(encoding="utf-8"),
    members=collection.members,
    left_out=left_out,
    standins=[m.name for m in collection.standins],
    note=wording.STANDIN,
    lead=finding.lead(collection),
    remarks=finding.remarks(collection),
    tables=tables,
    absences={
      "table_2": areas.absences(collection.emotions(), collection.titles),
      "table_4": areas.absences(collection.units(), collection.titles),
    },
    threats=overviews.THREATS,
    titles=collection.titles,
    readings=facs.OUR_READINGS,
    omitted=facs.OMITTED_AUS,
    same_columns=[
      [f"AU{unit}" for unit in units]
      for units in facs.columns().values()
      if len(units) > 1
    ],
    pictures=drawn,
    learnt=bool(collection.learnt_sets()),
    collapsed=generators.collapsed(collection),
    hidden=sorted(
      m.name for m in collection.members if m.evidence.faces == "hide"
    ),
    inconsistencies={
      kind: [entry for entry in paper.INCONSISTENCIES if entry.kind == kind]
      for kind in paper.KINDS
    },
    detected=duplicates.DETECTED,
    kinds=paper.KINDS,
    agreements=paper.AGREEMENTS,
    summaries=[
      _summary(member, collection.titles) for member in collection.members
    ],
    config=_common(collection.members),
    first=collection.members[0].results if collection.members else None,
    sentence=wording.sentence,
  )


@dataclasses.dataclass(frozen=True)
class _Summary:
  """A line of the list of experiments."""

  name: str
  what: str
  score: str


def _summary(member: Member, titles: Mapping[str, str]) -> _Summary:
  found = []
  for line in LINES:
    block = member.line(line)
    if block and block.get(member.headline) is not None:
      value = wording.score(member.headline, block[member.headline])
      found.append(f"{value} {titles[line]}")
  metric = terms.METRICS[member.headline].title
  text = f"{metric} {', '.join(found)}" if found else "no scores"
  return _Summary(member.name, member.what, text)


def _common(members: tuple[Member, ...]) -> dict[str, Any]:
  """The settings that all experiments share."""
  configs = [member.results.get("config", {}) for member in members]
  if not configs:
    return {}
  return {
    name: value
    for name, value in configs[0].items()
    if all(name in c and c[name] == value for c in configs)
  }
