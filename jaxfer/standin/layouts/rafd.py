"""Stand-ins in the file grammar of the Radboud Faces Database.

67 people × 8 emotions × 3 gazes for each camera, in one flat folder, with the
published population: 20 Caucasian men, 19 Caucasian women, 18 Moroccan men,
4 boys and 6 girls. Langner et al., Cognition and Emotion 24(8), 2010.
"""

from __future__ import annotations

import functools
import itertools
import math
from typing import NamedTuple

import numpy as np

from jaxfer import facs
from jaxfer.config import Config
from jaxfer.standin.face import expression, identities, render, scene
from jaxfer.standin.layout import Drawing, Layout, Sitting, Size, Views

CAMERAS = ("000", "045", "090", "135", "180")
GAZES = {"left": -1.0, "frontal": 0.0, "right": 1.0}

_MISSING = frozenset({6, 13, 17, 34, 62, 66})
_WOMEN = frozenset(
  {1, 2, 4, 8, 12, 14, 16, 18, 19, 22, 26, 27, 31, 32, 37, 56, 57, 58, 61}
)
_MOROCCAN = frozenset(
  {29, 35, 44, 45, 48, 50, 51, 52, 53, 54, 55, 59, 60, 67, 69, 70, 72, 73}
)
# Which of the ten children are girls is our choice; six are.
_GIRLS = frozenset({11, 39, 41, 43, 64, 68})
_BOYS = frozenset({40, 42, 63, 65})


class Model(NamedTuple):
  """A row of the population."""

  number: int
  race: str
  gender: str


def _model(number: int) -> Model:
  female = number in _WOMEN | _GIRLS
  race = "Moroccan" if number in _MOROCCAN else "Caucasian"
  if number in _GIRLS | _BOYS:
    race = "Kid"
  return Model(number, race, "female" if female else "male")


POPULATION: tuple[Model, ...] = tuple(
  _model(number) for number in range(1, 74) if number not in _MISSING
)


def photograph(
  seed: int,
  person: int,
  emotion: str,
  size: Size,
  *,
  camera: str = "090",
  gazes: tuple[str, ...] = tuple(GAZES),
) -> np.ndarray:
  """One sitting before one camera, (gazes, H, W, 3) uint8.

  Light, intensity and head turn belong to a person and an emotion, and are
  held over gazes and cameras. Yaw is camera - 90 degrees: 090 is frontal, and
  000 sees the person's right side, so that the face looks to the image's right.
  """
  model = POPULATION[person]
  who = identities.draw(
    seed,
    person,
    female=model.gender == "female",
    child=model.race == "Kid",
    dark=model.race == "Moroccan",
  )
  shown = scene.draw(seed, person, facs.EMOTIONS.index(emotion))
  shown = scene.move(shown, yaw=math.radians(int(camera) - 90))
  acts = expression.draw(seed, person, emotion)
  return render.render(who, shown, acts, [GAZES[gaze] for gaze in gazes], size)


def _plan(
  people: int, seed: int, *, cameras: tuple[str, ...], gazes: tuple[str, ...]
) -> Drawing:
  everything = list(itertools.product(range(people), facs.EMOTIONS, cameras))
  sittings = (
    Sitting(
      _names(person, emotion, camera, gazes),
      functools.partial(
        photograph, seed, person, emotion, camera=camera, gazes=gazes
      ),
    )
    for person, emotion, camera in everything
  )
  return Drawing(len(everything) * len(gazes), sittings)


def _names(person, emotion, camera, gazes) -> tuple[str, ...]:
  model = POPULATION[person]
  who = f"{model.number:02d}_{model.race}_{model.gender}"
  return tuple(f"Rafd{camera}_{who}_{emotion}_{gaze}.jpg" for gaze in gazes)


def _needed(reader: Config) -> dict[str, tuple[str, ...]]:
  if reader.view == "frontal":
    return {"cameras": ("090",)}
  gazes = {"gazes": ("frontal",)} if reader.view == "multi" else {}
  return {"cameras": CAMERAS, **gazes}


LAYOUT = Layout(
  title="Radboud",
  about="people × 8 emotions × 3 gazes × cameras",
  unit="people",
  size=len(POPULATION),
  width=112,
  height=lambda width: width * 1024 // 681,
  plan=_plan,
  options={
    "cameras": Views(CAMERAS, ("090",)),
    "gazes": Views(tuple(GAZES), tuple(GAZES)),
  },
  needed=_needed,
)
