"""Stand-ins for one's own folders, with and without a CSV."""

import csv

import numpy as np
import pytest
from PIL import Image

from jaxfer import facs
from jaxfer.standin import population
from jaxfer.standin.face import expression
from jaxfer.standin.layouts import unlabelled

pytestmark = pytest.mark.usefixtures("sketch")


@pytest.fixture
def write(writer):
  return writer("labelled", 35, 48)


def test_the_index_says_what_was_drawn_and_writing_resumes(
  tmp_path, check_resuming, write
):
  written = check_resuming(write, tmp_path)
  with (tmp_path / "first" / "index.csv").open(newline="") as file:
    rows = list(csv.DictReader(file))
  images = set(written) - {"STANDIN.txt", "index.csv"}
  assert {row["path"] for row in rows} == images
  assert len(images) == 35
  assert {row["subject"] for row in rows} == {"P0001", "P0002", "P0003"}
  assert {row["emotion"] for row in rows} == set(facs.EMOTIONS)
  own = population.own_seed("labelled", 0)
  for k, row in enumerate(rows):
    person, emotion = unlabelled.place(k)
    assert row["emotion"] == emotion
    shown = expression.present(expression.draw(own, person, emotion))
    coded = [row[f"AU{unit}"] == "1" for unit in facs.AUS]
    np.testing.assert_array_equal(coded, shown)


def test_without_labels_there_are_images_alone(tmp_path, writer):
  writer("unlabelled", 35, 48)(tmp_path)
  files = {p.name for p in tmp_path.rglob("*") if p.is_file()}
  assert files == {"STANDIN.txt", *(f"{k:06d}.jpg" for k in range(1, 36))}
  with Image.open(tmp_path / "images" / "000001.jpg") as image:
    assert image.size == (48, 60)


def test_takes_of_a_sitting_differ(tmp_path, write):
  write(tmp_path, size=3)
  one, two, three = (
    (tmp_path / "images" / f"{k:06d}.jpg").read_bytes() for k in (1, 2, 3)
  )
  assert len({one, two, three}) == 3


def test_nothing_to_draw_is_refused(tmp_path, write):
  with pytest.raises(ValueError, match="images=0"):
    write(tmp_path / "new", size=0)
  assert not list(tmp_path.iterdir())
