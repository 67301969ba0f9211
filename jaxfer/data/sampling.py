"""A smaller table of the same make: even over classes and people, nested."""

from __future__ import annotations

import collections
import dataclasses
import hashlib
import heapq
from collections.abc import Hashable, Iterator, Sequence

from jaxfer.data.table import Face, FaceTable, Note


def sample(table: FaceTable, count: int, seed: int) -> FaceTable:
  """Draws faces so that each class and person keeps its share.

  Faces stand in one order, of which a sample is the beginning: a smaller one
  is part of every larger one. The order depends on the seed and on the faces'
  names and labels alone, with every version of every library.

  Returns:
    The table with `count` faces, or all for 0, in its order; a note says where
    there are fewer than asked for.
  """
  if count > len(table.faces):
    text = (
      f"a sample of {count:,} faces, of which {len(table.faces):,} are there"
    )
    return dataclasses.replace(table, notes=(*table.notes, Note(".", text)))
  if not count or count == len(table.faces):
    return table
  order = _order(table.faces, seed)
  kept = sorted(place for place, _ in zip(order, range(count), strict=False))
  return dataclasses.replace(table, faces=tuple(table.faces[i] for i in kept))


def _order(faces: Sequence[Face], seed: int) -> Iterator[int]:
  """Places of all faces; of every beginning, strata have their shares.

  A stratum of m members is due for the k-th time (from 0) after a share
  (k + u) / m of all, with u in [0, 1) its own. Next comes the class that is
  due first, in it the person due first, and of theirs the face of lowest rank.
  """

  def rank(*words: Hashable) -> int:
    text = "/".join(map(str, (seed, *words)))
    digest = hashlib.sha256(text.encode(errors="surrogateescape")).digest()
    return int.from_bytes(digest[:8])

  def due(taken: int, size: int, name: Hashable) -> float:
    return (taken + rank(name) / 2**64) / size

  groups: dict[tuple, list[int]] = collections.defaultdict(list)
  for place, face in enumerate(faces):
    groups[face.emotion, face.group].append(place)
  sizes: collections.Counter[Hashable] = collections.Counter()
  left: dict[str | None, list] = collections.defaultdict(list)
  for (emotion, person), places in groups.items():
    places.sort(key=lambda place: rank("face", faces[place].path), reverse=True)
    sizes["class", emotion] += len(places)
    sizes["person", person] += len(places)
    left[emotion].append(person)
  taken: collections.Counter[Hashable] = collections.Counter()

  def entry(stratum: tuple) -> tuple[float, int, tuple]:
    at = due(taken[stratum], sizes[stratum], stratum)
    return at, rank("tie", stratum), stratum

  people = {
    emotion: [entry(("person", person)) for person in persons]
    for emotion, persons in left.items()
  }
  for queue in people.values():
    heapq.heapify(queue)
  classes = [entry(("class", emotion)) for emotion in people]
  heapq.heapify(classes)
  while classes:
    *_, chosen = heapq.heappop(classes)
    emotion, queue = chosen[1], people[chosen[1]]
    # What another class took of a person makes it due later here as well.
    while (now := entry(queue[0][2])) > queue[0]:
      heapq.heapreplace(queue, now)
    person = heapq.heappop(queue)[2]
    places = groups[emotion, person[1]]
    taken[chosen] += 1
    taken[person] += 1
    yield places.pop()
    if places:
      heapq.heappush(queue, entry(person))
    if queue:
      heapq.heappush(classes, entry(chosen))
