"""Stand-ins in the layout of RAF-DB: the web's faces, basic and compound.

Aligned faces of strangers, an official training and test part, and some labels
that are wrong. Li, Deng and Du, CVPR 2017.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from jaxfer import facs
from jaxfer.standin import album, population, shares, wild
from jaxfer.standin.face import expression

LABEL_NOISE = 0.08
"""Share of faces that show another expression than their label says."""

WILDNESS = wild.Wildness(
  yaw=18.0,
  pitch=8.0,
  roll=5.0,
  occluded=0.2,
  blurred=0.25,
  dark=0.15,
  grey=0.08,
  crowd=0.15,
)
_EYES = ((0.33, 0.39), (0.67, 0.39))


class Subset(NamedTuple):
  """One of the two sets of images.

  Attributes:
    digits: of the numbers in names, by part.
    labels: the emotions that each label means, from label 1.
    weights: published number of images of each label, by part.
    splits: published number of images by part.
  """

  digits: dict[str, int]
  labels: tuple[tuple[str, ...], ...]
  weights: dict[str, tuple[int, ...]]
  splits: tuple[int, int]


SUBSETS = {
  "basic": Subset(
    digits={"train": 5, "test": 4},
    labels=(
      ("surprised",),
      ("fearful",),
      ("disgusted",),
      ("happy",),
      ("sad",),
      ("angry",),
      ("neutral",),
    ),
    weights={
      "train": (1290, 281, 717, 4772, 1982, 705, 2524),
      "test": (329, 74, 160, 1185, 478, 162, 680),
    },
    splits=(12_271, 3_068),
  ),
  "compound": Subset(
    digits={"train": 4, "test": 3},
    labels=(
      ("happy", "surprised"),
      ("happy", "disgusted"),
      ("sad", "fearful"),
      ("sad", "angry"),
      ("sad", "surprised"),
      ("sad", "disgusted"),
      ("fearful", "angry"),
      ("fearful", "surprised"),
      ("angry", "surprised"),
      ("angry", "disgusted"),
      ("disgusted", "surprised"),
    ),
    weights={"train": (1,) * 11, "test": (1,) * 11},
    splits=(3_162, 792),
  ),
}


class Row(NamedTuple):
  """One face: its name as listed, its label, and the label that is drawn."""

  name: str
  label: int
  shown: int
  person: int


def size_of(width: int) -> tuple[int, int]:
  """Width and height of an aligned image, which is square."""
  return width, width


def count(images: int, seed: int = 0, *, subset: str = "basic") -> int:
  """How many images `write` writes; the same errors for its arguments."""
  return len(plan(images, seed, subset=subset))


def write(
  out: Path,
  *,
  images: int,
  seed: int,
  width: int,
  subset: str = "basic",
  progress: Callable[[int, int], None] | None = None,
) -> None:
  """Writes aligned faces as JPEG and the list of labels.

  Args:
    out: the folder, created if missing; must not hold other images.
    images: how many, in the published proportions of parts and labels.
    seed: another seed draws other people.
    width: of the images in pixels; they are square.
    subset: basic or compound.
    progress: called with (files done, files in all).

  Raises:
    ValueError: for arguments out of range, or a folder that holds other
      images.
  """
  rows = plan(images, seed, subset=subset)
  album.fill(
    out,
    _sittings(rows, seed, width, subset),
    size=size_of(width),
    parameters={
      "dataset": "raf_db",
      "subset": subset,
      "seed": seed,
      "images": images,
      "width": width,
      "label_noise": LABEL_NOISE,
    },
    progress=lambda done: progress(done, images) if progress else None,
    labels=[
      (
        f"{subset}/EmoLabel/list_patition_label.txt",
        "".join(f"{row.name}.jpg {row.label}\n" for row in rows),
      )
    ],
  )


def plan(images: int, seed: int, *, subset: str = "basic") -> list[Row]:
  """Draws labels in the published proportions, some of them wrong.

  Raises:
    ValueError: for an unknown subset, or more images than its names can count.
  """
  if subset not in SUBSETS:
    raise ValueError(f"subset={subset!r} is not one of {', '.join(SUBSETS)}")
  kind = SUBSETS[subset]
  sizes = dict(
    zip(kind.digits, shares.apportion(max(images, 0), kind.splits), strict=True)
  )
  if images < 1 or any(
    sizes[part] >= 10**digits for part, digits in kind.digits.items()
  ):
    raise ValueError(
      f"images={images} must be 1 or more, and few enough for numbers of"
      f" {kind.digits['test']} digits in the test part"
    )
  own = population.own_seed(f"raf_db {subset}", seed)
  rows = []
  for part, digits in kind.digits.items():
    counts = shares.apportion(sizes[part], kind.weights[part])
    labels = np.repeat(np.arange(1, len(counts) + 1), counts)
    rng = np.random.default_rng([own, len(rows), 20])
    labels = rng.permutation(labels)
    wrong = rng.random(len(labels)) < LABEL_NOISE
    # Another label, each as likely as the rest.
    others = 1 + (labels - 1 + rng.integers(1, len(counts), len(labels))) % len(
      counts
    )
    for k, label in enumerate(labels):
      shown = others[k] if wrong[k] else label
      name = f"{part}_{k + 1:0{digits}d}"
      rows.append(Row(name, int(label), int(shown), len(rows)))
  return rows


def _sittings(
  rows: list[Row], seed: int, width: int, subset: str
) -> Iterator[album.Sitting]:
  own = population.own_seed(f"raf_db {subset}", seed)
  for row in rows:
    yield album.Sitting(
      (f"{subset}/Image/aligned/{row.name}_aligned.jpg",),
      functools.partial(
        _photograph,
        own,
        row.person,
        SUBSETS[subset].labels[row.shown - 1],
        size_of(width),
      ),
    )


def _photograph(
  seed: int, person: int, emotions: tuple[str, ...], size: tuple[int, int]
) -> np.ndarray:
  who = population.meet(seed, person, child=0.12, dark=0.35).who
  setting = wild.draw(np.random.default_rng([seed, person, 6]), WILDNESS)
  acts = show(seed, person, emotions)
  photo = wild.photograph(
    who, acts, setting, size, eyes=_EYES, crowd=WILDNESS.crowd
  )
  return photo[None]


def show(seed: int, person: int, emotions: tuple[str, ...]) -> np.ndarray:
  """An emotion, or two at once: every unit as strong as in the stronger."""
  acts = np.max(
    [expression.draw(seed, person, word, sitting=0) for word in emotions], 0
  )
  if len(emotions) > 1:
    # A mouth torn open would hide what the other emotion does to it.
    acts[facs.AUS.index(27)] *= 0.6
  return acts
