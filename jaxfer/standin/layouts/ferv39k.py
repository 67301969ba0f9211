"""Stand-ins in the file grammar of FERV39k: scenes, emotions, two lists."""

from __future__ import annotations

from jaxfer.data.readers import ferv39k
from jaxfer.standin import clip, population
from jaxfer.standin.clip import Take
from jaxfer.standin.layout import Drawing, Layout, text

_SCENES = ("Action", "Crime", "DailyLife")
_TESTED = 5  # one person of so many is tested


def _plan(images: int, seed: int) -> Drawing:
  clip.refuse_more(images, ferv39k.DATASET.published["images"][""], "FERV39k")
  own = population.own_seed("ferv39k", seed)
  shown = [*clip.WORDS.items()]
  takes, lists = [], {"train": [], "test": []}
  for number in range(images):
    person, place = divmod(number, len(shown))
    emotion, word = shown[place]
    name = f"{_SCENES[person % 3]}/{word}/{number + 1:04d}"
    takes.append((name, Take(person, emotion)))
    part = "test" if person % _TESTED == _TESTED - 1 else "train"
    lists[part].append(f"{name} {word}")
  labels = [(f"{part}_All.csv", text(rows)) for part, rows in lists.items()]
  return clip.in_folders(own, takes, labels)


LAYOUT = Layout(
  title="FERV39k",
  about="folders of frames by scene and emotion, and two lists",
  unit="images",
  size=700,
  width=112,
  height=lambda width: width,
  plan=_plan,
  frames=sum(clip.FRAMES) / 2,
)
