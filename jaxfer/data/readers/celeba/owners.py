"""CelebA from the owners' folders of images and label files."""

from __future__ import annotations

import functools
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from jaxfer.data import emotions, files, label_files
from jaxfer.data.dataset import ANY_CASE, Findings, misnamed
from jaxfer.data.emotions import SHOWN
from jaxfer.data.label_files import Label, Settled
from jaxfer.data.table import DataError, Face, FaceTable

PARTITIONS = ("train", "valid", "test")
"""By the owners' code, from 0."""

LABEL_FILES = {
  "attributes": "Anno/list_attr_celeba.txt",
  "subject": "Anno/identity_CelebA.txt",
  "split": "Eval/list_eval_partition.txt",
}
"""Where the owners keep each fact of a face; one common copy has .csv files."""

NAME = re.compile(r"(?P<number>\d{6})\.(?:jpe?g|png)", ANY_CASE)
_LABEL_FILE = re.compile(
  r"(?:(?P<attributes>list_attr_celeba)|(?P<subject>identity_celeba)"
  r"|(?P<split>list_eval_partition))\.(?:txt|csv)",
  re.IGNORECASE,
)
_SIGNS = frozenset({"1", "-1", "0"})  # some copies have 0 in place of -1
_IDENTITY = re.compile(r"\d{1,9}", re.ASCII)


class _CodeError(DataError):
  """A number that is no partition's."""

  def __init__(self, code: int, reason: str):
    super().__init__(reason)
    self.code = code


def read(
  root: Path,
  partition: str,
  choose: Callable[[Sequence[str]], Sequence[int]],
) -> FaceTable:
  """Reads the aligned images of one of `PARTITIONS` or of all, or some of them.

  `choose` gives the places of those to read, ascending, among the numbers of
  the partition's images.

  Returns:
    Faces by number. A note names each label file that is missing. Rejected:
    images without a row in one that is not, rows without an image, rows that
    say nothing, repeat or contradict others; original photographs, second
    copies, files with other names.

  Raises:
    DataError: if a label file cannot be read, or is missing that the partition
      needs.
  """
  found = Findings(root)
  images, label_paths = _collect(found)
  if images and partition != "all" and not label_paths["split"]:
    raise DataError(
      f"no {LABEL_FILES['split']} under {root}, which"
      f" data.celeba.partition={partition} needs; all needs none"
    )
  facts: dict[str, Mapping[str, Label[Any]]] = {}
  refused: dict[str, str] = {}  # reason by number
  for fact, paths in label_paths.items():
    if not paths:
      text = f"there is no such file: no face has its {fact}"
      found.note(LABEL_FILES[fact], text, missing=True)
      continue
    labels = [label for path in paths for label in _labels(fact, path, found)]
    if fact == "split":
      codes = (_code(label.value) for label in labels)
      emotions.refuse_another(codes, range(3), "CelebA", paths[0])
    settled = label_files.settle(labels)
    for row in settled.repeated:
      found.reject(_path(row.path, images), row.reason)
    refused = _refusals(settled, images, paths) | refused
    facts[fact] = settled.labels
  kept = [number for number in sorted(images) if number not in refused]
  if partition != "all":
    kept = [n for n in kept if facts["split"][n].value == partition]
  faces = []
  for number in map(kept.__getitem__, choose(kept)):
    values = {fact: labels[number].value for fact, labels in facts.items()}
    faces.append(Face(path=images[number], dataset="celeba", **values))
  for number in sorted(refused):
    found.reject(_path(number, images), refused[number])
  return found.table(faces)


def _code(partition: str | DataError) -> int | None:
  """The number that a partition is given by, if it is one."""
  if isinstance(partition, DataError):
    return getattr(partition, "code", None)
  return PARTITIONS.index(partition)


def _path(number: str, images: Mapping[str, str]) -> str:
  """Of an image, or of the one there should be."""
  return images.get(number, f"{number}.jpg")


