"""CelebA's forty attributes, as far as they follow from what is drawn."""

from __future__ import annotations

import numpy as np

from jaxfer import facs
from jaxfer.standin.face.camera import Faults
from jaxfer.standin.population import Stranger
from jaxfer.standin.sequence import PRESENT

NAMES: tuple[str, ...] = (
  "5_o_Clock_Shadow",
  "Arched_Eyebrows",
  "Attractive",
  "Bags_Under_Eyes",
  "Bald",
  "Bangs",
  "Big_Lips",
  "Big_Nose",
  "Black_Hair",
  "Blond_Hair",
  "Blurry",
  "Brown_Hair",
  "Bushy_Eyebrows",
  "Chubby",
  "Double_Chin",
  "Eyeglasses",
  "Goatee",
  "Gray_Hair",
  "Heavy_Makeup",
  "High_Cheekbones",
  "Male",
  "Mouth_Slightly_Open",
  "Mustache",
  "Narrow_Eyes",
  "No_Beard",
  "Oval_Face",
  "Pale_Skin",
  "Pointy_Nose",
  "Receding_Hairline",
  "Rosy_Cheeks",
  "Sideburns",
  "Smiling",
  "Straight_Hair",
  "Wavy_Hair",
  "Wearing_Earrings",
  "Wearing_Hat",
  "Wearing_Lipstick",
  "Wearing_Necklace",
  "Wearing_Necktie",
  "Young",
)
"""All forty, in the order of the label file."""


def describe(
  person: Stranger, activations: np.ndarray, faults: Faults
) -> frozenset[str]:
  """Which attributes hold of a photograph; what is not drawn never does.

  Args:
    person: who is seen.
    activations: (14, 2), the face's expression.
    faults: the photograph's.
  """
  who = person.who
  strongest = dict(zip(facs.AUS, activations.max(axis=-1), strict=True))
  hairy = who.hair > 0
  fair = who.skin.mean() > 0.72
  held = {
    "Arched_Eyebrows": who.brow_arch > 0.032,
    "Bags_Under_Eyes": who.age > 0.55,
    "Bald": not hairy,
    "Bangs": hairy and who.fringe > 0.05,
    "Big_Lips": who.lip > 1.15,
    "Big_Nose": who.nose_width > 1.1,
    "Blurry": max(faults.blur / 0.008, faults.motion, faults.coarse - 0.6) >= 1,
    "Bushy_Eyebrows": who.brow_width > 0.028,
    "Eyeglasses": who.glasses > 0,
    "Goatee": who.beard > 0.5,
    "High_Cheekbones": strongest[6] >= PRESENT,
    "Male": not person.female,
    "Mouth_Slightly_Open": strongest[25] >= PRESENT,
    "Mustache": who.moustache > 0.3,
    "Narrow_Eyes": who.eye_open < 0.88,
    "No_Beard": who.beard == 0 and who.moustache == 0,
    "Pale_Skin": fair and who.redness < 0.4,
    "Pointy_Nose": who.nose_width < 0.85,
    "Receding_Hairline": hairy and who.temples > 0.09,
    "Rosy_Cheeks": fair and who.redness > 0.85,
    "Smiling": activations[facs.AUS.index(12)].min() >= PRESENT,
    "Straight_Hair": hairy and who.curl == 0,
    "Wavy_Hair": who.curl > 0.5 and hairy,
    "Young": who.age < 0.45,
  }
  names = {name for name, holds in held.items() if holds}
  colour = _hair_colour(who.hair_colour)
  if hairy and colour:
    names.add(colour)
  return frozenset(names)


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
