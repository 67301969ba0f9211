"""Checks a copy of a dataset: `python -m jaxfer.data.verify --help`.

Counts it against the published numbers, decodes every image, and lists what is
irregular: known irregularities of the owner's copy apart from everything else
that would change a result, an incomplete copy included unless it is declared.
"""

from __future__ import annotations

import argparse
import collections
import dataclasses
import inspect
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ml_collections import ConfigDict

from jaxfer import artifacts, config, exits, facs, logs
from jaxfer.data import clips, images, readers
from jaxfer.data.dataset import Dataset
from jaxfer.data.ordered import map_in_order
from jaxfer.data.table import (
  COLUMNS,
  Face,
  FaceTable,
  Note,
  Rejection,
  count_reasons,
  to_row,
  write_csv,
)
from jaxfer.errors import UserError

EXPORT_COLUMNS = tuple(
  name for name in COLUMNS if name not in ("pose_raw", "attributes")
)
_FAR = 0.01  # share of a published number that may be missing, or too many
_SHOWN = 20  # lines of each list
_LARGEST = 64.0  # 10^6 pixels of an image
_FEW = 40  # values whose counts are shown: films and attributes are too many
_COUNTED = ("emotion", "pose_raw", "gaze", "session", "split", "attributes")
_TITLES = {"pose_raw": "pose"}


@dataclasses.dataclass(frozen=True)
class Verdict:
  """What was found of a copy."""

  # The faces whose images can be used, and everything rejected.
  table: FaceTable
  # What of it the owner's own copy is known to hold.
  known: tuple[Rejection, ...]
  lacking: tuple[Rejection, ...]  # what tells it from a complete copy
  # Everything that would change a result, what is lacking included.
  problems: tuple[Rejection, ...]


def check(
  dataset: Dataset,
  root: Path,
  *,
  subset: bool = False,
  settings: Mapping[str, Any] | None = None,
) -> Verdict:
  """Reads a dataset whole and decodes every image that is not too large.

  With `subset`, parts are left out on purpose. `settings` are keywords of its
  reader.

  Raises:
    DataError: if nothing there can be read as that dataset.
  """
  data = None
  if settings:
    sample = {} if dataset.samples else {"count": 0, "seed": 0}
    data = {dataset.name: ConfigDict({**settings, **sample})}
  table = readers.read(dataset.name, root, data)
  progress = logs.Progress(f"check {dataset.name}", len(table.faces), "images")

  def decode(face: Face) -> images.ImageError | str:
    """Why it is of no use, or its checksum."""
    try:
      if table.clips:
        return clips.read(
          table, face, frames=1, stride=1, max_megapixels=_LARGEST
        )[0]
      with table.open(face) as file:
        sha256 = artifacts.digest(file)
        file.seek(0)
        images.load_face(file, max_megapixels=_LARGEST)
      return sha256
    except images.ImageError as error:
      return error
    except OSError as error:
      return images.ImageError(f"unreadable: {error.strerror or error}")

  faces: list[Face] = []
  by_content: dict[str, Face] = {}
  contradicted: list[Rejection] = []
  rejected = [*table.rejected]
  decoded = map_in_order(decode, table.faces)
  for done, (face, found) in enumerate(
    zip(table.faces, decoded, strict=True), 1
  ):
    if isinstance(found, str):
      faces.append(face)
      first = by_content.setdefault(found, face)
      if face.emotion and first.emotion not in (None, face.emotion):
        reason = f"{face.emotion}, and the same file is {first.emotion} as"
        contradicted.append(Rejection(face.path, f"{reason} {first.path}"))
    else:
      black = isinstance(found, images.BlackError)
      known = black and dataset.placeholders
      rejected.append(Rejection(face.path, str(found), known))
    progress(done, f"{len(rejected)} rejected")
  lacking = [] if subset else [*_lacking(dataset, table)]
  problems = lacking + [refused for refused in rejected if not refused.known]
  if dataset.labelled and not any(
    face.emotion or face.aus or face.attributes for face in table.faces
  ):
    problems.append(Rejection(".", "no face has a label"))
  shown = {face.emotion for face in table.faces} - {None}
  alone = len(shown) == 1 and not any(face.aus for face in table.faces)
  if not dataset.owner:  # else they are as the owner has them
    problems += contradicted
    if alone:
      reason = f"all faces with a label are {shown.pop()}: it takes two classes"
      problems.append(Rejection(".", reason))
  return Verdict(
    dataclasses.replace(table, faces=tuple(faces), rejected=tuple(rejected)),
    tuple(refused for refused in rejected if refused.known),
    tuple(lacking),
    tuple(problems),
  )


def _lacking(dataset: Dataset, table: FaceTable) -> Iterator[Rejection]:
  """What a complete copy has and this one has not, or has besides."""
  for note in table.notes:
    if note.missing:
      yield Rejection(note.path, note.text)
  if dataset.everything:
    table = dataset.read(table.root, **dataset.everything)
  found = _found(table)
  for name, expected in dataset.published.items():
    counts = found.get(name, {})
    far = [
      _count(key, counts.get(key, 0), number)
      for key, number in expected.items()
      if abs(counts.get(key, 0) - number) > _FAR * number
    ]
    if far:
      where = "" if name == "images" else f"{_TITLES.get(name, name)} "
      reason = f"far from the owner's numbers: {where}{', '.join(far)}"
      yield Rejection(".", reason)


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


def _found(table: FaceTable) -> dict[str, collections.Counter[str]]:
  """By fact of a face, the number of faces of each value."""
  people = {face.subject for face in table.faces} - {None}
  found = {"images": collections.Counter({"": len(table.faces)})}
  if people:
    found["people"] = collections.Counter({"": len(people)})
  for name in _COUNTED:
    values = collections.Counter(
      value for face in table.faces for value in _values(face, name)
    )
    if values:
      found[name] = values
  return found


def _counts(dataset: Dataset, table: FaceTable) -> Iterator[str]:
  """Lines such as `emotion   angry 1,005 of 1,005, …`."""
  found = _found(table)
  for name in ("images", "people", *_COUNTED):
    counts = found.get(name, collections.Counter())
    expected = dataset.published.get(name, {})
    keys = {**expected, **counts}
    if len(keys) > _FEW:
      continue
    words = [
      _count(key, counts[key], expected.get(key)) for key in sorted(keys)
    ]
    if words:
      yield f"{_TITLES.get(name, name):9} {', '.join(words)}"
  rates = facs.base_rates(face.aus for face in table.faces)
  if rates:
    words = [f"AU{number} {rate:.1%}" for number, rate in rates.items()]
    yield f"{'present':9} {', '.join(words)}"


def _values(face: Face, name: str) -> Sequence[str]:
  value = getattr(face, name)
  if name == "attributes":
    return value
  return () if value is None else (value,)


def _count(key: str, found: int, expected: int | None) -> str:
  words = f"{key} {found:,}".strip()
  return words if expected is None else f"{words} of {expected:,}"


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
