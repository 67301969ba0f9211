"""Stand-ins for the first Cohn-Kanade set with AUs coded frame by frame.

97 people and some 8,400 frames, named by time codes; fourteen units for each
frame in a manifest of our own, since the form in which the enhanced labels are
distributed is not published.
"""

from __future__ import annotations

from collections.abc import Iterator

from jaxfer.data.readers.ck import COLUMNS
from jaxfer.standin import sequence
from jaxfer.standin.face import expression
from jaxfer.standin.layout import text
from jaxfer.standin.sequence import Sequence

MANIFEST = "enhanced_ck.csv"

# Which numbers the 97 bear is our choice.
SUBJECTS: tuple[int, ...] = (10, *range(43, 139))

_EMOTIONS = ("angry", "disgusted", "fearful", "happy", "sad", "surprised")


def films(people: int, seed: int) -> list[Sequence]:
  """Everybody's sequences; the seed is from `population.own_seed`."""
  return sequence.plan(
    seed,
    people,
    sequences=(4, 7),
    emotional=0.6,
    weights=dict.fromkeys(_EMOTIONS, 1),
  )


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


LAYOUT = sequence.layout(
  "ck",
  title="CK",
  about="grey sequences, units coded frame by frame",
  people=len(SUBJECTS),
  female=0.65,
  films=films,
  names=_names,
  labels=_labels,
  facts={"present_from": expression.PRESENT},
)
