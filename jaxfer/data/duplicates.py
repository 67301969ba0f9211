"""Faces that are there twice: the same file, or nearly the same picture.

Two people or two splits that share a picture let a recogniser pass a test by
remembering it. What counts as nearly the same, and how well it is found, is
measured in docs/near_copies.md.
"""

from __future__ import annotations

import collections
import dataclasses
import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from jaxfer.data import likeness
from jaxfer.data.table import write_csv

DETECTED = (
  "Looked for are copies of one photograph that were re-saved, turned grey,"
  " made brighter or darker, mirrored, shifted or cropped by up to 5 % of their"
  " side, turned by up to 5°, zoomed by up to 5 %, or two of these; most of"
  " them are found (docs/near_copies.md). Not looked for are larger changes,"
  " faces that are partly covered, and other photographs of the same person."
)
"""What is found and what is not, for a reader of a report."""

NEAR = 0.98  # least likeness of near copies once one lies on the other
_NEIGHBOURS = (8, 32)  # faces looked at closely for each, of many and of few
_LOOKS = 12_000  # up to which each of few has more of them
_MOST = 200_000  # pairs after which a set is simply full of copies


COLUMNS = (
  *("path_1", "path_2", "kind", "likeness", "how", "across"),
  *("subject_1", "subject_2", "split_1", "split_2"),
)
"""Columns of the report."""


@dataclasses.dataclass(frozen=True)
class Pair:
  """Two faces that are the same, or nearly."""

  first: int  # position of one face
  second: int  # of the other, which is later
  kind: str  # identical (the same file content) or near
  likeness: float  # how alike they are once one lies on the other, at most 1
  how: str = ""  # what the one differs in: mirrored, turned, shifted, zoomed


def find(pictures: np.ndarray, files: Sequence[str]) -> Iterator[Pair]:
  """Pairs of faces that are identical or nearly so.

  Near means: of likeness `NEAR` or more, among the few faces that each
  resembles most, or through a face that both are near to. Pictures are N that
  `likeness.pictures` makes, files the checksums of what they were cut from.

  Yields:
    Pairs in order of their first face; each once. In a set so full of copies
    that there are more than 200,000, not all of them.
  """
  same = _identical(files)
  near = _near(pictures, same)
  for i, j in sorted(itertools.islice([*same, *near], _MOST)):
    if match := near.get((i, j)):
      yield Pair(i, j, "near", match.likeness, _describe(match))
    else:
      yield Pair(i, j, "identical", 1.0)


@dataclasses.dataclass(frozen=True, slots=True)
class Source:
  """Where a face comes from, by which it is judged what a pair leaks."""

  path: str
  subject: str
  split: str
  sha256: str


def write_report(
  pictures: np.ndarray, sources: Sequence[Source], path: Path
) -> dict[str, int]:
  """Writes the pairs that matter, and counts all.

  Near pairs of one person in one split are what a sitting gives; they are
  counted, not listed. Pictures are as `find` takes them.

  Returns:
    Pairs counted: `identical`, `near`, `across_people`, `across_splits`.
  """
  names = ("identical", "near", "across_people", "across_splits")
  counts: dict[str, int] = dict.fromkeys(names, 0)

  def rows() -> Iterator[dict[str, object]]:
    for pair in find(pictures, [source.sha256 for source in sources]):
      one, other = sources[pair.first], sources[pair.second]
      people, splits = (one.subject, other.subject), (one.split, other.split)
      across = [
        word
        for word, both in (("people", people), ("splits", splits))
        if all(both) and both[0] != both[1]
      ]
      for word in (pair.kind, *(f"across_{word}" for word in across)):
        counts[word] += 1
      if across or pair.kind == "identical":
        values = (
          *(one.path, other.path, pair.kind, round(pair.likeness, 4)),
          *(pair.how, " ".join(across), *people, *splits),
        )
        yield dict(zip(COLUMNS, values, strict=True))

  write_csv(path, COLUMNS, rows())
  return counts


def _identical(files: Sequence[str]) -> dict[tuple[int, int], None]:
  """Pairs (i, j), i < j, of one file content; `_MOST` at most."""
  places: dict[str, list[int]] = collections.defaultdict(list)
  for i, file in enumerate(files):
    places[file].append(i)
  pairs = (itertools.combinations(rows, 2) for rows in places.values())
  every = itertools.chain.from_iterable(pairs)
  return dict.fromkeys(itertools.islice(every, _MOST))


def _near(
  pictures: np.ndarray, same: dict[tuple[int, int], None]
) -> dict[tuple[int, int], likeness.Match]:
  """Near pairs (i, j), i < j, that are not the same."""
  found: dict[tuple[int, int], likeness.Match] = {}
  seen = set(same)
  least, most = _NEIGHBOURS
  count = min(max(least, _LOOKS // max(1, len(pictures))), most)
  first = likeness.neighbours(pictures, count)
  new = [pair for pair in map(tuple, first.tolist()) if pair not in seen]
  while new and len(found) < _MOST:
    seen.update(new)
    pairs = np.array(new, np.int64).reshape(-1, 2)
    compared = likeness.compare(pictures, pairs, NEAR)
    found.update(((i, j), match) for i, j, match in compared)
    # A set may hold more copies of a face than it has neighbours here.
    between = _through([*same, *found], seen)
    new = list(itertools.islice(between, _MOST))
  return found


def _through(
  pairs: Sequence[tuple[int, int]], seen: set[tuple[int, int]]
) -> Iterator[tuple[int, int]]:
  """Pairs with a partner in common that have not been seen, each once."""
  partners: dict[int, set[int]] = collections.defaultdict(set)
  for i, j in pairs:
    partners[i].add(j)
    partners[j].add(i)
  for i in sorted(partners):
    beyond = set().union(*(partners[j] for j in partners[i]))
    yield from ((i, k) for k in sorted(beyond) if k > i and (i, k) not in seen)


def _describe(match: likeness.Match) -> str:
  """In words, what stands out of the noise of laying one on the other."""
  words = {
    "mirrored": match.mirrored,
    "turned": match.turned >= 1,
    "shifted": match.shifted >= 0.015,
    "zoomed": match.zoomed >= 0.02,
  }
  return " ".join(word for word, holds in words.items() if holds)
