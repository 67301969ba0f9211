"""Stand-ins for one's own folders, with and without a CSV."""

import csv
import io

import numpy as np

from jaxfer import facs
from jaxfer.standin import population
from jaxfer.standin.face import expression
from jaxfer.standin.layouts import unlabelled


def test_the_index_says_what_was_drawn(sketched):
  written = sketched("labelled", 35)
  rows = [*csv.DictReader(io.StringIO(written.pop("index.csv").decode()))]
  assert {row["path"] for row in rows} == set(written)
  # Takes of a sitting differ too.
  assert len(set(written.values())) == 35
  assert {row["subject"] for row in rows} == {"P0001", "P0002", "P0003"}
  assert {row["emotion"] for row in rows} == set(facs.EMOTIONS)
  own = population.own_seed("labelled", 0)
  for k, row in enumerate(rows):
    person, emotion = unlabelled.place(k)
    assert row["emotion"] == emotion
    shown = expression.present(expression.draw(own, person, emotion))
    coded = [row[f"AU{unit}"] == "1" for unit in facs.AUS]
    np.testing.assert_array_equal(coded, shown)


def test_without_labels_there_are_images_alone(sketched):
  written = sketched("unlabelled", 35)
  assert set(written) == {f"images/{k:06d}.jpg" for k in range(1, 36)}
