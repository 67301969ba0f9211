"""The faces that a network learns from: a prepared set, or a part of it."""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from jaxfer.data import assignment, conditions, sheet
from jaxfer.data.table import DataError, Face, from_row, iterate_csv

_LARGE = 2**30  # bytes of a part, which are not held in memory

OFFICIAL = -1
"""Left out: all but the owner's training part."""


@dataclasses.dataclass(frozen=True)
class Pool:
  """The faces that a network learns from."""

  faces: str | Path  # folder of a prepared set
  # That of the fold assignments of the set that is tested; needed where a fold
  # is left out.
  folds: str | Path | None = None
  # The sealed fold whose people are left out, `OFFICIAL`, or None.
  left_out: int | None = None
  only_au: int = 0  # only faces that show this action unit; 0 for all

  def load(self) -> np.ndarray:
    """(N, H, W, 3) uint8, of clips (N, T, H, W, 3); large ones memory-mapped.

    Raises:
      DataError: if none is left.
    """
    every = load_faces(Path(self.faces))
    if self.left_out is None and not self.only_au:
      return every
    return _part(every, self.rows(), Path(self.faces).parent)

  def labels(self, condition: str) -> np.ndarray | None:
    """What a conditional DCGAN is told of these faces, and of no other.

    Returns:
      (N, K) int8 in the order of the faces, as `conditions.encode` has it; None
      where it is told nothing.

    Raises:
      DataError: if no face has a label, or none is left.
    """
    if not condition:
      return None
    every = list(iterate_rows(Path(self.faces)))
    return conditions.encode([every[row] for row in self.rows()], condition)

  def rows(self) -> list[int]:
    """The positions of the faces in their set.

    Raises:
      DataError: if none is left.
    """
    hidden: frozenset[str] = frozenset()
    if self.left_out is not None and self.left_out != OFFICIAL:
      assert self.folds is not None
      hidden = assignment.held_out_people(Path(self.folds), self.left_out)

    def allowed(face: Face) -> bool:
      if self.left_out == OFFICIAL and face.split != "train":
        return False
      shown = not self.only_au or face.aus.get(self.only_au) == 1
      return shown and face.group not in hidden

    folder = Path(self.faces)
    found = [i for i, face in enumerate(iterate_rows(folder)) if allowed(face)]
    if not found:
      raise DataError(
        f"none of the {len(load_faces(folder))} faces of {folder.name} may be"
        f" learnt from: {len(hidden)} people are left out"
        + (f", and only AU{self.only_au} is asked for" if self.only_au else "")
      )
    return found


def _part(every: np.ndarray, rows: list[int], near: Path) -> np.ndarray:
  """Some rows of a set: where they are large, in an unnamed file near it.

  It goes with the array.
  """
  if len(rows) * every[:1].nbytes <= _LARGE:
    return every[rows]
  with tempfile.TemporaryFile(dir=near) as file:
    for row in rows:
      file.write(every[row].tobytes())
    file.flush()
    shape = (len(rows), *every.shape[1:])
    return np.memmap(file, every.dtype, "r", shape=shape)


def people(faces: Path, *, only_au: int) -> np.ndarray | None:
  """Who is on each face that a network of the whole prepared set learns from.

  `only_au` is as in `Pool`.

  Returns:
    (N,) numbers from 0 on, in the order of the faces; of films where these are
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
  """The (N, H, W, 3) uint8 faces of an artifact, memory-mapped.

  Clips are (N, T, H, W, 3).
  """
  return np.load(folder / "faces.npy", mmap_mode="r", allow_pickle=False)


def load_stills(folder: Path) -> np.ndarray:
  """The same, (N, H, W, 3); of clips the middle frames."""
  return sheet.still(load_faces(folder))


def iterate_rows(folder: Path) -> Iterator[Face]:
  """The facts of the faces of a prepared artifact, in order."""
  return map(from_row, iterate_csv(folder / "manifest.csv"))
