"""Checks a copy of a dataset: `python -m jaxfer.data.verify --help`.

Counts it against the published numbers, decodes every image, and lists what is
irregular: known irregularities of the owner's copy apart from everything else
that would change a result, an incomplete copy included unless it is declared.
"""

from __future__ import annotations

import argparse
import collections
import inspect
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from jaxfer import config, exits, facs, logs
from jaxfer.data import readers
from jaxfer.data.dataset import Dataset
from jaxfer.data.table import (
  COLUMNS,
  FaceTable,
  Note,
  Rejection,
  count_reasons,
  to_row,
  write_csv,
)
from jaxfer.data.verdict import COUNTED, TITLES, Verdict, check, count, counts
from jaxfer.errors import UserError

EXPORT_COLUMNS = tuple(
  name for name in COLUMNS if name not in ("pose_raw", "attributes")
)
_SHOWN = 20  # lines of each list
_FEW = 40  # values whose counts are shown: films and attributes are too many


def describe(dataset: Dataset, verdict: Verdict) -> str:
  """The verdict in words, with the published numbers beside those found."""
  table = verdict.table
  lines = [f"{dataset.title} ({dataset.name}) in {table.root}"]
  lines += [f"  {line}" for line in _counts(dataset, table)]
  lines.append(f"  {count_reasons(r.reason for r in table.rejected)}")
  lines += _listed("notes", table.notes)
  lines += _listed("known irregularities", verdict.known)
  lines += _listed("PROBLEMS", verdict.problems)
  if verdict.lacking:
    lines.append("what is left out on purpose is declared by --subset")
  lines.append(
    f"{len(verdict.problems)} problems that would change a result"
    if verdict.problems
    else "nothing found that would change a result"
  )
  return "\n".join(lines)


def _counts(dataset: Dataset, table: FaceTable) -> Iterator[str]:
  """Lines such as `emotion   angry 1,005 of 1,005, …`."""
  found = counts(table)
  for name in ("images", "people", *COUNTED):
    own = found.get(name, collections.Counter())
    expected = dataset.published.get(name, {})
    keys = {**expected, **own}
    if len(keys) > _FEW:
      continue
    words = [count(key, own[key], expected.get(key)) for key in sorted(keys)]
    if words:
      yield f"{TITLES.get(name, name):9} {', '.join(words)}"
  rates = facs.base_rates(face.aus for face in table.faces)
  if rates:
    words = [f"AU{number} {rate:.1%}" for number, rate in rates.items()]
    yield f"{'present':9} {', '.join(words)}"


def _listed(
  title: str, items: Sequence[Note] | Sequence[Rejection]
) -> Iterator[str]:
  if not items:
    return
  yield f"{title}: {len(items)}"
  for item in items[:_SHOWN]:
    text = item.text if isinstance(item, Note) else item.reason
    yield f"  {item.path}: {text}"
  if len(items) > _SHOWN:
    yield f"  … and {len(items) - _SHOWN} more"


def export(table: FaceTable, path: Path) -> None:
  """Writes a table as CSV, a row per face; what is not known is empty."""
  rows = (
    {name: row[name] for name in EXPORT_COLUMNS}
    for row in map(to_row, table.faces)
  )
  write_csv(path, EXPORT_COLUMNS, rows)


def main(arguments: Sequence[str] | None = None) -> int:
  """Verifies one dataset; returns 1 where something is wrong with it."""
  logs.speak_anywhere()
  parser = _parser()
  options, fields = parser.parse_known_args(arguments)
  if not options.root.is_dir():
    parser.error(f"--root={options.root} is no folder")
  return exits.end(lambda: _verify(options, fields))


def _settings(dataset: Dataset, fields: Sequence[str]) -> dict[str, Any]:
  """What options such as --config.data.labelled.codes=fer2013 set.

  Raises:
    UserError: for another option, field or type.
  """
  prefix = f"--config.data.{dataset.name}."
  known = inspect.signature(dataset.read).parameters.values()
  defaults = {one.name: one.default for one in known if one.name != "root"}
  found = {}
  for field in fields:
    name, given, text = field.removeprefix(prefix).partition("=")
    if not field.startswith(prefix) or not given or name not in defaults:
      legal = ", ".join(f"{prefix}{one}=" for one in defaults) or "none"
      raise UserError(
        f"unknown option {field}; of {dataset.name} it has {legal}"
      )
    found[name] = config.typed(name, defaults[name], text)
  return found


def _verify(options: argparse.Namespace, fields: Sequence[str]) -> int:
  dataset = readers.get(options.dataset)
  settings = _settings(dataset, fields)
  verdict = check(
    dataset, options.root, subset=options.subset, settings=settings
  )
  print(describe(dataset, verdict))
  if options.export is not None:  # what cannot be written costs no verdict
    export(verdict.table, options.export)
  return 1 if verdict.problems else 0


def _parser() -> argparse.ArgumentParser:
  parser = argparse.ArgumentParser(
    prog="jaxfer verify",
    description="Checks a copy of a dataset against its owner's description."
    " Exit status 0: nothing that would change a result; 1: something would."
    " Fields of the set are given as to a run:"
    " --config.data.labelled.codes=raf_db.",
    allow_abbrev=False,
  )
  parser.add_argument(
    "--dataset",
    required=True,
    choices=readers.NAMES,
    help="which; labelled, unlabelled and own_clips are folders of your own",
  )
  parser.add_argument(
    "--root", required=True, type=Path, help="the dataset's folder"
  )
  parser.add_argument(
    "--subset",
    action="store_true",
    help="parts are left out on purpose: numbers that are not the owner's, and"
    " label files that are not there, are no problem",
  )
  parser.add_argument(
    "--export",
    type=Path,
    metavar="CSV",
    help="write the table of usable faces there, whatever the verdict",
  )
  return parser


if __name__ == "__main__":
  sys.exit(main())
