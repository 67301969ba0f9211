"""The stand-in folder is SFEW's; films and clips are as films are."""

import collections
import itertools
import re
from pathlib import PurePosixPath

import numpy as np
import pytest
from PIL import Image

from jaxfer import standin
from jaxfer.standin.clip import WORDS
from jaxfer.standin.layouts import sfew

GRAMMAR = re.compile(
  r"SFEW_2/((Train|Val)/\2_Aligned_Faces/"
  r"(Angry|Disgust|Fear|Happy|Neutral|Sad|Surprise)|Test/Test_Aligned_Faces)/"
  r"(?P<film>.+)_(?P<time>\d{9})_(?P<frame>\d{8})\.png"
)


@pytest.fixture(scope="module")
def whole():
  """The clips of the published size: 891 + 431 + 372."""
  return sfew.plan(1_694, 0)


def test_the_whole_set_has_the_published_numbers(whole):
  counts = collections.Counter()
  for clip in whole:
    counts[clip.part, clip.emotion] += len(clip.frames)
  for part, published in {
    # Aligned faces: Angry Disgust Fear Happy Neutral Sad Surprise.
    "Train": (178, 52, 78, 184, 144, 161, 94),
    "Val": (77, 23, 46, 72, 84, 73, 56),
  }.items():
    assert tuple(counts[part, word] for word in WORDS) == published
  test = sum(n for (part, _), n in counts.items() if part == "Test")
  assert test == 372


def test_no_film_is_in_two_parts_and_no_name_twice(whole):
  parts = collections.defaultdict(set)
  names = []
  for clip in whole:
    for name in sfew.names(clip):
      parts[GRAMMAR.fullmatch(name)["film"]].add(clip.part)
      names.append(PurePosixPath(name).name)
  assert all(len(found) == 1 for found in parts.values())
  assert len(parts) > 60
  assert len(names) == len(set(names)) == 1_694
  assert any("_" in film for film in parts)


def test_films_have_few_actors_and_clips_several_frames(whole):
  actors = collections.defaultdict(set)
  for clip in whole:
    actors[clip.film].add(clip.actor)
    assert list(clip.frames) == sorted(set(clip.frames))
    assert 1 <= len(clip.frames) <= 3
  assert max(map(len, actors.values())) <= 6
  assert np.mean([len(clip.frames) for clip in whole]) > 1.5


def test_folders_err_at_the_stated_rate(whole):
  wrong = [clip.shown != clip.emotion for clip in whole]
  # 900 clips: one standard deviation is 0.009.
  assert abs(np.mean(wrong) - sfew.LABEL_NOISE) < 0.03


def test_film_titles_are_all_different():
  titles = [sfew.film_name(film) for film in range(300)]
  assert len(set(titles)) == 300


@pytest.mark.slow
def test_frames_of_a_clip_are_near_duplicates(tmp_path):
  standin.write("sfew", tmp_path, size=60, width=64)
  clips = collections.defaultdict(list)
  for path in sorted(tmp_path.rglob("*.png")):
    with Image.open(path) as image:
      photo = np.asarray(image, float)
    clips[path.stem.rsplit("_", 1)[0]].append(photo)
  within = [
    np.abs(one - other).mean()
    for photos in clips.values()
    for one, other in itertools.pairwise(photos)
  ]
  firsts = [photos[0] for photos in clips.values()]
  between = [
    np.abs(one - other).mean() for one, other in itertools.pairwise(firsts)
  ]
  assert min(within) > 0
  assert np.median(within) < 0.3 * np.median(between)
