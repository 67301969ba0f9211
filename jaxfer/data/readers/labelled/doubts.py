"""What a label table says that may not be meant so: told, never mended."""

from __future__ import annotations

import collections
from collections.abc import Iterator, Sequence

from jaxfer.data import emotions, parts, people
from jaxfer.data.readers.labelled.tables import Columns

_SHOWN = 5  # values in a note


def nobody(columns: Columns, rows: Sequence[Sequence[str]]) -> str:
  """Why nobody is named, if so; what numbers the rows names nobody."""
  if "subject" not in columns.facts:
    return "no column says who is shown: nobody is named"
  if not _is_id(columns):
    return ""
  # Rows may be numbered anew in each part, and a photograph named again.
  facts = ("subject", "split", "path")
  said = {tuple(columns.cell(cells, fact) for fact in facts) for cells in rows}
  if len({one[:2] for one in said}) == len(said):
    return "column id differs in every row: it names nobody"
  return ""


def _is_id(columns: Columns) -> bool:
  """Whether people are named by a column `id`, which may number rows."""
  return columns.names[columns.facts["subject"]].lower() == "id"


def notes(columns: Columns, rows: Sequence[Sequence[str]]) -> Iterator[str]:
  """What is to be said of a table's columns, and of the cells of its rows."""
  yield from columns.notes()
  if text := nobody(columns, rows):
    yield text
  else:
    if _is_id(columns):
      yield (
        "column id is taken for the person shown: give it another name, such"
        " as row, if it is not"
      )
    yield from _alike({columns.cell(cells, "subject") for cells in rows})
  said = {columns.cell(cells, "split") for cells in rows}
  unread = sorted(
    one for one in said if not emotions.is_empty(one) and not parts.read(one)
  )
  if unread:
    yield f"parts that are neither train, val nor test: {few(unread)}"
  last = max(columns.facts.values(), default=0)
  if short := sum(len(cells) <= last for cells in rows):
    yield (
      f"rows with fewer cells than the {len(columns.names)} columns: {short:,},"
      " the last of which are taken as empty"
    )


def _alike(names: set[str]) -> Iterator[str]:
  """People who may be one, whose names differ in case, accents' codes or 0s."""
  spelt = collections.defaultdict(list)
  for name in sorted(names):
    spelt[people.plain(name)].append(name)
  alike = [name for one in spelt.values() if len(one) > 1 for name in one]
  if alike:
    yield (
      f"people whose names are alike count as different ones: {few(alike)};"
      " spell one person in one way, or training and test may share them"
    )


def few(values: Sequence[str]) -> str:
  """The first of some values, and how many more there are."""
  more = len(values) - _SHOWN
  text = ", ".join(repr(value[: emotions.SHOWN]) for value in values[:_SHOWN])
  return text + (f" and {more:,} more" if more > 0 else "")
