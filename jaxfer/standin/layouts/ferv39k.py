"""Stand-ins in the file grammar of FERV39k: scenes, emotions, two lists."""

from __future__ import annotations

from jaxfer import facs
from jaxfer.data.readers import ferv39k
from jaxfer.standin import clip, population
from jaxfer.standin.clip import Take
from jaxfer.standin.layout import Drawing, Layout, text

_SCENES = ("Action", "Crime", "DailyLife")
_TESTED = 5  # one person of so many is tested


def _plan(images: int, seed: int) -> Drawing:
  clip.refuse_more(images, ferv39k.DATASET.published["images"][""], "FERV39k")
  own = population.own_seed("ferv39k", seed)
  shown = [word for word in facs.EMOTIONS if word in clip.WORDS]
  takes = []
  for number in range(images):
    person, place = divmod(number, len(shown))
    word = clip.WORDS[shown[place]]
    name = f"{_SCENES[person % 3]}/{word}/{number + 1:04d}"
    takes.append((name, word, Take(person, shown[place])))
  drawn = clip.in_folders(own, [(name, take) for name, _, take in takes])
  lists = {"train": [], "test": []}
  for name, word, take in takes:
    tested = take.person % _TESTED == _TESTED - 1
    lists["test" if tested else "train"].append(f"{name} {word}")
  return Drawing(
    *drawn,
    lambda size: [(f"{k}_All.csv", text(v)) for k, v in lists.items()],
  )


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
