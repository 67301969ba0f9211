"""Cohn-Kanade (CK) with AUs coded frame by frame, by a label file of our own.

The images are the first release's: Kanade, Cohn and Tian, FG 2000. The AUs are
the enhanced labels of Tong, Liao and Ji, PAMI 2007, fourteen of them in 8,422
frames. How the owners' own label files are laid out is not published; whoever
has them converts them to a CSV of this form, the manifest:

  path,subject,sequence,frame,AU1,AU2,AU4,…,AU25,AU27
  S010/001/S010_001_01594215.png,S010,001,1,0,0,1,…,,0

An AU is 0 (absent), 1 to 5 (present; the intensity is not kept) or empty (not
coded).
"""

from __future__ import annotations

import collections
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from jaxfer import facs
from jaxfer.data import emotions, files, label_files
from jaxfer.data.dataset import ANY_CASE, Dataset, Findings
from jaxfer.data.label_files import Label, Row
from jaxfer.data.table import DataError, Face, FaceTable

COLUMNS = (
  "path",
  "subject",
  "sequence",
  "frame",
  *(f"AU{number}" for number in facs.AUS),
)
"""Of the manifest, in any order and in either case; others are ignored."""
ROWS = 8_422

NAME = re.compile(
  # The last number is a time code: hours, minutes, seconds, frames.
  r"(?P<subject>S\d{3})_(?P<sequence>\d{3})_\d{8}",
  ANY_CASE,
)
_NUMBERS = {
  "subject": re.compile(r"S\d{3}", ANY_CASE),
  "sequence": re.compile(r"\d{1,3}", re.ASCII),  # spreadsheets drop zeros
  "frame": re.compile(r"\d{1,8}", re.ASCII),
}
_AU = re.compile(r"([0-5])(?:\.0*)?", re.ASCII)  # and write 1 as 1.0


def read(root: Path, *, manifest: str = "enhanced_ck.csv") -> FaceTable:
  """Reads the frames that the manifest names.

  The manifest is named by its path below the root, or the end of its path. It
  names an image likewise, so that the root may be any folder above it.

  Returns:
    Faces by person, sequence and path, without emotions. Rejected: rows with an
    illegal value, without an image, repeated, or contradicting one another or
    their image's name; images that no row names; second copies. A note says
    when the number of rows is not that of the enhanced labels.

  Raises:
    DataError: if the manifest is missing, ambiguous or no text, or lacks a
      column.
  """
  found, paths = Findings(root), [*files.walk(root)]
  file = _manifest(root, paths, manifest)
  images = [*filter(files.is_image_name, paths)]
  by_name: dict[str, list[str]] = collections.defaultdict(list)
  for path in images:
    by_name[_name(path)].append(path)
  header, *rows = [*label_files.read_rows(root, file)] or [Row(1, ())]
  columns = _columns(file, header)
  labels: list[Label[Face]] = []
  named = set()
  for line, cells in rows:
    row = dict(zip(columns, cells, strict=False))
    path = row.get("path") or file
    try:
      path = _find(root, by_name, row.get("path", ""))
      named.add(path)
      if len(cells) < len(columns) or any(cells[len(columns) :]):
        raise DataError(f"{len(cells)} cells, expected {len(columns)}")
      labels.append(Label(path, _face(path, row), file, line))
    except DataError as error:
      found.reject(path, f"{file} line {line}: {error}")
  settled = found.settle(labels)
  for path, reason in settled.contradicted.items():
    found.reject(path, reason)
  first = {_name(path): path for path in sorted(named)}
  for path in images:
    if path not in named:
      reason = f"no row of {file} names it"
      if _name(path) in first and NAME.fullmatch(Path(path).stem):
        reason = f"a second copy of {first[_name(path)]}"
      found.reject(path, reason)
  if len(rows) != ROWS:
    text = f"{len(rows):,} rows, where the enhanced labels have {ROWS:,}"
    found.note(file, text)
  faces = (label.value for label in settled.labels.values())
  return found.table(
    sorted(faces, key=lambda f: (f.subject, f.sequence, f.path))
  )


