"""Stand-ins for one's own folders, with and without a CSV."""

import csv
import io

import numpy as np

from jaxfer import facs, standin
from jaxfer.configs import base
from jaxfer.standin import album, population
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


def test_folders_that_were_drawn_beforehand_are_known_as_drawn(tmp_path):
  config = base.get_config()
  config.data.pretrain, config.data.probe = "unlabelled", "labelled"
  for name in ("unlabelled", "labelled"):
    assert not standin.drawn(config)  # photographs may be among the faces
    config.data.paths[name] = str(tmp_path / name)
    (tmp_path / name).mkdir()
    (tmp_path / name / album.MARKER).touch()
  assert standin.drawn(config)
