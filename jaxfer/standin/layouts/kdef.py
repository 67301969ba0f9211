"""Stand-ins in the file grammar of the Karolinska Directed Emotional Faces.

35 women and 35 men × 2 sessions × 7 emotions × 5 angles, amateur actors in
grey shirts without beards or glasses. Lundqvist, Flykt and Öhman, 1998.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from jaxfer import facs
from jaxfer.standin import album, population
from jaxfer.standin.face import expression, framing, identities, render, scene

# Full and half left profiles show the left cheek: the nose points to the
# image's left.
ANGLES = {"FL": 90.0, "HL": 45.0, "S": 0.0, "HR": -45.0, "FR": -90.0}
"""Yaw of the scene in degrees by the owners' code."""

EMOTIONS = {
  "AF": "fearful",
  "AN": "angry",
  "DI": "disgusted",
  "HA": "happy",
  "NE": "neutral",
  "SA": "sad",
  "SU": "surprised",
}
SESSIONS = ("A", "B")
PEOPLE = 70


def size_of(width: int) -> tuple[int, int]:
  """Width and height of an image: 562:762."""
  return width, round(width * 762 / 562)


def count(
  people: int, seed: int = 0, *, angles: Sequence[str] = tuple(ANGLES)
) -> int:
  """How many images `write` writes; the same errors for its arguments."""
  if not 1 <= people <= PEOPLE:
    raise ValueError(
      f"people={people} is not between 1 and the {PEOPLE} of KDEF"
    )
  if not angles or set(angles) - set(ANGLES) or len(set(angles)) < len(angles):
    raise ValueError(
      f"angles={','.join(angles)!r} must be some of {', '.join(ANGLES)},"
      " each once"
    )
  population.own_seed("kdef", seed)
  return people * len(SESSIONS) * len(EMOTIONS) * len(angles)


def write(
  out: Path,
  *,
  people: int,
  seed: int,
  width: int,
  angles: Sequence[str] = tuple(ANGLES),
  progress: Callable[[int, int], None] | None = None,
) -> None:
  """Writes people × 2 sessions × 7 emotions × angles as JPEG.

  Light, intensity and head turn belong to a person, a session and an emotion,
  and are held over the angles.

  Args:
    out: the folder, created if missing; must not hold other images.
    people: how many; women and men take turns.
    seed: another seed draws other people.
    width: of the images in pixels; the height follows 562:762.
    angles: some of `ANGLES`; S is frontal.
    progress: called with (files done, files in all).

  Raises:
    ValueError: for arguments out of range, or a folder that holds other
      images.
  """
  total = count(people, seed, angles=angles)
  own = population.own_seed("kdef", seed)
  album.fill(
    out,
    _sittings(people, own, width, tuple(angles)),
    size=size_of(width),
    parameters={
      "dataset": "kdef",
      "seed": seed,
      "people": people,
      "width": width,
      "angles": ",".join(angles),
    },
    progress=lambda done: progress(done, total) if progress else None,
  )


def photograph(
  seed: int, person: int, session: str, emotion: str, angle: str, *, width: int
) -> np.ndarray:
  """One image.

  Args:
    seed: of the set, from `population.own_seed`.
    person: number of the person; women are even, men odd.
    session: A or B.
    emotion: one of `facs.EMOTIONS`.
    angle: one of `ANGLES`.
    width: of the image in pixels.

  Returns:
    (H, W, 3) uint8.
  """
  who = _actor(seed, person)
  size = size_of(width)
  sitting = len(facs.EMOTIONS) * SESSIONS.index(session)
  sitting += facs.EMOTIONS.index(emotion)
  shown = scene.draw(seed, person, sitting)
  shown = framing.portrait(shown, size, head=0.67, eyes=0.49)
  shown = scene.seen_from(shown, math.radians(ANGLES[angle]))
  acted = expression.draw(seed, person, emotion, sitting=sitting)
  return render.render(
    who, shown, acted, (0.0,), width=size[0], height=size[1]
  )[0]


@functools.lru_cache(maxsize=64)
def _actor(seed: int, person: int) -> identities.Identity:
  female = person % 2 == 0
  who = population.meet(seed, person, female=float(female), dark=0.05).who
  bare = dict.fromkeys(("glasses", "beard", "moustache"), np.float32(0.0))
  shirt = np.full(3, 0.55, np.float32)
  return who._replace(**bare, shirt=shirt, age=np.float32(0.3 * who.age))


def _sittings(
  people: int, seed: int, width: int, angles: tuple[str, ...]
) -> Iterator[album.Sitting]:
  for person, session in itertools.product(range(people), SESSIONS):
    folder = f"{session}{'FM'[person % 2]}{person // 2 + 1:02d}"
    for code, emotion in EMOTIONS.items():
      yield album.Sitting(
        tuple(
          f"KDEF_and_AKDEF/KDEF/{folder}/{folder}{code}{angle}.JPG"
          for angle in angles
        ),
        functools.partial(
          _round, seed, person, session, emotion, angles, width=width
        ),
      )


def _round(seed, person, session, emotion, angles, *, width) -> np.ndarray:
  """One sitting from all sides, (angles, H, W, 3)."""
  return np.stack(
    [
      photograph(seed, person, session, emotion, angle, width=width)
      for angle in angles
    ]
  )
