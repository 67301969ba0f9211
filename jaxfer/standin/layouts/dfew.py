"""Stand-ins in the file grammar of DFEW: numbered folders of frames."""

from __future__ import annotations

from collections.abc import Iterator

from jaxfer.data.readers import dfew
from jaxfer.standin import clip, population
from jaxfer.standin.clip import Take
from jaxfer.standin.layout import Drawing, Layout, text

_FOLDS = 5


def _shown(number: int) -> tuple[int, int]:
  """Person and code of the clip of that number, from 0: each shows all."""
  person, place = divmod(number, len(dfew.EMOTIONS))
  return person, place + 1


def _labels(images: int) -> Iterator[tuple[str, str]]:
  for fold in range(1, _FOLDS + 1):
    for part in ("train", "test"):
      rows = ["video_name,label"]
      for number in range(images):
        person, code = _shown(number)
        tested = person % _FOLDS == fold - 1
        if tested == (part == "test"):
          rows.append(f"{number + 1},{code}")
      folder = f"EmoLabel_DataSplit/{part}(single-labeled)"
      yield f"{folder}/set_{fold}.csv", text(rows)


def _plan(images: int, seed: int) -> Drawing:
  clip.refuse_more(images, dfew.DATASET.published["images"][""], "DFEW")
  own = population.own_seed("dfew", seed)
  takes = []
  for number in range(images):
    person, code = _shown(number)
    take = Take(person, dfew.EMOTIONS[code])
    takes.append((f"Clip/clip_224x224/{number + 1:05d}", take))
  return clip.in_folders(own, takes, [*_labels(images)])


LAYOUT = Layout(
  title="DFEW",
  about="numbered folders of frames, and the labels of five folds",
  unit="images",
  size=700,
  width=112,
  height=lambda width: width,
  plan=_plan,
  frames=sum(clip.FRAMES) / 2,
)
