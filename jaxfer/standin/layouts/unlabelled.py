"""Stand-ins for a folder of one's own photographs, without labels."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator

import numpy as np

from jaxfer import facs
from jaxfer.standin import population, wild
from jaxfer.standin.face import expression
from jaxfer.standin.layout import Drawing, Layout, Sitting, Size

TAKES = 2  # of each sitting: near-duplicates, as one's own photographs are
PER_PERSON = TAKES * len(facs.EMOTIONS)
_WILDNESS = wild.Wildness(
  yaw=8.0,
  pitch=4.0,
  roll=3.0,
  occluded=0.02,
  blurred=0.05,
  dark=0.05,
  grey=0.0,
  crowd=0.1,
  eyes=((0.37, 0.43), (0.63, 0.43)),
)


def place(image: int) -> tuple[int, str]:
  """Number of the person on an image, and what they show."""
  person, rest = divmod(image, PER_PERSON)
  return person, facs.EMOTIONS[rest // TAKES]


def name(image: int) -> str:
  """The image's file, from its number from 0."""
  return f"images/{image + 1:06d}.jpg"


def sittings(images: int, seed: int) -> Iterator[Sitting]:
  """People take turns at sixteen images each."""
  for first in range(0, images, TAKES):
    takes = range(first, min(first + TAKES, images))
    yield Sitting(
      tuple(map(name, takes)),
      functools.partial(_photograph, seed, *place(first), len(takes)),
    )


def _photograph(
  seed: int, person: int, emotion: str, takes: int, size: Size
) -> np.ndarray:
  """Takes of a sitting (takes, H, W, 3); the gaze wanders between them."""
  who = population.meet(seed, person, child=0.1).who
  sitting = facs.EMOTIONS.index(emotion)
  rng = np.random.default_rng([seed, person, 6, sitting])
  setting = wild.draw(rng, _WILDNESS)
  acts = expression.draw(seed, person, emotion)
  photos = []
  for take in range(takes):
    looking = setting._replace(gaze=float(rng.uniform(-0.6, 0.6)))
    photos.append(wild.photograph(who, acts, looking, size, take=take))
  return np.stack(photos)


def layout(
  about: str, size: int, plan: Callable[[int, int], Drawing]
) -> Layout:
  """The layout of a folder, labelled or not."""
  return Layout(
    title="own faces",
    about=about,
    unit="images",
    size=size,
    width=112,
    height=lambda width: round(width * 5 / 4),
    plan=plan,
  )


def _plan(images: int, seed: int) -> Drawing:
  own = population.own_seed("unlabelled", seed)
  return Drawing(images, sittings(images, own))


LAYOUT = layout("a folder of photographs", 2_000, _plan)
