"""Stand-ins for a folder of one's own photographs, with a CSV of labels."""

from __future__ import annotations

from jaxfer import facs
from jaxfer.standin import population
from jaxfer.standin.face import expression
from jaxfer.standin.layout import Drawing, text
from jaxfer.standin.layouts import unlabelled

INDEX = "index.csv"


def _plan(images: int, seed: int) -> Drawing:
  own = population.own_seed("labelled", seed)
  return Drawing(
    images,
    unlabelled.sittings(images, own),
    lambda size: [(INDEX, _index(images, own))],
  )


def _index(images: int, seed: int) -> str:
  """Subject, emotion and action units of every image."""
  rows = [("path", "subject", "emotion", *(f"AU{unit}" for unit in facs.AUS))]
  for image in range(images):
    person, emotion = unlabelled.place(image)
    acts = expression.draw(seed, person, emotion)
    units = expression.present(acts).astype(int).astype(str)
    subject = f"P{person + 1:04d}"
    rows.append((unlabelled.name(image), subject, emotion, *units))
  return text(map(",".join, rows))


LAYOUT = unlabelled.layout(
  "a folder of photographs and a CSV of labels", 640, _plan
)
