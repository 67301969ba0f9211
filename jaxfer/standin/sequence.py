"""Image sequences from a neutral face to the peak of an expression."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from jaxfer import facs
from jaxfer.standin import population
from jaxfer.standin.face import expression, render, scene
from jaxfer.standin.layout import Drawing, Layout, Sitting

FRAMES = (10, 26)  # the shortest sequence, and one more than the longest
_RATE = 30  # frames a second
_DAY = 24 * 60 * 60 * _RATE
_NOISE = 1.2  # standard deviation of a video frame, in grey levels

# What people show besides emotions: the units alone and in usual company.
DISPLAYS: tuple[tuple[int, ...], ...] = (
  (1, 2),
  (1, 2, 5, 25),
  (1, 4),
  (4,),
  (4, 7),
  (5,),
  (6, 12),
  (9,),
  (9, 17),
  (12,),
  (15, 17),
  (17, 23),
  (23, 24),
  (25,),
  (25, 27),
)


class Sequence(NamedTuple):
  """One sequence to be filmed."""

  person: int  # number of the person
  number: int  # of the person's sequence, from 1
  # What the peak shows, or None for a display without a name.
  emotion: str | None
  frames: int  # how many
  start: int  # time code of the first frame, in frames since midnight
  peak: np.ndarray  # (14, 2) activations of the last frame


def plan(
  people: int,
  seed: int,
  *,
  sequences: tuple[int, int],
  emotional: float,
  weights: Mapping[str, int],
) -> list[Sequence]:
  """Draws everybody's sequences, by person and number, from a set's seed.

  A person has from `sequences[0]` to one less than `sequences[1]` of them, of
  which a share is `emotional`; weights say how often each emotion is shown;
  nobody shows one twice.
  """
  words = list(weights)
  shares = np.array([weights[word] for word in words], float)
  films = []
  for person in range(people):
    rng = np.random.default_rng([seed, person, 7])
    count = int(rng.integers(*sequences))
    named = min(int(rng.binomial(count, emotional)), len(words))
    shown = rng.choice(words, named, replace=False, p=shares / shares.sum())
    others = rng.choice(len(DISPLAYS), count - named, replace=False)
    acts: list[str | tuple[int, ...]] = [str(word) for word in shown]
    acts += [DISPLAYS[k] for k in others]
    for number, k in enumerate(rng.permutation(count), start=1):
      act = acts[k]
      emotion = act if isinstance(act, str) else None
      film = Sequence(
        person=person,
        number=number,
        emotion=emotion,
        frames=int(rng.integers(*FRAMES)),
        start=int(rng.integers(_DAY - FRAMES[1])),
        peak=_peak(seed, person, number, act),
      )
      films.append(film)
  return films


def _peak(
  seed: int, person: int, number: int, act: str | tuple[int, ...]
) -> np.ndarray:
  rng = np.random.default_rng([seed, person, 8, number])
  if isinstance(act, str):
    drawn = expression.draw(seed, person, act, sitting=100 + number)
    # What a coder has named is plainly there.
    return np.clip(drawn * rng.uniform(1.15, 1.4), 0.0, 1.1).astype(np.float32)
  tilt = rng.normal(0.0, 0.06)
  units = {}
  for unit in act:
    strength = rng.uniform(0.55, 1.05)
    units[unit] = (strength * (1.0 - tilt), strength * (1.0 + tilt))
  return expression.compose(units)


def ramps(seed: int, one: Sequence) -> np.ndarray:
  """The rise of every unit: each sets in and arrives at a time of its own.

  Returns:
    (frames, 14, 2) float32 activations, never falling, zero in the first
    frame and `one.peak` in the last.
  """
  rng = np.random.default_rng([seed, one.person, 9, one.number])
  onset = rng.uniform(0.05, 0.35, len(facs.AUS))
  apex = rng.uniform(0.75, 1.0, len(facs.AUS))
  time = np.linspace(0.0, 1.0, one.frames)[:, None]
  t = np.clip((time - onset) / (apex - onset), 0.0, 1.0)
  rise = t * t * (3.0 - 2.0 * t)
  return (rise[:, :, None] * one.peak).astype(np.float32)


def film(
  seed: int, one: Sequence, size: tuple[int, int], *, female: float = 0.5
) -> np.ndarray:
  """Films a sequence in grey, with the time code burnt in.

  The light stays, the head sways a little. `female` is the set's share of
  women.

  Returns:
    (frames, H, W) uint8.
  """
  who = population.meet(seed, one.person, female=female, dark=0.2).who
  rng = np.random.default_rng([seed, one.person, 10, one.number])
  still = scene.draw(seed, one.person, 100 + one.number)
  tone = rng.uniform(0.15, 0.5)
  still = scene.change(
    still,
    yaw=0.6 * still.yaw,
    warmth=0.0,
    backdrop=np.full((3, size[1], size[0]), tone),
  )
  still = scene.portrait(still, size, head=0.82, eyes=0.47)
  sway = _sway(rng, one.frames)
  frames = []
  for k, acts in enumerate(ramps(seed, one)):
    shown = scene.move(
      still,
      yaw=0.02 * sway[k, 0],
      pitch=0.015 * sway[k, 1],
      roll=0.01 * sway[k, 2],
      shift=np.float32(0.012) * sway[k, 3:],
    )
    photo = render.render(who, shown, acts, (0.0,), size)[0]
    frames.append(_video(rng, photo, timecode(one.start + k)))
  return np.stack(frames)


layout = functools.partial(
  Layout,
  unit="people",
  width=160,
  height=lambda width: round(width * 490 / 640),
)
"""The layout of a set of sequences; the rest is as `Layout` takes it."""


def drawing(
  seed: int,
  every: list[Sequence],
  names: Callable[[Sequence], tuple[str, ...]],
  labels: Callable[[int, list[Sequence]], Iterable[tuple[str, str]]],
  *,
  female: float,
) -> Drawing:
  """A set of sequences, from the files of one and the label files of all."""
  sittings = (
    Sitting(names(one), functools.partial(film, seed, one, female=female))
    for one in every
  )
  images = sum(one.frames for one in every)
  return Drawing(images, sittings, lambda size: labels(seed, every))


def timecode(frame: int) -> str:
  """Hours, minutes, seconds and frames, two digits each, as SMPTE has it."""
  seconds, part = divmod(frame, _RATE)
  minutes, second = divmod(seconds, 60)
  hour, minute = divmod(minutes, 60)
  return f"{hour:02d}{minute:02d}{second:02d}{part:02d}"


def _sway(rng: np.random.Generator, frames: int) -> np.ndarray:
  """Five slow drifts from zero, (frames, 5) float32."""
  time = np.linspace(0.0, 1.0, frames)[:, None]
  reach, pace = rng.normal(0.0, 1.0, 5), rng.uniform(0.2, 0.5, 5)
  return (reach * np.sin(np.pi * pace * time)).astype(np.float32)


def _video(
  rng: np.random.Generator, photo: np.ndarray, code: str
) -> np.ndarray:
  """A frame in grey as a video recorder leaves it, (H, W) uint8."""
  grey = np.asarray(Image.fromarray(photo).convert("L"), np.float32)
  grey = np.clip(grey + rng.normal(0.0, _NOISE, grey.shape), 0.0, 255.0)
  page = Image.fromarray((grey + 0.5).astype(np.uint8))
  width, height = page.size
  text = ":".join(code[k : k + 2] for k in range(0, 8, 2))
  font = ImageFont.load_default(size=max(5.0, width / 26))
  place = (0.03 * width, 0.98 * height)
  ImageDraw.Draw(page).text(place, text, 235, font, anchor="ls")
  return np.asarray(page)
