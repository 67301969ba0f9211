"""The stand-in folder is Radboud's, down to the file names."""

import collections
import itertools
import re

import numpy as np
import pytest

from jaxfer import facs, standin
from jaxfer.standin.layouts import rafd

SIZE = rafd.LAYOUT.size_of(96)
# The owners' grammar, written out anew rather than taken from the reader.
GRAMMAR = re.compile(
  r"Rafd(000|045|090|135|180)_(\d{2})_(Caucasian|Moroccan|Kid)_(female|male)_"
  r"(angry|contemptuous|disgusted|fearful|happy|neutral|sad|surprised)_"
  r"(left|frontal|right)\.jpg"
)


def test_the_population_is_the_published_one():
  # https://rafd.socsci.ru.nl, Overview: 20 + 19 adults, 18 men, 4 + 6 children.
  assert collections.Counter(
    (model.race, model.gender) for model in rafd.POPULATION
  ) == {
    ("Caucasian", "male"): 20,
    ("Caucasian", "female"): 19,
    ("Moroccan", "male"): 18,
    ("Kid", "male"): 4,
    ("Kid", "female"): 6,
  }
  numbers = {model.number for model in rafd.POPULATION}
  assert numbers == set(range(1, 74)) - {6, 13, 17, 34, 62, 66}


def test_names_follow_the_grammar_and_every_combination_is_there(sketched):
  names = [*sketched("rafd", 2, cameras=("000", "135"))]
  fields = [GRAMMAR.fullmatch(name) for name in names]
  assert all(fields)
  shown = collections.Counter(match.group(1, 5, 6) for match in fields)
  assert len(shown) == 2 * 8 * 3
  assert set(shown.values()) == {2}
  assert "Rafd000_01_Caucasian_female_angry_frontal.jpg" in names


@pytest.mark.usefixtures("sketch")
def test_fewer_people_are_the_first_of_more(tmp_path, contents):
  for people in (1, 2):
    standin.write("rafd", tmp_path / f"{people}", size=people, width=48)
  one, two = (contents(tmp_path / f"{people}") for people in (1, 2))
  del one["STANDIN.txt"]
  assert len(one) == 24
  assert one.items() <= two.items()


def test_another_seed_is_another_set():
  other = rafd.photograph(1, 0, "happy", SIZE)
  same = rafd.photograph(0, 0, "happy", SIZE)
  assert np.abs(other.astype(int) - same.astype(int)).mean() > 5


def test_every_camera_photographs_the_sitting_from_elsewhere():
  photos = [
    rafd.photograph(0, 4, "surprised", SIZE, camera=camera).astype(int)
    for camera in rafd.CAMERAS
  ]
  for one, other in itertools.combinations(photos, 2):
    assert one.shape == (3, 144, 96, 3)
    assert np.abs(one - other).mean() > 5


@pytest.mark.parametrize("emotion", facs.EMOTIONS)
def test_people_show_an_emotion_differently(emotion):
  one, two = (rafd.photograph(0, k, emotion, SIZE)[1] for k in (0, 1))
  assert np.abs(one.astype(int) - two.astype(int)).mean() > 5
