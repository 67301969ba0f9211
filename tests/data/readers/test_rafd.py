"""Radboud's file names: the counts of the owners, and every irregularity."""

import itertools
from pathlib import Path

import pytest

from jaxfer import facs
from jaxfer.data.readers import rafd

CAMERAS = ("000", "045", "090", "135", "180")
GAZES = ("left", "frontal", "right")
# The owners' numbers run to 73 and leave out six: 67 people.
PEOPLE = sorted(set(range(1, 74)) - {6, 13, 17, 34, 62, 66})
RACES = ("Caucasian", "Moroccan", "Kid")


def name_of(camera, person, emotion, gaze) -> str:
  who = f"{person:02d}_{RACES[person % 3]}_{('female', 'male')[person % 2]}"
  return f"Rafd{camera}_{who}_{emotion}_{gaze}.jpg"


@pytest.fixture(scope="module")
def radboud(tmp_path_factory) -> Path:
  """All names of the complete database, half of them in a subfolder."""
  root = tmp_path_factory.mktemp("rafd")
  (root / "part2").mkdir()
  for camera, person, emotion, gaze in itertools.product(
    CAMERAS, PEOPLE, facs.EMOTIONS, GAZES
  ):
    folder = root / "part2" if person > 36 else root
    (folder / name_of(camera, person, emotion, gaze)).touch()
  return root


@pytest.mark.parametrize(
  # The paper's 1,608 frontal and 2,680 multi-view; the owners' 8,040.
  ("view", "count"),
  [("frontal", 1608), ("multi", 2680), ("all", 8040)],
)
def test_views_have_the_published_sizes(radboud, view, count):
  table = rafd.read(radboud, view=view)

  assert len(table.faces) == count
  assert table.rejected == ()
  assert len({face.subject for face in table.faces}) == 67
  for emotion in facs.EMOTIONS:
    shown = sum(face.emotion == emotion for face in table.faces)
    assert shown == count / 8
  names = [Path(face.path).name for face in table.faces]
  assert names == sorted(names), "nesting must not decide the order"


@pytest.mark.parametrize(
  ("name", "facts"),
  [
    # Names as the owners' own documents and public listings print them.
    (
      "Rafd090_01_Caucasian_female_angry_frontal.jpg",
      ("01", "angry", "frontal", "090", 0),
    ),
    (
      "Rafd180_73_Moroccan_male_surprised_right.jpg",
      ("73", "surprised", "right", "180", 90),
    ),
    (
      "Rafd045_45_Moroccan_male_contemptuous_left.jpg",
      ("45", "contemptuous", "left", "045", -45),
    ),
    # A child; and what users make of the names.
    (
      "Rafd090_64_Kid_female_happy_frontal.jpg",
      ("64", "happy", "frontal", "090", 0),
    ),
    (
      "train/happy/rafd000_01_caucasian_female_HAPPY_Left.PNG",
      ("01", "happy", "left", "000", -90),
    ),
  ],
)
def test_every_fact_is_in_the_name(tmp_path, touch, name, facts):
  touch(tmp_path, name)

  (face,) = rafd.read(tmp_path, view="all").faces

  read = (face.subject, face.emotion, face.gaze, face.pose_raw, face.pose)
  assert read == facts
  assert face.path == name
  assert face.dataset == "rafd"
  assert face.aus == {}


def test_units_by_rule_are_given_only_when_asked_for(tmp_path):
  (tmp_path / "Rafd090_01_Kid_male_happy_frontal.jpg").touch()
  (plain,) = rafd.read(tmp_path).faces
  (ruled,) = rafd.read(tmp_path, relabel=True).faces
  assert plain.aus == {}
  assert {n for n, value in ruled.aus.items() if value} == {6, 12, 25}
  assert len(ruled.aus) == 14
