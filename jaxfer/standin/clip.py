"""Clips of a face: an expression sets in, stands and fades; heads move, blink.

In part of them another action unit is held from the first frame to the last, or
moves at a time of its own: what one frame shows is then not what was played.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from jaxfer import facs
from jaxfer.errors import UserError
from jaxfer.standin import population
from jaxfer.standin.face import expression, render, scene
from jaxfer.standin.layout import Drawing, Sitting, Size

FRAMES = (20, 40)  # the shortest clip, and one more than the longest

WORDS = {
  "angry": "Angry",
  "disgusted": "Disgust",
  "fearful": "Fear",
  "happy": "Happy",
  "neutral": "Neutral",
  "sad": "Sad",
  "surprised": "Surprise",
}
"""How sets of clips from films name emotions in folders and lists."""

_HELD, _MOVED = 0.35, 0.25  # shares of clips with another unit of each kind
_BLINK = (0.55, 0.1, 0.1, 0.45)  # how far the eyes are open, frame by frame
_GRAIN = 2.0  # standard deviation of a frame's noise, in levels


class Take(NamedTuple):
  """One clip to be filmed."""

  person: int  # number of the person
  emotion: str  # what is played
  number: int = 0  # other takes differ in all but the person
  weak: float = 1.0  # factor on the expression's strength


def refuse_more(images: int, most: int, title: str) -> None:
  """Refuses more clips than a set has names for."""
  if images > most:
    raise UserError(
      f"images={images} is more than the {most:,} clips of {title}"
    )


def _chance(seed: int, take: Take) -> np.random.Generator:
  emotion = facs.EMOTIONS.index(take.emotion)
  return np.random.default_rng([seed, take.person, 12, emotion, take.number])


def frames(seed: int, take: Take) -> int:
  """How many frames a clip has."""
  return int(_chance(seed, take).integers(*FRAMES))


def _envelope(rng: np.random.Generator, time: np.ndarray) -> np.ndarray:
  """A rise, a stand and a fall: of each of the fourteen units its own."""
  count = len(facs.AUS)
  onset = rng.uniform(0.05, 0.25) + rng.uniform(0.0, 0.06, count)
  apex = onset + rng.uniform(0.15, 0.25)
  offset = rng.uniform(0.62, 0.72) + rng.uniform(0.0, 0.06, count)
  end = offset + rng.uniform(0.15, 0.3)
  up = np.clip((time[:, None] - onset) / (apex - onset), 0.0, 1.0)
  down = np.clip((end - time[:, None]) / (end - offset), 0.0, 1.0)
  t = np.minimum(up, down)
  return t * t * (3.0 - 2.0 * t)


def activations(seed: int, take: Take) -> np.ndarray:
  """Every unit along a clip, (frames, 14, 2) float32."""
  rng = _chance(seed, take)
  time = np.linspace(0.0, 1.0, int(rng.integers(*FRAMES)))
  sitting = 200 + 10 * take.number + facs.EMOTIONS.index(take.emotion)
  peak = expression.draw(seed, take.person, take.emotion, sitting=sitting)
  played = _envelope(rng, time)[:, :, None] * (peak * take.weak)
  kind, strength = rng.random(), rng.uniform(0.4, 0.9)
  own = set(facs.EMOTION_AUS[take.emotion])
  unit = int(rng.choice([unit for unit in facs.AUS if unit not in own]))
  other = expression.compose({unit: (strength, strength)})
  if kind < _HELD:
    played = np.maximum(played, other)
  elif kind < _HELD + _MOVED:
    early, late = np.sort(rng.uniform(0.0, 1.0, 2))
    course = np.clip(1.5 - np.abs(time - (early + late) / 2) / 0.15, 0.0, 1.0)
    played = np.maximum(played, course[:, None, None] * other)
  return played.astype(np.float32)


def film(
  seed: int,
  take: Take,
  size: Size,
  *,
  head: float = 0.82,
  female: float = 0.5,
) -> np.ndarray:
  """Films a clip, (frames, H, W, 3) uint8.

  `head` is the head's height, as a share of the frame's; `female` is the set's
  share of women.
  """
  who = population.meet(seed, take.person, female=female).who
  acts = activations(seed, take)
  number = 200 + 10 * take.number + facs.EMOTIONS.index(take.emotion)
  rng = np.random.default_rng([seed, take.person, 13, number])
  still = scene.draw(seed, take.person, number)
  still = scene.portrait(still, size, head=head, eyes=0.45)
  time = np.linspace(0.0, 1.0, len(acts))[:, None]
  reach, pace = rng.normal(0.0, 1.0, 5), rng.uniform(0.4, 1.2, 5)
  phase = rng.uniform(0.0, 2.0, 5)
  sway = reach * np.sin(np.pi * (pace * time + phase))
  lids = np.ones(len(acts))
  for start in rng.integers(0, len(acts), int(rng.integers(0, 3))):
    part = lids[start : start + len(_BLINK)]
    part[:] = _BLINK[: len(part)]
  photos = []
  for k, shown in enumerate(acts):
    moved = scene.move(
      still,
      yaw=0.05 * sway[k, 0],
      pitch=0.03 * sway[k, 1],
      roll=0.02 * sway[k, 2],
      shift=0.02 * sway[k, 3:],
    )
    open_ = np.asarray(who.eye_open * lids[k], np.float32)
    photo = render.render(
      who._replace(eye_open=open_), moved, shown, (0.0,), size
    )[0]
    noise = rng.normal(0.0, _GRAIN, photo.shape[:2])[:, :, None]
    photos.append(np.clip(photo + noise + 0.5, 0, 255).astype(np.uint8))
  return np.stack(photos)


def in_folders(
  seed: int,
  takes: Sequence[tuple[str, Take]],
  labels: Sequence[tuple[str, str]],
) -> Drawing:
  """Clips by folder, of frames numbered from 1, and label files by name."""
  counts = [frames(seed, take) for _, take in takes]
  sittings = (
    Sitting(
      tuple(f"{folder}/{k:05d}.jpg" for k in range(1, count + 1)),
      functools.partial(film, seed, take),
    )
    for (folder, take), count in zip(takes, counts, strict=True)
  )
  return Drawing(sum(counts), sittings, lambda size: labels)