def _collect(found: Findings) -> tuple[dict[str, str], dict[str, list[str]]]:
  """Paths of the aligned images by number, and of label files by fact."""
  images: dict[str, str] = {}
  labels: dict[str, list[str]] = {fact: [] for fact in LABEL_FILES}
  own = found.root.absolute().name
  for path in files.walk(found.root):
    folders, _, name = path.rpartition("/")
    match = NAME.fullmatch(name)
    if match is None:
      if file := _LABEL_FILE.fullmatch(name):
        labels[str(file.lastgroup)].append(path)
      elif files.is_image_name(path):
        found.reject(path, misnamed("CelebA"))
    elif _original(f"{own}/{folders}"):
      reason = "an original photograph; the aligned ones are read"
      found.reject(path, reason, known=True)
    else:
      # The owners have the aligned images as JPEG and as PNG.
      known = "img_align_celeba_png" in folders.lower()
      if not found.is_copy(match["number"], path, known):
        images[match["number"]] = path
  return images, labels


@functools.lru_cache
def _original(folders: str) -> bool:
  """Whether the images of a folder are not the aligned ones, by its name."""
  for folder in reversed(folders.lower().split("/")):
    if folder.startswith("img_align_celeba"):
      return False
    if folder.startswith("img_celeba"):
      return True
  return False


def _labels(fact: str, file: str, found: Findings) -> Iterator[Label[Any]]:
  """One label for each row of a file; of a bad row it is the error."""
  # Above the rows, the owners' attributes have their count and their names;
  # CSV files have the columns' names.
  csv = file.lower().endswith(".csv")
  heads = 1 if csv else 2 if fact == "attributes" else 0
  names: tuple[str, ...] = ()
  for place, (line, (name, *cells)) in enumerate(
    label_files.read_rows(found.root, file)
  ):
    match = NAME.fullmatch(name)
    if match is not None:
      try:
        value = _PARSERS[fact](names, cells)
      except DataError as error:
        value = error
      yield Label(match["number"], value, file, line)
    elif place < heads:
      names = tuple(cells if csv else (name, *cells))
    else:
      reason = f"line {line}: {name[:SHOWN]!r} is not an image's name"
      found.reject(file, reason)


def _attributes(names: Sequence[str], cells: Sequence[str]) -> tuple[str, ...]:
  if len(cells) != len(names):
    raise DataError(f"{len(cells)} values of {len(names)} attributes")
  if not _SIGNS.issuperset(cells):
    (wrong, *_) = (cell for cell in cells if cell not in _SIGNS)
    raise DataError(f"{wrong[:SHOWN]!r} is neither 1 nor -1")
  return tuple(n for n, c in zip(names, cells, strict=True) if c == "1")


def _identity(_: Sequence[str], cells: Sequence[str]) -> str:
  said = " ".join(cells)
  if not _IDENTITY.fullmatch(said):
    raise DataError(f"{said[:SHOWN]!r} is not a person's number")
  return sys.intern(said)


def _partition(_: Sequence[str], cells: Sequence[str]) -> str:
  said = " ".join(cells)
  code = emotions.whole(said)
  reason = f"{said[:SHOWN]!r} is not a partition, 0, 1 or 2"
  if code is None:
    raise DataError(reason)
  if code not in range(len(PARTITIONS)):
    raise _CodeError(code, reason)
  return PARTITIONS[code]


_PARSERS: Mapping[str, Callable[[Sequence[str], Sequence[str]], Any]] = {
  "attributes": _attributes,
  "subject": _identity,
  "split": _partition,
}


def _refusals(
  settled: Settled[Any], images: Mapping[str, str], paths: Sequence[str]
) -> dict[str, str]:
  """Why images cannot be read, or rows have none, by number."""
  reasons = dict(settled.contradicted)
  for number, label in settled.labels.items():
    if isinstance(label.value, DataError):
      reasons[number] = f"{label.place}: {label.value}"
    elif number not in images:
      reasons[number] = f"{label.place}: there is no image of it"
  for number in images.keys() - settled.labels.keys() - reasons.keys():
    reasons[number] = f"no row of {', '.join(paths)} names it"
  return reasons
