"""The faces that a network learns from: a prepared set, or a part of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from jaxfer.data import assignment, conditions
from jaxfer.data.table import DataError, Face, from_row, iterate_csv

OFFICIAL = -1
"""Left out: all but the owner's training part."""


@dataclasses.dataclass(frozen=True)
class Pool:
  """The faces that a network learns from; fields as `load` takes them."""

  faces: str
  folds: str | None
  left_out: int | None
  only_au: int

  def load(self) -> np.ndarray:
    """(N, H, W, 3) uint8.

    Raises:
      DataError: if none is left.
    """
    return load(
      Path(self.faces),
      None if self.folds is None else Path(self.folds),
      left_out=self.left_out,
      only_au=self.only_au,
    )

  def labels(self, condition: str) -> np.ndarray | None:
    """What a conditional DCGAN is told of these faces, and of no other.

    Args:
      condition: one of `conditions.NAMES`.

    Returns:
      (N, K) int8 in the order of the faces, as `conditions.encode` has it; None
      where it is told nothing.

    Raises:
      DataError: if no face has a label, or none is left.
    """
    if not condition:
      return None
    every = list(iterate_rows(Path(self.faces)))
    kept = rows(
      Path(self.faces),
      None if self.folds is None else Path(self.folds),
      left_out=self.left_out,
      only_au=self.only_au,
    )
    return conditions.encode([every[row] for row in kept], condition)


def load(
  faces: Path, folds: Path | None, *, left_out: int | None, only_au: int
) -> np.ndarray:
  """The faces that may be learnt from.

  Args:
    faces: a prepared set.
    folds: fold assignments of the set that is tested.
    left_out: the sealed fold whose people are left out, `OFFICIAL`, or None.
    only_au: only faces that show this action unit; 0 for all.

  Returns:
    (N, H, W, 3) uint8; memory-mapped where it is all of them.

  Raises:
    DataError: if none is left.
  """
  every = load_faces(faces)
  if left_out is None and not only_au:
    return every
  return every[rows(faces, folds, left_out=left_out, only_au=only_au)]


def rows(
  faces: Path, folds: Path | None, *, left_out: int | None, only_au: int
) -> list[int]:
  """The rows of a prepared set that may be learnt from, as `load` takes them.

  Raises:
    DataError: if none is left.
  """
  hidden: frozenset[str] = frozenset()
  if left_out is not None and left_out != OFFICIAL:
    assert folds is not None
    hidden = assignment.held_out_people(folds, left_out)

  def allowed(face: Face) -> bool:
    if left_out == OFFICIAL and face.split != "train":
      return False
    return face.group not in hidden and (
      not only_au or face.aus.get(only_au) == 1
    )

  found = [i for i, face in enumerate(iterate_rows(faces)) if allowed(face)]
  if not found:
    raise DataError(
      f"none of the {len(load_faces(faces))} faces of {faces.name} may be"
      f" learnt from: {len(hidden)} people are left out"
      + (f", and only AU{only_au} is asked for" if only_au else "")
    )
  return found


def people(faces: Path, *, only_au: int) -> np.ndarray | None:
  """Who is on each face that a network of the whole set learns from.

  Args:
    faces: a prepared set.
    only_au: as in `load`.

  Returns:
    (N,) numbers from 0 on, in the order of `load`; of films where these are
    known instead; or None where a face has neither.
  """
  groups = [
    face.group
    for face in iterate_rows(faces)
    if not only_au or face.aus.get(only_au) == 1
  ]
  if None in groups:
    return None
  return np.unique(np.array(groups, str), return_inverse=True)[1]


def load_faces(folder: Path) -> np.ndarray:
  """The (N, H, W, 3) uint8 faces of an artifact, memory-mapped."""
  return np.load(folder / "faces.npy", mmap_mode="r", allow_pickle=False)


def iterate_rows(folder: Path) -> Iterator[Face]:
  """The facts of the faces of a prepared artifact, in order."""
  return map(from_row, iterate_csv(folder / "manifest.csv"))
