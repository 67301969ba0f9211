"""Stand-ins in the file grammar of the Karolinska Directed Emotional Faces.

35 women and 35 men × 2 sessions × 7 emotions × 5 angles, amateur actors in
grey shirts without beards or glasses. Lundqvist, Flykt and Öhman, 1998.
"""

from __future__ import annotations

import functools
import itertools
import math

import numpy as np

from jaxfer import facs
from jaxfer.config import Config
from jaxfer.data.readers.kdef import EMOTIONS
from jaxfer.standin import population
from jaxfer.standin.face import expression, identities, render, scene
from jaxfer.standin.layout import Drawing, Layout, Sitting, Size, Views

# Full and half left profiles show the left cheek: the nose points to the
# image's left.
ANGLES = {"FL": 90.0, "HL": 45.0, "S": 0.0, "HR": -45.0, "FR": -90.0}
"""Yaw of the scene in degrees by the owners' code."""

SESSIONS = ("A", "B")


def photograph(
  seed: int,
  person: int,
  session: str,
  emotion: str,
  angles: tuple[str, ...],
  size: Size,
) -> np.ndarray:
  """One sitting from some sides, (angles, H, W, 3) uint8.

  Light, intensity and head turn belong to a person, a session and an emotion,
  and are held over the angles. Women are even, men odd; the seed is from
  `population.own_seed`.
  """
  sitting = len(facs.EMOTIONS) * SESSIONS.index(session)
  sitting += facs.EMOTIONS.index(emotion)
  shown = scene.draw(seed, person, sitting)
  shown = scene.portrait(shown, size, head=0.67, eyes=0.49)
  who = _actor(seed, person)
  acts = expression.draw(seed, person, emotion, sitting=sitting)
  photos = []
  for angle in angles:
    seen = scene.move(shown, yaw=math.radians(ANGLES[angle]))
    photos += [*render.render(who, seen, acts, (0.0,), size)]
  return np.stack(photos)


def _actor(seed: int, person: int) -> identities.Identity:
  female = person % 2 == 0
  who = population.meet(seed, person, female=float(female), dark=0.05).who
  bare = dict.fromkeys(("glasses", "beard", "moustache"), np.float32(0.0))
  shirt = np.full(3, 0.55, np.float32)
  return who._replace(**bare, shirt=shirt, age=np.float32(0.3 * who.age))


def _plan(people: int, seed: int, *, angles: tuple[str, ...]) -> Drawing:
  own = population.own_seed("kdef", seed)
  everything = list(itertools.product(range(people), SESSIONS, EMOTIONS))
  sittings = (
    Sitting(
      _names(person, session, code, angles),
      functools.partial(
        photograph, own, person, session, EMOTIONS[code], angles
      ),
    )
    for person, session, code in everything
  )
  return Drawing(len(everything) * len(angles), sittings)


def _names(person, session, code, angles) -> tuple[str, ...]:
  folder = f"{session}{'FM'[person % 2]}{person // 2 + 1:02d}"
  return tuple(
    f"KDEF_and_AKDEF/KDEF/{folder}/{folder}{code}{angle}.JPG"
    for angle in angles
  )


def _needed(reader: Config) -> dict[str, tuple[str, ...]]:
  return {"angles": ("S",)} if reader.angles == "front" else {}


LAYOUT = Layout(
  title="KDEF",
  about="people × 2 sessions × 7 emotions × angles",
  unit="people",
  size=70,
  width=112,
  height=lambda width: round(width * 762 / 562),
  plan=_plan,
  options={"angles": Views(tuple(ANGLES), tuple(ANGLES))},
  needed=_needed,
)
