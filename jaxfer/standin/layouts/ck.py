"""Stand-ins for the first Cohn-Kanade set with AUs coded frame by frame.

97 people and some 8,400 frames, named by time codes; fourteen units for each
frame in a manifest of our own, since the form in which the enhanced labels are
distributed is not published.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator

from jaxfer.data.readers.ck import COLUMNS
from jaxfer.standin import population, sequence
from jaxfer.standin.face import expression
from jaxfer.standin.layout import Drawing, text
from jaxfer.standin.sequence import Sequence

MANIFEST = "enhanced_ck.csv"

# Which numbers the 97 bear is our choice.
SUBJECTS: tuple[int, ...] = (10, *range(43, 139))

_EMOTIONS = ("angry", "disgusted", "fearful", "happy", "sad", "surprised")


films = functools.partial(
  sequence.plan,
  sequences=(4, 7),
  emotional=0.6,
  weights=dict.fromkeys(_EMOTIONS, 1),
)
"""Everybody's sequences, from how many people and `population.own_seed`."""


def _names(one: Sequence) -> tuple[str, ...]:
  subject, number = f"S{SUBJECTS[one.person]:03d}", f"{one.number:03d}"
  return tuple(
    f"cohn-kanade/{subject}/{number}/"
    f"{subject}_{number}_{sequence.timecode(one.start + k)}.png"
    for k in range(one.frames)
  )


def _labels(seed: int, films: list[Sequence]) -> Iterator[tuple[str, str]]:
  lines = [",".join(COLUMNS)]
  for one in films:
    coded = expression.present(sequence.ramps(seed, one)).astype(int)
    for frame, path in enumerate(_names(one)):
      _, subject, number, _ = path.split("/")
      row = (path, subject, number, frame + 1, *coded[frame])
      lines.append(",".join(map(str, row)))
  yield MANIFEST, text(lines)


def _plan(people: int, seed: int) -> Drawing:
  own = population.own_seed("ck", seed)
  every = films(people, own)
  return sequence.drawing(own, every, _names, _labels, female=0.65)


LAYOUT = sequence.layout(
  title="CK",
  about="grey sequences, units coded frame by frame",
  size=len(SUBJECTS),
  plan=_plan,
  facts={"present_from": expression.PRESENT},
)