def _manifest(root: Path, paths: Sequence[str], manifest: str) -> str:
  try:
    found = _ending(root, paths, manifest)
  except DataError as error:
    raise DataError(f"config.data.ck.manifest={manifest}: {error}") from error
  if len(found) == 1:
    return found[0]
  raise DataError(
    f"{'more than one' if found else 'no'} label file {manifest} under {root}"
    f" (config.data.ck.manifest){': ' if found else ''}{', '.join(found)};"
    f" expected a CSV with the columns {','.join(COLUMNS)}"
  )


def _ending(root: Path, paths: Iterable[str], wanted: str) -> list[str]:
  """The one path that is the wanted one, else all that end as it does."""
  inside = files.resolve_inside(root, wanted)
  wanted = inside.relative_to(root).as_posix()
  # The root may itself be one of the folders that the wanted path names.
  above = root.absolute().as_posix()
  found = [
    path
    for path in paths
    if f"{above}/{path}".lower().endswith(f"/{wanted}".lower())
  ]
  return [wanted] if wanted in found else found


def _find(root: Path, by_name: Mapping[str, list[str]], wanted: str) -> str:
  """The image that a row of the manifest names."""
  if not wanted:
    raise DataError("no path")
  candidates = by_name.get(_name(wanted.replace("\\", "/")), ())
  found = _ending(root, candidates, wanted)
  if not found:
    raise DataError("file not found")
  # Where the name says what an image shows, those of one name are copies.
  if len(found) > 1 and NAME.fullmatch(Path(found[0]).stem) is None:
    raise DataError(f"names {len(found)} images: {', '.join(found)}")
  return found[0]


def _name(path: str) -> str:
  return path.rpartition("/")[2].lower()


def _columns(file: str, header: Row) -> list[str]:
  """The header's columns, spelt as in `COLUMNS`."""
  spelling = {column.lower(): column for column in COLUMNS}
  columns = [spelling.get(cell.lower(), "") for cell in header.cells]
  missing = [name for name in COLUMNS if name not in columns]
  twice = [name for name in COLUMNS if columns.count(name) > 1]
  if missing or twice:
    problem = f"has {', '.join(twice)} twice"
    if missing:
      problem = f"lacks the column {', '.join(missing)}"
    raise DataError(
      f"{file} line {header.line} {problem}: expected {','.join(COLUMNS)}"
    )
  return columns


def _face(path: str, row: Mapping[str, str]) -> Face:
  for column, pattern in _NUMBERS.items():
    if not pattern.fullmatch(row[column]):
      raise DataError(
        f"{column} is {row[column][: emotions.SHOWN]!r}, not a number"
      )
  subject, sequence = row["subject"].upper(), row["sequence"].zfill(3)
  match = NAME.fullmatch(Path(path).stem)
  if match and (match[1].upper(), match[2]) != (subject, sequence):
    raise DataError(
      f"subject {subject} and sequence {sequence} are not those of the image's"
      " name"
    )
  aus = {}
  for number in facs.AUS:
    said = row[f"AU{number}"]
    value = _AU.fullmatch(said)
    if value:
      aus[number] = int(value[1] != "0")
    elif said:
      raise DataError(
        f"AU{number} is {said[: emotions.SHOWN]!r}, not 0, 1 to 5 or empty"
      )
  return Face(
    path=path,
    dataset="ck",
    subject=subject,
    aus=aus,
    pose=0.0,
    sequence=sequence,
    frame=int(row["frame"]),
  )


DATASET = Dataset(
  name="ck",
  title="Cohn-Kanade with the enhanced AU labels",
  short="CK",
  read=read,
  layout="cohn-kanade/S010/001/S010_001_01594215.png and the like, and"
  " enhanced_ck.csv with the columns path,subject,sequence,frame,AU1,…,AU27",
  request="researchers request the images at"
  " https://www.jeffcohn.net/Resources and the labels at"
  " https://www.ecse.rpi.edu/~cvrl/database/ISL_Enhanced_CohnKanade.htm",
  # The Extended Cohn-Kanade counts its frames from 1.
  pattern=re.compile(r"S\d{3}_\d{3}_(?!0000)\d{8}\.\w+", ANY_CASE),
  published={"images": {"": ROWS}},
  grey=True,
  emotions=False,
  owner="J. Cohn and T. Kanade",
  overlaps={"ck_plus": "CK+ extends CK, with sequences of the same people"},
)
