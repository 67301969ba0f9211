"""Stand-ins in the file grammar of the Extended Cohn-Kanade set (CK+).

123 people and some 600 grey sequences from neutral to peak; the peak is coded
in FACS, and more than half of the sequences are named by an emotion. Lucey et
al., CVPR workshops, 2010.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator

import numpy as np

from jaxfer import facs
from jaxfer.data.readers import ck_plus
from jaxfer.data.readers.ck_plus import peaks
from jaxfer.standin import population, sequence
from jaxfer.standin.face import expression
from jaxfer.standin.layout import Drawing
from jaxfer.standin.sequence import Sequence

# The owners' numbers run from 5 to 138, and from 501 on; which of them are
# taken is our choice.
SUBJECTS: tuple[int, ...] = (5, 10, *range(26, 139), *range(501, 507), 895, 999)

CODES = {word: code for code, word in peaks.EMOTIONS.items() if code}
"""What the emotion files call the emotions; 0, neutral, never occurs."""


films = functools.partial(
  sequence.plan,
  sequences=(3, 8),
  emotional=0.55,
  weights=ck_plus.DATASET.published["emotion"],
)
"""Everybody's sequences, from how many people and `population.own_seed`."""


def folder(one: Sequence) -> str:
  """A sequence's folder below each of the owner's, such as S005/001."""
  return f"S{SUBJECTS[one.person]:03d}/{one.number:03d}"


def frame_name(one: Sequence, frame: int) -> str:
  """A frame's name without suffix, such as S005_001_00000011."""
  return f"{folder(one).replace('/', '_')}_{frame:08d}"


def _names(one: Sequence) -> tuple[str, ...]:
  return tuple(
    f"cohn-kanade-images/{folder(one)}/{frame_name(one, frame)}.png"
    for frame in range(1, one.frames + 1)
  )


def _labels(seed: int, films: list[Sequence]) -> Iterator[tuple[str, str]]:
  bare = True
  for one in films:
    name = f"{folder(one)}/{frame_name(one, one.frames)}"
    yield f"FACS/{name}_facs.txt", facs_lines(seed, one)
    if one.emotion is not None:
      text = f"   {CODES[one.emotion]:.7e}\n"
      yield f"Emotion/{name}_emotion.txt", text
    elif bare:
      # The owner's copy has an empty folder too.
      yield f"Emotion/{folder(one)}/", ""
      bare = False


def facs_lines(seed: int, one: Sequence) -> str:
  """The units of the peak and their grades, one line each.

  A grade, 1 to 5, follows the unit's activation, and is 0 (present, not
  graded) now and then.
  """
  rng = np.random.default_rng([seed, one.person, 11, one.number])
  strongest = one.peak.max(axis=-1)
  grades = np.clip(np.ceil(5.0 * strongest / 1.1), 1, 5)
  grades = np.where(rng.random(len(grades)) < 0.15, 0, grades)
  return "".join(
    f"   {float(unit):.7e}   {grade:.7e}\n"
    for unit, grade, there in zip(
      facs.AUS, grades, expression.present(one.peak), strict=True
    )
    if there
  )


def _plan(people: int, seed: int) -> Drawing:
  own = population.own_seed("ck_plus", seed)
  every = films(people, own)
  return sequence.drawing(own, every, _names, _labels, female=0.69)


LAYOUT = sequence.layout(
  title="CK+",
  about="grey sequences from neutral to a coded peak",
  size=len(SUBJECTS),
  plan=_plan,
)
