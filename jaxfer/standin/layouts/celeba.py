"""Stand-ins in the layout of CelebA: many people, each in many photographs.

Aligned faces, forty attributes, identities, and a partition that no identity
crosses. Liu, Luo, Wang and Tang, ICCV 2015.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from jaxfer import facs
from jaxfer.data.readers import celeba
from jaxfer.errors import UserError
from jaxfer.standin import population, wild
from jaxfer.standin.face import expression, scene
from jaxfer.standin.layout import Drawing, Layout, Size, alone, text

PER_IDENTITY = 20  # images, as published: 202,599 of 10,177 people
_PARTITIONS = tuple(celeba.DATASET.published["split"].values())
_WILDNESS = wild.Wildness(
  yaw=14.0,
  pitch=6.0,
  roll=3.0,
  occluded=0.08,
  blurred=0.08,
  dark=0.06,
  grey=0.02,
  crowd=0.25,
  # As published, in 178 × 218 pixels.
  eyes=((69 / 178, 111 / 218), (108 / 178, 111 / 218)),
)
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
  """Who is on each image, and which part it belongs to; (N,) integers."""

  person: np.ndarray  # number of the person, from 0
  # The number that the label file gives the person, from 1.
  identity: np.ndarray
  part: np.ndarray  # 0 train, 1 valid, 2 test


class Shot(NamedTuple):
  """Everything that an image and its labels follow from."""

  person: population.Stranger
  activations: np.ndarray  # (14, 2)
  setting: wild.Setting


def plan(images: int, seed: int) -> Plan:
  """Spreads people over the images; each image's part comes in order.

  Raises:
    ValueError: for more images than six digits can name.
  """
  if images > 999_999:
    raise UserError(f"images={images} is not between 1 and 999,999")
  rng = np.random.default_rng([population.own_seed("celeba", seed), 20])
  persons, parts, first = [], [], 0
  for part, size in enumerate(population.apportion(images, _PARTITIONS)):
    people = -(-size // PER_IDENTITY)
    persons.append(first + rng.permutation(np.arange(size) % max(people, 1)))
    parts.append(np.full(size, part))
    first += people
  person = np.concatenate(persons)
  identity = 1 + rng.permutation(first)[person]
  return Plan(person, identity, np.concatenate(parts))


def shoot(seed: int, person: int, image: int) -> Shot:
  """Draws everything about one image but its pixels.

  The seed is from `population.own_seed`; people and images count from 0.
  """
  rng = np.random.default_rng([seed, person, 6, image])
  mood = str(rng.choice(list(_MOODS), p=list(_MOODS.values())))
  return Shot(
    population.meet(seed, person, female=0.58, dark=0.25),
    expression.draw(seed, person, mood, sitting=image),
    wild.draw(rng, _WILDNESS),
  )


def _name(image: int) -> str:
  return f"{image + 1:06d}.jpg"


def _photograph(seed: int, person: int, image: int, size: Size) -> np.ndarray:
  shot = shoot(seed, person, image)
  return wild.photograph(shot.person.who, shot.activations, shot.setting, size)


def _plan(images: int, seed: int) -> Drawing:
  own, planned = population.own_seed("celeba", seed), plan(images, seed)
  sittings = (
    alone(
      f"img_align_celeba/{_name(image)}",
      functools.partial(_photograph, own, int(person), image),
    )
    for image, person in enumerate(planned.person)
  )
  return Drawing(images, sittings, functools.partial(_labels, own, planned))


def _labels(own: int, planned: Plan, size: Size) -> Iterator[tuple[str, str]]:
  """The label files, spelt and spaced as the owners' are."""
  total = len(planned.person)
  facts: list[str] = []
  points = [f"{total}", " ".join(f"{p}_x {p}_y" for p in _POINTS)]
  for image, person in enumerate(planned.person):
    shot = shoot(own, int(person), image)
    held = describe(shot)
    if not facts:
      facts += [f"{total}", " ".join(held) + " "]
    values = " ".join(f"{1 if holds else -1:2d}" for holds in held.values())
    facts.append(f"{_name(image)} {values}")
    who, taken = shot.person.who, shot.setting
    shown = scene.align(who, taken.scene, size, taken.eyes)
    places = scene.landmarks(who, shown, size).round().astype(int)
    values = " ".join(f"{value:3d}" for value in places.ravel())
    points.append(f"{_name(image)} {values}")
  yield "Anno/list_attr_celeba.txt", text(facts)
  yield "Anno/list_landmarks_align_celeba.txt", text(points)
  yield "Anno/identity_CelebA.txt", _column(planned.identity)
  yield "Eval/list_eval_partition.txt", _column(planned.part)


