"""What a conditional DCGAN is told of each face: a vector of labels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from jaxfer import facs
from jaxfer.data.table import DataError, Face

NAMES: Mapping[str, tuple[str, ...]] = {
  "": (),
  "emotion": facs.EMOTIONS,
  "aus": tuple(f"AU{number}" for number in facs.AUS),
}
"""By condition, what each number of a vector stands for."""


def length(condition: str) -> int:
  """Length K of a vector; 0 for the empty condition."""
  return len(NAMES[condition])


def refuse_unknown(faces: Iterable[Face], condition: str) -> None:
  """Refuses classes that a vector has no place for, before any work.

  Raises:
    DataError: naming them.
  """
  if condition != "emotion":
    return
  classes = facs.sort_classes(face.emotion for face in faces if face.emotion)
  if own := [word for word in classes if word not in facs.EMOTIONS]:
    raise DataError(
      "gan.condition='emotion' tells the eight emotions, but the faces that"
      f" would be learnt from are also labelled {', '.join(own)}: set"
      " gan.condition=''"
    )


def encode(faces: Iterable[Face], condition: str) -> np.ndarray:
  """The vectors of faces, for one of the conditions but the empty one.

  Of emotions, 1 for the one shown; of action units, 1 where present, -1 where
  absent. What is not known is 0, so a face without labels is told as zeros: it
  is learnt from as an unconditional DCGAN would.

  Returns:
    (N, K) int8, in the order of `NAMES`.

  Raises:
    DataError: if no face has a label.
  """
  rows = [_vector(face, condition) for face in faces]
  labels = np.array(rows, np.int8).reshape(len(rows), length(condition))
  if not labels.any():
    raise DataError(
      f"gan.condition={condition!r}, but none of the {len(labels)} faces that"
      " would be learnt from has such a label: set gan.condition='', or"
      " data.pretrain to a set with labels"
    )
  return labels


def _vector(face: Face, condition: str) -> list[int]:
  if condition == "emotion":
    return [int(face.emotion == name) for name in facs.EMOTIONS]
  signs = {1: 1, 0: -1, None: 0}
  return [signs[face.aus.get(number)] for number in facs.AUS]


def draw(labels: np.ndarray, count: int, seed: int) -> np.ndarray:
  """(count, K) vectors drawn with replacement from the (N, K) of a set.

  A longer draw of one seed begins with a shorter one.
  """
  rng = np.random.default_rng(seed)
  return labels[rng.integers(len(labels), size=count)]


def by_row(labels: np.ndarray, rows: int, columns: int) -> np.ndarray:
  """(rows · columns, K) vectors for a grid, from the (N, K) of a set.

  One for each row, the most frequent first; where there are more rows than
  kinds, they begin again.
  """
  kinds, counts = np.unique(labels, axis=0, return_counts=True)
  kinds = kinds[np.argsort(-counts, kind="stable")]
  return np.repeat(kinds[np.arange(rows) % len(kinds)], columns, axis=0)
