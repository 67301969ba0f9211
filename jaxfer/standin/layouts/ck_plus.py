"""Stand-ins in the file grammar of the Extended Cohn-Kanade set (CK+).

123 people and some 600 grey sequences from neutral to peak; the peak is coded
in FACS, and more than half of the sequences are named by an emotion. Lucey et
al., CVPR workshops, 2010.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from jaxfer import facs
from jaxfer.standin import album, population, sequence

# The owners' numbers run from 5 to 138, and from 501 on; which of them are
# taken is our choice.
SUBJECTS: tuple[int, ...] = (5, 10, *range(26, 139), *range(501, 507), 895, 999)

CODES = {
  "angry": 1,
  "contemptuous": 2,
  "disgusted": 3,
  "fearful": 4,
  "happy": 5,
  "sad": 6,
  "surprised": 7,
}
"""What the emotion files call the emotions; 0, neutral, never occurs."""

# Published number of sequences by emotion.
_WEIGHTS = {
  "angry": 45,
  "contemptuous": 18,
  "disgusted": 59,
  "fearful": 25,
  "happy": 69,
  "sad": 28,
  "surprised": 83,
}


def size_of(width: int) -> tuple[int, int]:
  """Width and height of an image: 640:490."""
  return width, round(width * 490 / 640)


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
  """Writes sequences as grey PNG, peaks' FACS codes and emotions as text.

  A unit is coded where it reaches `sequence.PRESENT`; its grade, 1 to 5,
  follows its activation, and is 0 (present, not graded) now and then.

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
      "dataset": "ck_plus",
      "seed": seed,
      "people": people,
      "width": width,
    },
    progress=lambda done: progress(done, total) if progress else None,
    labels=_labels(people, seed),
  )


def _plan(persons: int, seed: int) -> Iterator[sequence.Sequence]:
  if not 1 <= persons <= len(SUBJECTS):
    raise ValueError(
      f"people={persons} is not between 1 and the {len(SUBJECTS)} of CK+"
    )
  return sequence.plan(
    population.own_seed("ck_plus", seed),
    persons,
    sequences=(3, 8),
    emotional=0.55,
    weights=_WEIGHTS,
  )


def folder(one: sequence.Sequence) -> str:
  """A sequence's folder below each of the owner's, such as S005/001."""
  return f"S{SUBJECTS[one.person]:03d}/{one.number:03d}"


def frame_name(one: sequence.Sequence, frame: int) -> str:
  """A frame's name without suffix, such as S005_001_00000011."""
  return f"{folder(one).replace('/', '_')}_{frame:08d}"


def _sittings(persons: int, seed: int, width: int) -> Iterator[album.Sitting]:
  own = population.own_seed("ck_plus", seed)
  for one in _plan(persons, seed):
    below = f"cohn-kanade-images/{folder(one)}"
    yield album.Sitting(
      tuple(
        f"{below}/{frame_name(one, k)}.png" for k in range(1, one.frames + 1)
      ),
      functools.partial(_film, own, one, size_of(width)),
    )


def _film(
  seed: int, one: sequence.Sequence, size: tuple[int, int]
) -> np.ndarray:
  who = population.meet(seed, one.person, female=0.69, dark=0.2)
  return sequence.film(seed, one, who.who, size)


def _labels(persons: int, seed: int) -> Iterator[tuple[str, str]]:
  own = population.own_seed("ck_plus", seed)
  bare = True
  for one in _plan(persons, seed):
    name = f"{folder(one)}/{frame_name(one, one.frames)}"
    yield f"FACS/{name}_facs.txt", facs_lines(own, one)
    if one.emotion is not None:
      text = f"   {CODES[one.emotion]:.7e}\n"
      yield f"Emotion/{name}_emotion.txt", text
    elif bare:
      # The owner's copy has an empty folder too.
      yield f"Emotion/{folder(one)}/", ""
      bare = False


def facs_lines(seed: int, one: sequence.Sequence) -> str:
  """The units of the peak and their grades, one line each."""
  rng = np.random.default_rng([seed, one.person, 11, one.number])
  strongest = one.peak.max(axis=-1)
  grades = np.clip(np.ceil(5.0 * strongest / 1.1), 1, 5)
  grades = np.where(rng.random(len(grades)) < 0.15, 0, grades)
  return "".join(
    f"   {float(unit):.7e}   {grade:.7e}\n"
    for unit, grade, there in zip(
      facs.AUS, grades, sequence.present(one.peak), strict=True
    )
    if there
  )
