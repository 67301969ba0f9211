"""Stand-ins in the layout of CelebA: many people, each in many photographs.

Aligned faces, forty attributes, identities, and a partition that no identity
crosses. Liu, Luo, Wang and Tang, ICCV 2015.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from jaxfer.standin import album, population, shares, wild
from jaxfer.standin.face import expression, framing
from jaxfer.standin.layouts.celeba_attributes import NAMES, describe

PER_IDENTITY = 20  # images, as published: 202,599 of 10,177 people
_PARTITIONS = (162_770, 19_867, 19_962)
_WILDNESS = wild.Wildness(
  yaw=14.0,
  pitch=6.0,
  roll=3.0,
  occluded=0.08,
  blurred=0.08,
  dark=0.06,
  grey=0.02,
  crowd=0.25,
)
# The published place of the eyes in 178 × 218 pixels.
_EYES = ((69 / 178, 111 / 218), (108 / 178, 111 / 218))
# What people before cameras show, half of them smiles.
_MOODS = {
  "happy": 0.48,
  "neutral": 0.36,
  "surprised": 0.05,
  "contemptuous": 0.04,
  "sad": 0.03,
  "angry": 0.02,
  "fearful": 0.01,
  "disgusted": 0.01,
}
_POINTS = ("lefteye", "righteye", "nose", "leftmouth", "rightmouth")


class Plan(NamedTuple):
  """Who is on each image, and which part it belongs to; (N,) integers.

  Attributes:
    person: number of the person, from 0.
    identity: the number that the label file gives the person, from 1.
    part: 0 train, 1 valid, 2 test.
  """

  person: np.ndarray
  identity: np.ndarray
  part: np.ndarray


class Shot(NamedTuple):
  """Everything that an image and its labels follow from."""

  person: population.Stranger
  activations: np.ndarray
  setting: wild.Setting


def size_of(width: int) -> tuple[int, int]:
  """Width and height of an aligned image: 178:218."""
  return width, round(width * 218 / 178)


def count(images: int, seed: int = 0) -> int:
  """How many images `write` writes; the same errors for its arguments."""
  return len(plan(images, seed).person)


def write(
  out: Path,
  *,
  images: int,
  seed: int,
  width: int,
  progress: Callable[[int, int], None] | None = None,
) -> None:
  """Writes aligned faces as JPEG, and the owners' label files.

  Args:
    out: the folder, created if missing; must not hold other images.
    images: how many, of one person in twenty.
    seed: another seed draws other people.
    width: of the images in pixels; the height follows 178:218.
    progress: called with (files done, files in all).

  Raises:
    ValueError: for arguments out of range, or a folder that holds other
      images.
  """
  planned = plan(images, seed)
  album.fill(
    out,
    _sittings(planned, seed, width),
    size=size_of(width),
    parameters={
      "dataset": "celeba",
      "seed": seed,
      "images": images,
      "width": width,
    },
    progress=lambda done: progress(done, images) if progress else None,
    labels=_labels(planned, seed, size_of(width)),
  )


def plan(images: int, seed: int) -> Plan:
  """Spreads people over the images; each image's part comes in order.

  Raises:
    ValueError: if there is nothing to draw, or more than six digits can name.
  """
  if not 1 <= images <= 999_999:
    raise ValueError(f"images={images} is not between 1 and 999,999")
  rng = np.random.default_rng([population.own_seed("celeba", seed), 20])
  persons, parts, first = [], [], 0
  for part, size in enumerate(shares.apportion(images, _PARTITIONS)):
    people = -(-size // PER_IDENTITY)
    persons.append(first + rng.permutation(np.arange(size) % max(people, 1)))
    parts.append(np.full(size, part))
    first += people
  person = np.concatenate(persons)
  identity = 1 + rng.permutation(first)[person]
  return Plan(person, identity, np.concatenate(parts))


def shoot(seed: int, person: int, image: int) -> Shot:
  """Draws everything about one image but its pixels.

  Args:
    seed: of the set, from `population.own_seed`.
    person: number of the person.
    image: number of the image, from 0.
  """
  rng = np.random.default_rng([seed, person, 6, image])
  mood = str(rng.choice(list(_MOODS), p=list(_MOODS.values())))
  return Shot(
    _meet(seed, person),
    expression.draw(seed, person, mood, sitting=image),
    wild.draw(rng, _WILDNESS),
  )


@functools.lru_cache(maxsize=4096)
def _meet(seed: int, person: int) -> population.Stranger:
  return population.meet(seed, person, female=0.58, dark=0.25)


def _name(image: int) -> str:
  return f"{image + 1:06d}.jpg"


def _sittings(planned: Plan, seed: int, width: int) -> Iterator[album.Sitting]:
  own = population.own_seed("celeba", seed)
  for image, person in enumerate(planned.person):
    yield album.Sitting(
      (f"img_align_celeba/{_name(image)}",),
      functools.partial(_photograph, own, int(person), image, size_of(width)),
    )


def _photograph(
  seed: int, person: int, image: int, size: tuple[int, int]
) -> np.ndarray:
  shot = shoot(seed, person, image)
  photo = wild.photograph(
    shot.person.who,
    shot.activations,
    shot.setting,
    size,
    eyes=_EYES,
    crowd=_WILDNESS.crowd,
  )
  return photo[None]


def _labels(
  planned: Plan, seed: int, size: tuple[int, int]
) -> Iterator[tuple[str, str]]:
  """The label files, spelt and spaced as the owners' are."""
  own = population.own_seed("celeba", seed)
  total = len(planned.person)
  facts = [f"{total}", " ".join(NAMES) + " "]
  points = [f"{total}", " ".join(f"{p}_x {p}_y" for p in _POINTS)]
  for image, person in enumerate(planned.person):
    shot = shoot(own, int(person), image)
    held = describe(shot.person, shot.activations, shot.setting.faults)
    values = " ".join(f"{1 if name in held else -1:2d}" for name in NAMES)
    facts.append(f"{_name(image)} {values}")
    shown = framing.align(
      shot.person.who,
      shot.setting.scene,
      size,
      left=_EYES[0],
      right=_EYES[1],
    )
    places = framing.landmarks(shot.person.who, shown, size).round().astype(int)
    values = " ".join(f"{value:3d}" for value in places.ravel())
    points.append(f"{_name(image)} {values}")
  yield "Anno/list_attr_celeba.txt", _text(facts)
  yield "Anno/list_landmarks_align_celeba.txt", _text(points)
  named = enumerate(planned.identity)
  yield (
    "Anno/identity_CelebA.txt",
    _text(f"{_name(image)} {identity}" for image, identity in named),
  )
  parted = enumerate(planned.part)
  yield (
    "Eval/list_eval_partition.txt",
    _text(f"{_name(image)} {part}" for image, part in parted),
  )


def _text(lines) -> str:
  return "".join(f"{line}\n" for line in lines)
