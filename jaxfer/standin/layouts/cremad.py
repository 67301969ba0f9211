"""Stand-ins in the file grammar of CREMA-D: actors, sentences, levels."""

from __future__ import annotations

import functools
from collections.abc import Iterator

from jaxfer.data.readers import cremad
from jaxfer.standin import clip, population
from jaxfer.standin.clip import Take
from jaxfer.standin.layout import Drawing, Layout, alone

_SENTENCES = ("IEO", "TIE", "IOM", "IWW", "TAI", "MTI")
_LEVELS = {"LO": 0.45, "MD": 0.7, "HI": 1.0, "XX": 0.85}


def _takes(people: int) -> Iterator[tuple[str, Take]]:
  """Everybody says one sentence at three levels, and another, as it comes."""
  for person in range(people):
    for code, emotion in cremad.EMOTIONS.items():
      for number, (level, weak) in enumerate(_LEVELS.items()):
        sentence = _SENTENCES[0 if level != "XX" else 1 + person % 5]
        name = f"{1001 + person}_{sentence}_{code}_{level}.mp4"
        yield name, Take(person, emotion, number, weak)


def _plan(people: int, seed: int) -> Drawing:
  own = population.own_seed("cremad", seed)
  film = functools.partial(clip.film, own, head=0.62, female=43 / 91)
  sittings = (
    alone(f"VideoMP4/{name}", functools.partial(film, take))
    for name, take in _takes(people)
  )
  return Drawing(people * len(cremad.EMOTIONS) * len(_LEVELS), sittings)


LAYOUT = Layout(
  title="CREMA-D",
  about="videos of actors, named by sentence, emotion and level",
  unit="people",
  size=91,
  width=160,
  height=lambda width: 2 * round(width * 3 / 8),
  plan=_plan,
)
