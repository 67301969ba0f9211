"""Stand-ins in the file grammar of the Radboud Faces Database.

67 people × 8 emotions × 3 gazes for each camera, in one flat folder, with the
published population: 20 Caucasian men, 19 Caucasian women, 18 Moroccan men,
4 boys and 6 girls. Langner et al., Cognition and Emotion 24(8), 2010.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from jaxfer import facs
from jaxfer.standin import album
from jaxfer.standin.face import expression, identities, render, scene

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
  race = "Caucasian"
  if number in _GIRLS | _BOYS:
    race = "Kid"
  elif number in _MOROCCAN:
    race = "Moroccan"
  return Model(number, race, "female" if female else "male")


POPULATION: tuple[Model, ...] = tuple(
  _model(number) for number in range(1, 74) if number not in _MISSING
)


def count(
  people: int,
  seed: int = 0,
  *,
  cameras: Sequence[str] = ("090",),
  gazes: Sequence[str] = tuple(GAZES),
) -> int:
  """How many images `write` writes; the same errors for its arguments."""
  _check(people, seed, cameras, gazes)
  return people * len(facs.EMOTIONS) * len(cameras) * len(gazes)


def write(
  out: Path,
  *,
  people: int,
  seed: int,
  width: int,
  cameras: Sequence[str] = ("090",),
  gazes: Sequence[str] = tuple(GAZES),
  progress: Callable[[int, int], None] | None = None,
) -> None:
  """Writes people × 8 emotions × 3 gazes × cameras as JPEG.

  Light, intensity and head turn belong to a person and an emotion, and are
  held over gazes and cameras. A person's looks depend on (seed, person) alone.
  Whole files that are already there are kept.

  Args:
    out: the folder, created if missing; must not hold other images.
    people: how many of `POPULATION`, from the first.
    seed: another seed draws other people.
    width: of the images in pixels; the height follows 681:1024.
    cameras: some of `CAMERAS`; 090 is frontal.
    gazes: some of `GAZES`.
    progress: called with (files done, files in all).

  Raises:
    ValueError: for arguments out of range, or a folder that holds other
      images.
  """
  total = count(people, seed, cameras=cameras, gazes=gazes)
  height = render.height_of(width)
  album.fill(
    out,
    _sittings(people, seed, width, cameras, gazes),
    size=(width, height),
    parameters={
      "dataset": "rafd",
      "seed": seed,
      "people": people,
      "width": width,
      "cameras": ",".join(cameras),
      "gazes": ",".join(gazes),
    },
    progress=lambda done: progress(done, total) if progress else None,
  )


def photograph(
  seed: int,
  person: int,
  emotion: str,
  *,
  width: int,
  camera: str = "090",
  gazes: Sequence[str] = tuple(GAZES),
) -> np.ndarray:
  """One sitting before one camera.

  Yaw is camera - 90 degrees. Camera 000 sees the person's right side, so the
  face looks to the image's right there.

  Args:
    seed: of the set.
    person: index into `POPULATION`.
    emotion: one of `facs.EMOTIONS`.
    width: of the images in pixels.
    camera: one of `CAMERAS`.
    gazes: some of `GAZES`.

  Returns:
    (G, H, W, 3) uint8, an image for each gaze.
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
  shown = scene.seen_from(shown, math.radians(int(camera) - 90))
  acted = expression.draw(seed, person, emotion)
  looks = tuple(GAZES[gaze] for gaze in gazes)
  return render.render(who, shown, acted, looks, width=width)


def _sittings(
  people: int,
  seed: int,
  width: int,
  cameras: Sequence[str],
  gazes: Sequence[str],
) -> Iterator[album.Sitting]:
  everything = itertools.product(range(people), facs.EMOTIONS, cameras)
  for person, emotion, camera in everything:
    model = POPULATION[person]
    who = f"{model.number:02d}_{model.race}_{model.gender}"
    yield album.Sitting(
      tuple(f"Rafd{camera}_{who}_{emotion}_{gaze}.jpg" for gaze in gazes),
      functools.partial(
        photograph,
        seed,
        person,
        emotion,
        width=width,
        camera=camera,
        gazes=gazes,
      ),
    )


def _check(
  people: int, seed: int, cameras: Sequence[str], gazes: Sequence[str]
) -> None:
  if not 1 <= people <= len(POPULATION):
    raise ValueError(
      f"people={people} is not between 1 and the {len(POPULATION)} of Radboud"
    )
  if seed < 0:
    raise ValueError(f"seed={seed} is negative; use 0 or more")
  for name, given, known in (
    ("cameras", cameras, CAMERAS),
    ("gazes", gazes, GAZES),
  ):
    unknown = set(given) - set(known)
    if unknown or not given or len(set(given)) != len(given):
      raise ValueError(
        f"{name}={','.join(given)!r} must be some of {', '.join(known)},"
        " each once"
      )
