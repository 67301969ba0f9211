"""Stand-ins for a folder of one's own clips, with a CSV of labels."""

from __future__ import annotations

from jaxfer import facs
from jaxfer.standin import clip, population
from jaxfer.standin.clip import Take
from jaxfer.standin.layout import Drawing, Layout, text


def _plan(people: int, seed: int) -> Drawing:
  """Everybody plays each emotion once."""
  own = population.own_seed("own_clips", seed)
  takes, rows = [], ["path,subject,emotion"]
  for person in range(people):
    for number, emotion in enumerate(facs.EMOTIONS, start=1):
      subject = f"P{person + 1:03d}"
      folder = f"clips/{subject}_{number}"
      takes.append((folder, Take(person, emotion)))
      rows.append(f"{folder},{subject},{emotion}")
  return clip.in_folders(own, takes, [("index.csv", text(rows))])


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
