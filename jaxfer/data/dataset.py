"""What jaxfer knows of a dataset, and what is found as its folder is read."""

from __future__ import annotations

import collections
import dataclasses
import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from jaxfer.data import files, label_files
from jaxfer.data.label_files import Label, Settled
from jaxfer.data.table import Face, FaceTable, Note, Rejection

T = TypeVar("T")

ANY_CASE = re.IGNORECASE | re.ASCII
"""How the owners' naming schemes are matched."""


@dataclasses.dataclass(frozen=True)
class Dataset:
  """A dataset jaxfer can read."""

  name: str  # as configs and folders call it; its reader's module bears it
  title: str  # as people call it
  short: str  # as tables call it
  # Reads a root; takes the fields of the config's `data.<name>` section (but
  # those that every set has, and those of how faces are cut out) as keywords,
  # each with a default that reads everything there is.
  read: Callable[..., FaceTable]
  layout: str  # what is expected below the root
  request: str  # where the dataset comes from
  # What its images' file names look like, to recognise it by; None where any
  # name will do.
  pattern: re.Pattern[str] | None = None
  # By fact of a face (a field's name, or `images` and `people`) the published
  # number of images of each value, for a complete copy.
  published: Mapping[str, Mapping[str, int]] = dataclasses.field(
    default_factory=dict
  )
  # How its faces are found unless the config says otherwise; one of
  # `detect.DETECTORS`.
  detector: str = "viola_jones"
  # Left, top, width and height of the `fixed` detector's box, as shares of the
  # image's width and height.
  box: tuple[float, float, float, float] | None = None
  # Whether the owner's copy holds black pictures in place of photographs that
  # were never taken.
  placeholders: bool = False
  # Settings with which `read` leaves nothing out, where that is not its
  # default.
  everything: Mapping[str, Any] = dataclasses.field(default_factory=dict)
  # Whether its images have no colour; None where its owner, the user, does not
  # say.
  grey: bool | None = False
  # Whether it says who is in its pictures, or from which film.
  grouped: bool = True
  official: bool = False  # whether its owner splits the labelled faces in two
  labelled: bool = True  # whether its faces are labelled at all
  emotions: bool = True  # whether its faces are labelled with emotions
  # Whether people coded its action units, if it has any; else they follow from
  # the emotion by rule.
  human_coded: bool = True
  restricted: bool = True  # whether its owner restricts who may see the faces
  owner: str = ""  # who collected it; empty where that is the user
  # By name of another dataset, why people may be in both, although the owners
  # differ or say so; one of the two is enough to name the other.
  overlaps: Mapping[str, str] = dataclasses.field(default_factory=dict)
  # Whether `read` draws the sample of `data.<name>.count` itself, as of a set
  # too large to be read whole; else `sampling` draws it.
  samples: bool = False
  clips: bool = False  # whether its faces are clips


class Findings:
  """What is found in a dataset's folder besides its faces."""

  def __init__(self, root: Path):
    self.root = root
    self.rejected: list[Rejection] = []
    self.notes: list[Note] = []
    self._first: dict[Hashable, str] = {}

  def reject(self, path: str, reason: object, known: bool = False) -> None:
    """Lists what does not become a face; `known` as of `Rejection`."""
    self.rejected.append(Rejection(path, str(reason), known))

  def is_copy(self, name: Hashable, path: str, known: bool = False) -> bool:
    """Whether another image of that name came before; this one is rejected."""
    first = self._first.setdefault(name, path)
    if first != path:
      self.reject(path, f"a second copy of {first}", known)
    return first != path

  def note(self, path: str, text: str, missing: bool = False) -> None:
    """Lists what was read around; `missing` as of `Note`."""
    self.notes.append(Note(path, text, missing))

  def note_others(self) -> None:
    """Counts the files that are no pictures by their names, by suffix."""
    others = collections.Counter(
      Path(path).suffix.lower() or "no suffix"
      for path in files.walk(self.root)
      if not files.is_image_name(path) and not files.is_unread_picture(path)
    )
    if others:
      kinds = [f"{count:,} {kind}" for kind, count in sorted(others.items())]
      text = f"files that are no pictures by their names: {', '.join(kinds)}"
      self.note(".", text)

  def images(self) -> Iterator[str]:
    """Paths of all images, in the order of `files.walk`."""
    return filter(files.is_image_name, files.walk(self.root))

  def named(
    self, pattern: re.Pattern[str], owner: str
  ) -> Iterator[tuple[str, re.Match[str]]]:
    """Images whose names without suffix match; the others are rejected."""
    for path in self.images():
      if match := pattern.fullmatch(Path(path).stem):
        yield path, match
      else:
        self.reject(path, misnamed(owner))

  def of_people(self, faces: Iterable[Face]) -> list[Face]:
    """Faces that name a person; all of them where none does.

    Where some do, the others are rejected.
    """
    every = list(faces)
    named = [face for face in every if face.subject]
    for face in every if named else ():
      if not face.subject:
        reason = "no subject, though other rows of the CSV name one"
        self.reject(face.path, reason)
    return named or every

  def settle(self, labels: Iterable[Label[T]]) -> Settled[T]:
    """`label_files.settle`; rows that repeat another are rejected."""
    settled = label_files.settle(labels)
    self.rejected += settled.repeated
    return settled

  def table(
    self,
    faces: Iterable[Face],
    opener: Callable[[Face], BinaryIO] | None = None,
  ) -> FaceTable:
    """The faces, with all that was found besides them until now."""
    every = tuple(faces)
    rejected, notes = tuple(self.rejected), tuple(self.notes)
    return FaceTable(self.root, every, rejected, notes, opener)


def misnamed(owner: str) -> str:
  """Why an image is refused whose name is not of its owner's kind."""
  return f"not a file name of {owner}'s scheme"
