"""Stand-ins in the layout of SFEW 2.0: aligned faces from film stills.

Films have a few actors, a light and a colour of their own, clips give several
frames, and no film is in two parts. Dhall, Goecke, Lucey and Gedeon, 2011.
"""

from __future__ import annotations

import functools
from typing import NamedTuple

import numpy as np

from jaxfer.standin import population, wild
from jaxfer.standin.clip import WORDS
from jaxfer.standin.face import expression, scene
from jaxfer.standin.layout import Drawing, Layout, Sitting, Size

LABEL_NOISE = 0.08
"""Share of clips that show another expression than their folder says."""

# Published numbers of aligned faces, in the order of WORDS; the test part's
# are not public, so it is drawn as the training part is.
_WEIGHTS = {
  "Train": (178, 52, 78, 184, 144, 161, 94),
  "Val": (77, 23, 46, 72, 84, 73, 56),
  "Test": (178, 52, 78, 184, 144, 161, 94),
}
_SPLITS = {"Train": 891, "Val": 431, "Test": 372}
_WILDNESS = wild.Wildness(
  yaw=22.0,
  pitch=9.0,
  roll=5.0,
  occluded=0.3,
  blurred=0.35,
  dark=0.4,
  grey=0.03,
  crowd=0.35,
  eyes=((0.31, 0.41), (0.69, 0.41)),
)
_PER_FILM = 18  # images
_ACTORS = 6  # of a film, at most
_FIRST = "Quiet Crimson Hollow Silver Last Broken Northern Golden"
_SECOND = "Harbour Letter Garden Winter Mirror Station Orchard"


class Clip(NamedTuple):
  """Frames of one actor within a second or two."""

  part: str  # Train, Val or Test
  emotion: str  # what its folder says
  shown: str  # the emotion that is drawn
  film: int  # number of the film over all parts
  actor: int  # of the film
  time: int  # milliseconds from the film's begin
  frames: tuple[int, ...]  # numbers within the clip


def plan(images: int, seed: int) -> list[Clip]:
  """Draws the clips, in the published proportions of parts and emotions."""
  own = population.own_seed("sfew", seed)
  clips, films = [], 0
  sizes = population.apportion(images, tuple(_SPLITS.values()))
  for part, size in zip(_SPLITS, sizes, strict=True):
    rng = np.random.default_rng([own, len(clips), 20])
    among = max(2, size // _PER_FILM)
    taken: set[tuple[int, int]] = set()
    counts = population.apportion(size, _WEIGHTS[part])
    for emotion, left in zip(WORDS, counts, strict=True):
      while left:
        length = min(left, int(rng.integers(1, 4)))
        left -= length
        film = films + int(rng.integers(among))
        time = int(rng.integers(60_000, 7_000_000))
        while (film, time) in taken:
          time += 1
        taken.add((film, time))
        step = int(rng.integers(4, 20))
        first = int(rng.integers(1, 40))
        clips.append(
          Clip(
            part=part,
            emotion=emotion,
            shown=_shown(rng, emotion),
            film=film,
            actor=int(rng.integers(3 + film % (_ACTORS - 2))),
            time=time,
            frames=tuple(range(first, first + length * step, step)),
          )
        )
    films += among
  return clips


def _shown(rng: np.random.Generator, emotion: str) -> str:
  others = [word for word in WORDS if word != emotion]
  other = others[int(rng.integers(len(others)))]
  return other if rng.random() < LABEL_NOISE else emotion


def film_name(film: int) -> str:
  """A title that no film bears, with the underscores and numbers of some."""
  firsts, seconds = _FIRST.split(), _SECOND.split()
  again, second = divmod(film // len(firsts), len(seconds))
  words = [firsts[film % len(firsts)], seconds[second]]
  title = "".join(words) if film % 3 else "_".join(words)
  return f"{title}_{again + 1}" if again else title


def names(clip: Clip) -> tuple[str, ...]:
  """The clip's files."""
  folder = f"SFEW_2/{clip.part}/{clip.part}_Aligned_Faces/"
  if clip.part != "Test":
    folder += f"{WORDS[clip.emotion]}/"
  seconds, thousandths = divmod(clip.time, 1000)
  minutes, second = divmod(seconds, 60)
  stamp = f"{minutes // 60:02d}{minutes % 60:02d}{second:02d}{thousandths:03d}"
  film = film_name(clip.film)
  return tuple(f"{folder}{film}_{stamp}_{k:08d}.png" for k in clip.frames)


def _film(seed: int, clip: Clip, size: Size) -> np.ndarray:
  """A clip's frames (frames, H, W, 3): the head and the face move a little."""
  style = np.random.default_rng([seed, clip.film, 12])
  dark, colour = style.uniform(0.1, 0.75), style.normal(1.0, 0.05, 3)
  rng = np.random.default_rng([seed, clip.film, 13, clip.time])
  setting = wild.draw(rng, _WILDNESS._replace(dark=dark))
  faults = setting.faults._replace(cast=setting.faults.cast * colour)
  setting = setting._replace(faults=faults)
  person = _ACTORS * clip.film + clip.actor
  who = population.meet(seed, person, child=0.05, dark=0.25).who
  acts = expression.draw(seed, person, clip.shown, sitting=clip.time)
  photos = []
  for take in range(len(clip.frames)):
    yaw, pitch = rng.normal(0.0, 0.03), rng.normal(0.0, 0.02)
    moved = scene.move(setting.scene, yaw=yaw, pitch=pitch)
    fading = acts * np.float32(rng.uniform(0.85, 1.0))
    seen = setting._replace(scene=moved)
    photos.append(wild.photograph(who, fading, seen, size, take=take))
  return np.stack(photos)


def _plan(images: int, seed: int) -> Drawing:
  own, clips = population.own_seed("sfew", seed), plan(images, seed)
  sittings = (
    Sitting(names(clip), functools.partial(_film, own, clip)) for clip in clips
  )
  return Drawing(images, sittings)


LAYOUT = Layout(
  title="SFEW 2.0",
  about="film stills, train, val and an unlabelled test part",
  unit="images",
  size=sum(_SPLITS.values()),
  width=143,
  height=lambda width: round(width * 181 / 143),
  plan=_plan,
  facts={"label_noise": LABEL_NOISE},
)
