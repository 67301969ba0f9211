"""The page of a suite: one HTML file, its tables and its figures."""

from __future__ import annotations

import functools
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from jaxfer import facs, terms
from jaxfer.data import duplicates
from jaxfer.report import latex, paper, templates, wording
from jaxfer.report.figures import entry
from jaxfer.report.suite import (
  audit,
  extensions,
  finding,
  generators,
  overviews,
  pictures,
  scores,
)
from jaxfer.report.suite.members import Member
from jaxfer.report.suite.suite import Suite
from jaxfer.report.table import Table
from jaxfer.results.evidence import Evidence


def _of_both(table: Callable[..., Table]) -> list[Callable[[Suite], Table]]:
  """A table for the emotions, and one for the action units."""
  return [functools.partial(table, task=task) for task in ("emotion", "au")]


TABLES: Mapping[str, Sequence[Callable[[Suite], Table]]] = {
  "table_1": [overviews.read],
  "table_2_accuracy": [overviews.emotions],
  "table_2": [scores.emotions],
  "table_3": [scores.against_others],
  "table_5": [overviews.units],
  "table_4": [scores.units],
  "table_6": [overviews.rule],
  "au7_only": [scores.au7],
  "table_7": [generators.samples],
  "generators": [generators.verdicts],
  "leaks": [audit.leaks, *_of_both(audit.areas), audit.copies],
  "identity": [audit.identity],
  "emotion_rule": [audit.emotion_rule],
  "controls": _of_both(extensions.controls),
  "labels": [extensions.labels],
  "seeds": _of_both(extensions.seeds),
  "conditions": _of_both(extensions.conditions),
  "as_printed": [scores.as_printed],
}
"""Every table, by the place on the page where it stands."""

_PAPERS = ("table_1", "table_3", "table_6", "table_7")
"""Those of a page that shows any of the paper's experiments."""

FIGURES: Sequence[Callable[[Suite], Iterator[entry.Entry]]] = (
  pictures.glances,
  pictures.architecture,
  pictures.learnt,
  pictures.curves_and_confusions,
  pictures.figure_8,
  pictures.figure_9,
  pictures.copies,
  pictures.transfer,
  pictures.labels,
  pictures.as_printed,
)
"""Every figure, in the order of those that share a place."""


def write(
  out: Path,
  members: Mapping[str, Evidence],
  left_out: Mapping[str, str] = types.MappingProxyType({}),
) -> Path:
  """Writes the page of a suite beside the pages of each experiment.

  Args:
    out: a folder that holds `<name>/index.html` of each member; it receives
      what `page.write` writes.
    members: by name of the experiment, what its report shows; any of the
      paper's may be absent, and there may be others.
    left_out: by name, why an experiment is not among them.
  """
  suite = Suite(members, left_out)
  templates.begin(out, suite.results)
  tables = _tables(suite)
  for table in (one for own in tables.values() for one in own):
    table.write_csv(out / "tables")
    if table.is_papers:
      latex.write(out / "tables", table)
  note = wording.STANDIN if suite.standins else ""
  drawn = entry.draw(figures(suite), out / "figures", note, inline=False)
  return templates.write(
    out,
    "suite/page.html",
    ("page.css", "suite/page.css"),
    tables=tables,
    pictures=drawn,
    **_words(suite),
  )


def figures(suite: Suite) -> Iterator[entry.Entry]:
  """The figures that there is something to draw from."""
  for entries in FIGURES:
    yield from entries(suite)


def _tables(suite: Suite) -> dict[str, list[Table]]:
  """By place, the tables that have any rows."""
  found = {
    place: [table for make in made if (table := make(suite)).rows]
    for place, made in TABLES.items()
    if suite.of_paper or place not in _PAPERS
  }
  return {place: tables for place, tables in found.items() if tables}


def _words(suite: Suite) -> dict[str, Any]:
  """What the page says of the experiments."""
  return {
    "members": suite.members,
    "of_paper": suite.of_paper,
    "left_out": suite.left_out,
    "standins": [m.name for m in suite.standins],
    "note": wording.STANDIN,
    "lead": finding.lead(suite),
    "remarks": finding.remarks(suite),
    "absences": {
      name: scores.absences(suite.columns(task), suite.titles)
      for name, task in (("table_2", "emotion"), ("table_4", "au"))
    },
    "titles": suite.titles,
    "learnt": bool(suite.learnt_sets()),
    "collapsed": suite.collapsed(),
    "hidden": sorted(
      m.name for m in suite.members if m.evidence.faces == "hide"
    ),
    "detected": duplicates.DETECTED,
    "summaries": [(m, _scores(m, suite.titles)) for m in suite.members],
    "config": _common(suite),
    "first": suite.members[0].results if suite.members else None,
    "sentence": wording.sentence,
    "paper": paper,
    "facs": facs,
    "same_columns": [
      [f"AU{unit}" for unit in units]
      for units in facs.columns().values()
      if len(units) > 1
    ],
  }


def _scores(member: Member, titles: Mapping[str, str]) -> str:
  """The scores of an experiment in a line."""
  found = [
    f"{wording.score(member.headline, score.value)} {titles[line]}"
    for line, score in member.scores(member.headline).items()
    if isinstance(score.value, float | Decimal)
  ]
  metric = terms.METRICS[member.headline].title
  return f"{metric} {', '.join(found)}" if found else "no scores"


def _common(suite: Suite) -> dict[str, Any]:
  """The settings that all experiments share."""
  configs = [member.results.get("config", {}) for member in suite.members]
  first = configs[0] if configs else {}
  return {
    name: value
    for name, value in first.items()
    if all(name in c and c[name] == value for c in configs)
  }
