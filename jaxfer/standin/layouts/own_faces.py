"""Stand-ins for a user's own folders: photographs, with and without labels."""

from __future__ import annotations

import csv
import functools
import io
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from jaxfer import facs
from jaxfer.standin import album, population, sequence, wild
from jaxfer.standin.face import expression

TAKES = 2  # of each sitting: near-duplicates, as one's own photographs are
PER_PERSON = TAKES * len(facs.EMOTIONS)
INDEX = "index.csv"
_NAMES = {True: "labelled", False: "unlabelled"}
_WILDNESS = wild.Wildness(
  yaw=8.0,
  pitch=4.0,
  roll=3.0,
  occluded=0.02,
  blurred=0.05,
  dark=0.05,
  grey=0.0,
  crowd=0.1,
)
_EYES = ((0.37, 0.43), (0.63, 0.43))


def size_of(width: int) -> tuple[int, int]:
  """Width and height of an image: 4:5."""
  return width, round(width * 5 / 4)


def count(images: int, seed: int = 0, *, labelled: bool = True) -> int:
  """How many images `write` writes; the same errors for its arguments."""
  _own_seed(images, seed, labelled)
  return images


def write(
  out: Path,
  *,
  images: int,
  seed: int,
  width: int,
  labelled: bool = True,
  progress: Callable[[int, int], None] | None = None,
) -> None:
  """Writes photographs as JPEG; people take turns at sixteen images each.

  Args:
    out: the folder, created if missing; must not hold other images.
    images: how many.
    seed: another seed draws other people.
    width: of the images in pixels; the height follows 4:5.
    labelled: whether a CSV tells subject, emotion and action units.
    progress: called with (files done, files in all).

  Raises:
    ValueError: for arguments out of range, or a folder that holds other
      images.
  """
  name = _NAMES[labelled]
  own = _own_seed(images, seed, labelled)
  album.fill(
    out,
    _sittings(images, own, width),
    size=size_of(width),
    parameters={
      "dataset": name,
      "seed": seed,
      "images": images,
      "width": width,
    },
    progress=lambda done: progress(done, images) if progress else None,
    labels=_index(images, own) if labelled else (),
  )


def _own_seed(images: int, seed: int, labelled: bool) -> int:
  if images < 1:
    raise ValueError(f"images={images} must be 1 or more")
  return population.own_seed(_NAMES[labelled], seed)


def place(image: int) -> tuple[int, str]:
  """Number of the person on an image, and what they show."""
  person, rest = divmod(image, PER_PERSON)
  return person, facs.EMOTIONS[rest // TAKES]


def _name(image: int) -> str:
  return f"images/{image + 1:06d}.jpg"


def _sittings(images: int, seed: int, width: int) -> Iterator[album.Sitting]:
  for first in range(0, images, TAKES):
    takes = range(first, min(first + TAKES, images))
    yield album.Sitting(
      tuple(_name(image) for image in takes),
      functools.partial(
        _photograph, seed, *place(first), len(takes), size_of(width)
      ),
    )


def _photograph(
  seed: int, person: int, emotion: str, takes: int, size: tuple[int, int]
) -> np.ndarray:
  """Takes of a sitting (takes, H, W, 3); the gaze wanders between them."""
  who = population.meet(seed, person, child=0.1).who
  sitting = facs.EMOTIONS.index(emotion)
  rng = np.random.default_rng([seed, person, 6, sitting])
  setting = wild.draw(rng, _WILDNESS)
  acts = expression.draw(seed, person, emotion)
  return np.stack(
    [
      wild.photograph(
        who,
        acts,
        setting._replace(gaze=float(rng.uniform(-0.6, 0.6))),
        size,
        eyes=_EYES,
        crowd=_WILDNESS.crowd,
        take=take,
      )
      for take in range(takes)
    ]
  )


def _index(images: int, seed: int) -> Iterator[tuple[str, str]]:
  text = io.StringIO()
  writer = csv.writer(text, lineterminator="\n")
  units = (f"AU{unit}" for unit in facs.AUS)
  writer.writerow(["path", "subject", "emotion", *units])
  for image in range(images):
    person, emotion = place(image)
    shown = sequence.present(expression.draw(seed, person, emotion))
    row = [_name(image), f"P{person + 1:04d}", emotion, *shown.astype(int)]
    writer.writerow(row)
  yield INDEX, text.getvalue()