def _column(values: np.ndarray) -> str:
  """A label file of one value for each image."""
  return text(f"{_name(image)} {value}" for image, value in enumerate(values))


def describe(shot: Shot) -> dict[str, bool]:
  """Which of the forty attributes hold, in the order of the label file.

  They follow from what is drawn; what is not drawn never holds.
  """
  who, faults = shot.person.who, shot.setting.faults
  strongest = dict(zip(facs.AUS, shot.activations.max(axis=-1), strict=True))
  hairy = who.hair > 0
  colour = _hair_colour(who.hair_colour) if hairy else None
  fair = who.skin.mean() > 0.72
  held = {
    "5_o_Clock_Shadow": False,
    "Arched_Eyebrows": who.brow_arch > 0.032,
    "Attractive": False,
    "Bags_Under_Eyes": who.age > 0.55,
    "Bald": not hairy,
    "Bangs": hairy and who.fringe > 0.05,
    "Big_Lips": who.lip > 1.15,
    "Big_Nose": who.nose_width > 1.1,
    "Black_Hair": colour == "Black_Hair",
    "Blond_Hair": colour == "Blond_Hair",
    "Blurry": max(faults.blur / 0.008, faults.motion, faults.coarse - 0.6) >= 1,
    "Brown_Hair": colour == "Brown_Hair",
    "Bushy_Eyebrows": who.brow_width > 0.028,
    "Chubby": False,
    "Double_Chin": False,
    "Eyeglasses": who.glasses > 0,
    "Goatee": who.beard > 0.5,
    "Gray_Hair": colour == "Gray_Hair",
    "Heavy_Makeup": False,
    "High_Cheekbones": strongest[6] >= expression.PRESENT,
    "Male": not shot.person.female,
    "Mouth_Slightly_Open": strongest[25] >= expression.PRESENT,
    "Mustache": who.moustache > 0.3,
    "Narrow_Eyes": who.eye_open < 0.88,
    "No_Beard": who.beard == 0 and who.moustache == 0,
    "Oval_Face": False,
    "Pale_Skin": fair and who.redness < 0.4,
    "Pointy_Nose": who.nose_width < 0.85,
    "Receding_Hairline": hairy and who.temples > 0.09,
    "Rosy_Cheeks": fair and who.redness > 0.85,
    "Sideburns": False,
    "Smiling": shot.activations[facs.AUS.index(12)].min() >= expression.PRESENT,
    "Straight_Hair": hairy and who.curl == 0,
    "Wavy_Hair": who.curl > 0.5 and hairy,
    "Wearing_Earrings": False,
    "Wearing_Hat": False,
    "Wearing_Lipstick": False,
    "Wearing_Necklace": False,
    "Wearing_Necktie": False,
    "Young": who.age < 0.45,
  }
  return {name: bool(holds) for name, holds in held.items()}


def _hair_colour(colour: np.ndarray) -> str | None:
  """What CelebA calls a colour; red has no name there."""
  red, green, blue = map(float, colour)
  if red < 0.17:
    return "Black_Hair"
  if blue > 0.8 * red:
    return "Gray_Hair"
  if red > 0.58 and green > 0.7 * red:
    return "Blond_Hair"
  return "Brown_Hair" if green > 0.6 * red else None


LAYOUT = Layout(
  title="CelebA",
  about="many photographs of many people, with attributes",
  unit="images",
  size=sum(_PARTITIONS),
  width=178,
  height=lambda width: round(width * 218 / 178),
  plan=_plan,
)
