"""Stand-ins for a folder of one's own clips, with a CSV of labels."""

from __future__ import annotations

from collections.abc import Iterator

from jaxfer import facs
from jaxfer.standin import clip, population
from jaxfer.standin.clip import Take
from jaxfer.standin.layout import Drawing, Layout, text


def _takes(people: int) -> Iterator[Take]:
  """Everybody plays each emotion once."""
  for person in range(people):
    for emotion in facs.EMOTIONS:
      yield Take(person, emotion)


def _folder(take: Take) -> str:
  number = 1 + facs.EMOTIONS.index(take.emotion)
  return f"clips/P{take.person + 1:03d}_{number}"


def _plan(people: int, seed: int) -> Drawing:
  own = population.own_seed("own_clips", seed)
  takes = [(_folder(take), take) for take in _takes(people)]
  rows = ["path,subject,emotion"]
  rows += [
    f"{folder},P{take.person + 1:03d},{take.emotion}" for folder, take in takes
  ]
  drawn = clip.in_folders(own, takes)
  return Drawing(*drawn, lambda size: [("index.csv", text(rows))])


LAYOUT = Layout(
  title="own clips",
  about="folders of frames and a CSV of labels",
  unit="people",
  size=60,
  width=96,
  height=lambda width: round(width * 5 / 4),
  plan=_plan,
  frames=sum(clip.FRAMES) / 2,
)
