"""Stand-ins for the first Cohn-Kanade set with AUs coded frame by frame.

97 people and some 8,400 frames, named by time codes; fourteen units for each
frame in a manifest of our own, since the form in which the enhanced labels are
distributed is not published.
"""

from __future__ import annotations

import csv
import functools
import io
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from jaxfer import facs
from jaxfer.standin import album, population, sequence
from jaxfer.standin.layouts.ck_plus import size_of

MANIFEST = "enhanced_ck.csv"
COLUMNS = (
  "path",
  "subject",
  "sequence",
  "frame",
  *(f"AU{unit}" for unit in facs.AUS),
)

# Which numbers the 97 bear is our choice.
SUBJECTS: tuple[int, ...] = (10, *range(43, 139))

_WEIGHTS = {
  "angry": 1,
  "disgusted": 1,
  "fearful": 1,
  "happy": 1,
  "sad": 1,
  "surprised": 1,
}


def count(people: int, seed: int = 0) -> int:
  """How many images `write` writes; the same errors for its arguments."""
  return sum(one.frames for one in _plan(people, seed))


def write(
  out: Path,
  *,
  people: int,
  seed: int,
  width: int,
  progress: Callable[[int, int], None] | None = None,
) -> None:
  """Writes sequences as grey PNG, and a manifest of units by frame.

  A unit is present from the frame in which it reaches `sequence.PRESENT`.

  Args:
    out: the folder, created if missing; must not hold other images.
    people: how many of `SUBJECTS`, from the first.
    seed: another seed draws other people.
    width: of the images in pixels; the height follows 640:490.
    progress: called with (files done, files in all).

  Raises:
    ValueError: for arguments out of range, or a folder that holds other
      images.
  """
  total = count(people, seed)
  album.fill(
    out,
    _sittings(people, seed, width),
    size=size_of(width),
    parameters={
      "dataset": "ck",
      "seed": seed,
      "people": people,
      "width": width,
      "present_from": sequence.PRESENT,
    },
    progress=lambda done: progress(done, total) if progress else None,
    labels=_labels(people, seed),
  )


def _plan(persons: int, seed: int) -> Iterator[sequence.Sequence]:
  if not 1 <= persons <= len(SUBJECTS):
    raise ValueError(
      f"people={persons} is not between 1 and the {len(SUBJECTS)} of CK"
    )
  return sequence.plan(
    population.own_seed("ck", seed),
    persons,
    sequences=(4, 7),
    emotional=0.6,
    weights=_WEIGHTS,
  )


def _paths(one: sequence.Sequence) -> tuple[str, ...]:
  subject, number = f"S{SUBJECTS[one.person]:03d}", f"{one.number:03d}"
  return tuple(
    f"cohn-kanade/{subject}/{number}/"
    f"{subject}_{number}_{sequence.timecode(one.start + k)}.png"
    for k in range(one.frames)
  )


def _sittings(persons: int, seed: int, width: int) -> Iterator[album.Sitting]:
  own = population.own_seed("ck", seed)
  for one in _plan(persons, seed):
    film = functools.partial(_film, own, one, size_of(width))
    yield album.Sitting(_paths(one), film)


def _film(
  seed: int, one: sequence.Sequence, size: tuple[int, int]
) -> np.ndarray:
  who = population.meet(seed, one.person, female=0.65, dark=0.2).who
  return sequence.film(seed, one, who, size)


def _labels(persons: int, seed: int) -> Iterator[tuple[str, str]]:
  own = population.own_seed("ck", seed)
  text = io.StringIO()
  writer = csv.writer(text, lineterminator="\n")
  writer.writerow(COLUMNS)
  for one in _plan(persons, seed):
    coded = sequence.present(sequence.ramps(own, one)).astype(int)
    for frame, path in enumerate(_paths(one)):
      _, subject, number, _ = path.split("/")
      writer.writerow([path, subject, number, frame + 1, *coded[frame]])
  yield MANIFEST, text.getvalue()
