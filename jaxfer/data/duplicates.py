"""Faces that are there twice: the same file, or nearly the same picture.

Two people or two splits that share a picture let a recogniser pass a test by
remembering it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np

from jaxfer.data.table import write_csv

NEAR = 3  # bits of 64 in which near-duplicates may differ
_CORRELATION = 0.97  # least correlation of near-duplicates at _THUMB pixels
_THUMB = 16
_BANDS = 4  # by the pigeonhole principle one band of two near faces is equal
_CHUNK = 4096
_MOST = 200_000  # pairs after which a set is simply full of copies


@dataclasses.dataclass(frozen=True, slots=True)
class Source:
  """What a pair is judged by: where a face comes from."""

  path: str
  subject: str
  split: str
  sha256: str


@dataclasses.dataclass(frozen=True)
class Pair:
  """Two faces that are the same, or nearly.

  Attributes:
    first: one face.
    second: the other, later in the table.
    kind: identical (the same file content) or near.
    distance: bits in which their difference hashes differ, of 64.
  """

  first: Source
  second: Source
  kind: str
  distance: int

  @property
  def across(self) -> str:
    """`people`, `splits`, both, or neither: what the pair leaks over."""
    both = {
      "people": (self.first.subject, self.second.subject),
      "splits": (self.first.split, self.second.split),
    }
    return " ".join(name for name, (a, b) in both.items() if a and b and a != b)


@dataclasses.dataclass(frozen=True)
class Prints:
  """What faces are compared by.

  Attributes:
    hashes: (N,) uint64, the signs of the horizontal gradient at 8×8.
    thumbs: (N, 256) float16, 16×16 grey thumbnails of mean 0 and length 1.
  """

  hashes: np.ndarray
  thumbs: np.ndarray


def find(prints: Prints, sources: Sequence[Source]) -> Iterator[Pair]:
  """Pairs that are identical or nearly so.

  Near means: hashes no more than `NEAR` bits apart, and thumbnails that
  correlate.

  Args:
    prints: of N faces.
    sources: where each comes from; N of them.

  Yields:
    Pairs in order of their first face; each once. In a set so full of copies
    that there are more than 200,000 candidates, not all of them.
  """
  hashes, thumbs = prints.hashes, prints.thumbs
  for i, j in sorted(_candidates(hashes)):
    first, second = sources[i], sources[j]
    distance = int(hashes[i] ^ hashes[j]).bit_count()
    if first.sha256 == second.sha256:
      yield Pair(first, second, "identical", distance)
    elif np.vdot(thumbs[i].astype(float), thumbs[j]) >= _CORRELATION:
      yield Pair(first, second, "near", distance)


def write_report(
  prints: Prints, sources: Sequence[Source], path: Path
) -> dict[str, int]:
  """Writes the pairs that matter, and counts all.

  Near pairs of one person in one split are what a sitting gives; they are
  counted, not listed.

  Args:
    prints: of N faces.
    sources: where each comes from.
    path: CSV to write.

  Returns:
    Pairs counted: `identical`, `near`, `across_people`, `across_splits`.
  """
  counts: dict[str, int] = dict.fromkeys(COUNTS, 0)

  def rows() -> Iterator[dict[str, object]]:
    for pair in find(prints, sources):
      counts[pair.kind] += 1
      for word in pair.across.split():
        counts[f"across_{word}"] += 1
      if pair.across or pair.kind == "identical":
        yield {
          "path_1": pair.first.path,
          "path_2": pair.second.path,
          "kind": pair.kind,
          "distance": pair.distance,
          "across": pair.across,
          "subject_1": pair.first.subject,
          "subject_2": pair.second.subject,
          "split_1": pair.first.split,
          "split_2": pair.second.split,
        }

  write_csv(path, COLUMNS, rows())
  return counts


COUNTS = ("identical", "near", "across_people", "across_splits")
"""What is counted of pairs."""

COLUMNS = (
  "path_1",
  "path_2",
  "kind",
  "distance",
  "across",
  "subject_1",
  "subject_2",
  "split_1",
  "split_2",
)
"""Columns of the report."""


def describe(faces: np.ndarray) -> Prints:
  """What (N, H, W, 3) uint8 faces are compared by."""
  hashes = np.empty(len(faces), np.uint64)
  thumbs = np.empty((len(faces), _THUMB**2), np.float16)
  weights = np.uint64(1) << np.arange(64, dtype=np.uint64)
  for i, face in enumerate(faces):
    grey = cv2.cvtColor(face, cv2.COLOR_RGB2GRAY).astype(np.float32)
    small = cv2.resize(grey, (9, 8), interpolation=cv2.INTER_AREA)
    bits = (small[:, 1:] > small[:, :-1]).ravel()
    hashes[i] = weights[bits].sum(dtype=np.uint64)
    thumb = cv2.resize(grey, (_THUMB, _THUMB), interpolation=cv2.INTER_AREA)
    thumb = thumb.ravel() - thumb.mean()
    thumbs[i] = thumb / max(float(np.linalg.norm(thumb)), 1e-6)
  return Prints(hashes, thumbs)


def join(parts: Sequence[Prints]) -> Prints:
  """The prints of all faces from those of some at a time."""
  return Prints(
    np.concatenate([part.hashes for part in parts]),
    np.concatenate([part.thumbs for part in parts]),
  )


def _candidates(hashes: np.ndarray) -> set[tuple[int, int]]:
  """Pairs (i, j), i < j, within `NEAR` bits."""
  found: set[tuple[int, int]] = set()
  width = 64 // _BANDS
  for band in range(_BANDS):
    keys = (hashes >> np.uint64(band * width)) & np.uint64(2**width - 1)
    for members in _groups(keys):
      for pair in _near(hashes, members):
        found.add(pair)
        if len(found) == _MOST:
          return found
  return found


def _groups(keys: np.ndarray) -> Iterable[np.ndarray]:
  """Indices that share a key, where there are several."""
  order = np.argsort(keys, kind="stable")
  edges = np.flatnonzero(np.diff(keys[order])) + 1
  return (group for group in np.split(order, edges) if len(group) > 1)


def _near(hashes: np.ndarray, members: np.ndarray) -> Iterator[tuple[int, int]]:
  """Pairs within a group; by blocks, so that a large group needs no square."""
  for start in range(0, len(members), _CHUNK):
    block = members[start : start + _CHUNK]
    rest = members[start:]
    for step in range(0, len(rest), _CHUNK):
      other = rest[step : step + _CHUNK]
      differ = np.bitwise_count(hashes[block][:, None] ^ hashes[other][None])
      for a, b in zip(*np.nonzero(differ <= NEAR), strict=True):
        i, j = sorted((int(block[a]), int(other[b])))
        if i != j:
          yield i, j
