"""The stand-in folder is RAF-DB's, and as unbalanced and noisy."""

import collections
import re

import numpy as np
import pytest
from PIL import Image

from jaxfer import facs, standin
from jaxfer.standin.layouts import raf_db, raf_db_compound

GRAMMAR = {
  "basic": re.compile(
    r"basic/Image/aligned/(train_\d{5}|test_\d{4})_aligned\.jpg"
  ),
  "compound": re.compile(
    r"compound/Image/aligned/(train_\d{4}|test_\d{3})_aligned\.jpg"
  ),
}


@pytest.mark.parametrize(
  ("name", "subset", "highest"),
  [("raf_db", "basic", 7), ("raf_db_compound", "compound", 11)],
)
def test_names_and_labels_are_the_owners(
  name, subset, highest, sketched, tmp_path
):
  written = sketched(name, 20)
  lines = written.pop(f"{subset}/EmoLabel/list_patition_label.txt")
  lines = lines.decode().splitlines()
  matches = [GRAMMAR[subset].fullmatch(name) for name in written]
  assert all(matches)
  listed = dict(line.split(" ") for line in lines)
  # The list names the photographs, not their aligned crops.
  assert set(listed) == {f"{match[1]}.jpg" for match in matches}
  assert all(1 <= int(label) <= highest for label in listed.values())
  marker = (tmp_path / "STANDIN.txt").read_text().splitlines()
  assert {f"subset={subset}", "label_noise=0.08"} <= set(marker)


def test_the_whole_set_has_the_published_numbers():
  rows = raf_db.plan(15_339, 0, raf_db.BASIC)
  counts = collections.Counter(
    (row.name.split("_")[0], row.label) for row in rows
  )
  # https://whdeng.cn/RAF/model1.html: by label 1 to 7.
  for part, published in {
    "train": (1290, 281, 717, 4772, 1982, 705, 2524),
    "test": (329, 74, 160, 1185, 478, 162, 680),
  }.items():
    assert tuple(counts[part, k] for k in range(1, 8)) == published
  assert rows[0].name == "train_00001"
  assert rows[-1].name == "test_3068"
  parts = collections.Counter(
    row.name.split("_")[0]
    for row in raf_db.plan(3_954, 0, raf_db_compound.COMPOUND)
  )
  assert parts == {"train": 3162, "test": 792}


def test_labels_err_at_the_stated_rate_and_in_no_order():
  rows = raf_db.plan(15_339, 0, raf_db.BASIC)
  wrong = [row for row in rows if row.label != row.shown]
  assert abs(len(wrong) / len(rows) - raf_db.LABEL_NOISE) < 0.01
  assert {row.shown for row in wrong} == set(range(1, 8))
  changes = np.diff([row.label for row in rows[:500]]) != 0
  assert changes.mean() > 0.6


def test_compound_emotions_have_the_units_of_both():
  acts = raf_db.show(4, 0, ("happy", "surprised"))
  units = {u for u, pair in zip(facs.AUS, acts, strict=True) if pair.any()}
  assert units == facs.EMOTION_AUS["happy"] | facs.EMOTION_AUS["surprised"]


def test_pictures_are_varied_and_of_faces(tmp_path):
  standin.write("raf_db", tmp_path, size=8, width=48)
  photos = []
  for path in sorted(tmp_path.rglob("*_aligned.jpg")):
    with Image.open(path) as image:
      photos.append(np.asarray(image, float))
  middles = [photo[15:40, 10:38] for photo in photos]
  assert all(middle.std() > 6 for middle in middles)
  for k, one in enumerate(photos):
    for other in photos[:k]:
      assert np.abs(one - other).mean() > 8
