"""Stand-ins in the file grammar of AFEW: videos in folders of emotions."""

from __future__ import annotations

import functools

from jaxfer.standin import clip, population
from jaxfer.standin.clip import Take
from jaxfer.standin.layout import Drawing, Layout, Sitting, alone

_HELD = 3  # one person of so many is in the part for validation


def _plan(images: int, seed: int) -> Drawing:
  own, shown = population.own_seed("afew", seed), [*clip.WORDS]

  def sitting(number: int) -> Sitting:
    person, place = divmod(number, len(shown))
    part = "Val" if person % _HELD == _HELD - 1 else "Train"
    name = f"{part}_AFEW/{clip.WORDS[shown[place]]}/{number + 1:09d}.avi"
    take = Take(person, shown[place])
    return alone(name, functools.partial(clip.film, own, take, head=0.55))

  return Drawing(images, map(sitting, range(images)))


LAYOUT = Layout(
  title="AFEW",
  about="videos by part and emotion",
  unit="images",
  size=700,
  width=144,
  height=lambda width: 2 * round(width * 5 / 12),
  plan=_plan,
)
