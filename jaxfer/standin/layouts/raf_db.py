"""Stand-ins in the layout of RAF-DB: the web's faces, of one emotion each.

Aligned faces of strangers, an official training and test part, and some labels
that are wrong. Li, Deng and Du, CVPR 2017.
"""

from __future__ import annotations

import functools
from typing import NamedTuple

import numpy as np

from jaxfer import facs
from jaxfer.data.emotions import CODINGS
from jaxfer.errors import UserError
from jaxfer.standin import population, wild
from jaxfer.standin.face import expression
from jaxfer.standin.layout import Drawing, Layout, Size, alone, text

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
  eyes=((0.33, 0.39), (0.67, 0.39)),
)


class Subset(NamedTuple):
  """One of the two sets of images."""

  name: str  # of the set's folder
  digits: dict[str, int]  # of the numbers in names, by part
  # The emotions that each label means, from label 1.
  labels: tuple[tuple[str, ...], ...]
  # Published number of images of each label, by part.
  weights: dict[str, tuple[int, ...]]
  splits: tuple[int, int]  # published number of images by part


BASIC = Subset(
  name="basic",
  digits={"train": 5, "test": 4},
  labels=tuple((word,) for word in CODINGS["raf_db"].values()),
  weights={
    "train": (1290, 281, 717, 4772, 1982, 705, 2524),
    "test": (329, 74, 160, 1185, 478, 162, 680),
  },
  splits=(12_271, 3_068),
)


class Row(NamedTuple):
  """One face: its name as listed, its label, and the label that is drawn."""

  name: str
  label: int
  shown: int
  person: int


def plan(images: int, seed: int, subset: Subset) -> list[Row]:
  """Draws labels in the published proportions, some of them wrong.

  Raises:
    ValueError: for more images than its names can count.
  """
  sizes = population.apportion(images, subset.splits)
  own, rows = own_seed(subset, seed), []
  for size, (part, digits) in zip(sizes, subset.digits.items(), strict=True):
    if size >= 10**digits:
      raise UserError(
        f"images={images} must be few enough for numbers of {digits} digits in"
        f" the {part} part"
      )
    counts = population.apportion(size, subset.weights[part])
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


def own_seed(subset: Subset, seed: int) -> int:
  """The two sets' own streams of chance, as `population.own_seed`."""
  return population.own_seed(f"raf_db {subset.name}", seed)


def draw(images: int, seed: int, subset: Subset) -> Drawing:
  """The aligned faces and the list of labels."""
  rows, own = plan(images, seed, subset), own_seed(subset, seed)
  sittings = (
    alone(
      f"{subset.name}/Image/aligned/{row.name}_aligned.jpg",
      functools.partial(
        _photograph, own, row.person, subset.labels[row.shown - 1]
      ),
    )
    for row in rows
  )
  labels = text(f"{row.name}.jpg {row.label}" for row in rows)
  path = f"{subset.name}/EmoLabel/list_patition_label.txt"
  return Drawing(len(rows), sittings, lambda size: [(path, labels)])


def _photograph(
  seed: int, person: int, emotions: tuple[str, ...], size: Size
) -> np.ndarray:
  who = population.meet(seed, person, child=0.12, dark=0.35).who
  setting = wild.draw(np.random.default_rng([seed, person, 6]), WILDNESS)
  acts = show(seed, person, emotions)
  return wild.photograph(who, acts, setting, size)


def show(seed: int, person: int, emotions: tuple[str, ...]) -> np.ndarray:
  """An emotion, or two at once: every unit as strong as in the stronger."""
  acts = np.max(
    [expression.draw(seed, person, word, sitting=0) for word in emotions], 0
  )
  if len(emotions) > 1:
    # A mouth torn open would hide what the other emotion does to it.
    acts[facs.AUS.index(27)] *= 0.6
  return acts


def layout(subset: Subset, about: str) -> Layout:
  """The layout of one of the two sets."""
  return Layout(
    title=f"RAF-DB, {subset.name}",
    about=about,
    unit="images",
    size=sum(subset.splits),
    width=100,
    height=lambda width: width,
    plan=functools.partial(draw, subset=subset),
    subset_of={"dataset": "raf_db", "subset": subset.name},
    facts={"label_noise": LABEL_NOISE},
  )


LAYOUT = layout(BASIC, "faces from the web, some labelled wrong")
