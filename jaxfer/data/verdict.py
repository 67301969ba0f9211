"""What a copy of a dataset holds, lacks, and has that it should not."""

from __future__ import annotations

import collections
import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ml_collections import ConfigDict

from jaxfer import artifacts, logs
from jaxfer.data import clips, images, readers
from jaxfer.data.dataset import Dataset
from jaxfer.data.ordered import map_in_order
from jaxfer.data.table import Face, FaceTable, Rejection

COUNTED = ("emotion", "pose_raw", "gaze", "session", "split", "attributes")
"""Facts whose values are counted."""

TITLES = {"pose_raw": "pose"}
"""How facts are called where that is not their name."""

_FAR = 0.01  # share of a published number that may be missing, or too many
_LARGEST = 64.0  # 10^6 pixels of an image


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
  found = counts(table)
  for name, expected in dataset.published.items():
    own = found.get(name, {})
    far = [
      count(key, own.get(key, 0), number)
      for key, number in expected.items()
      if abs(own.get(key, 0) - number) > _FAR * number
    ]
    if far:
      where = "" if name == "images" else f"{TITLES.get(name, name)} "
      reason = f"far from the owner's numbers: {where}{', '.join(far)}"
      yield Rejection(".", reason)


def counts(table: FaceTable) -> dict[str, collections.Counter[str]]:
  """By fact of a face, the number of faces of each value."""
  people = {face.subject for face in table.faces} - {None}
  found = {"images": collections.Counter({"": len(table.faces)})}
  if people:
    found["people"] = collections.Counter({"": len(people)})
  for name in COUNTED:
    values = collections.Counter(
      value for face in table.faces for value in _values(face, name)
    )
    if values:
      found[name] = values
  return found


def _values(face: Face, name: str) -> Sequence[str]:
  value = getattr(face, name)
  if name == "attributes":
    return value
  return () if value is None else (value,)


def count(key: str, found: int, expected: int | None) -> str:
  """A value with its number, and the published one."""
  words = f"{key} {found:,}".strip()
  return words if expected is None else f"{words} of {expected:,}"
