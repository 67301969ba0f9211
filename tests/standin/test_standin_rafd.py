"""The stand-in folder is Radboud's, down to the file names."""

import collections
import re

import cv2
import numpy as np
import pytest
from PIL import Image

from jaxfer import facs, standin
from jaxfer.data.readers import rafd as reader
from jaxfer.standin import album
from jaxfer.standin.layouts import rafd

WIDTH = 96
SIZE = rafd.LAYOUT.size_of(WIDTH)
# The owners' grammar, written out anew rather than taken from the reader.
GRAMMAR = re.compile(
  r"Rafd(000|045|090|135|180)_(\d{2})_(Caucasian|Moroccan|Kid)_(female|male)_"
  r"(angry|contemptuous|disgusted|fearful|happy|neutral|sad|surprised)_"
  r"(left|frontal|right)\.jpg"
)


def contents(folder):
  return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.fixture(scope="module")
def written(tmp_path_factory):
  out = tmp_path_factory.mktemp("rafd")
  standin.write("rafd", out, size=2, seed=0, width=WIDTH)
  return out


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


def test_names_follow_the_grammar_and_every_combination_is_there(written):
  names = [path.name for path in written.glob("*.jpg")]
  fields = [GRAMMAR.fullmatch(name) for name in names]
  assert all(fields)
  assert len(names) == 2 * 8 * 3
  emotions_and_gazes = collections.Counter(
    match.group(5, 6) for match in fields
  )
  assert set(emotions_and_gazes.values()) == {2}
  assert len(emotions_and_gazes) == 24
  assert "Rafd090_01_Caucasian_female_angry_frontal.jpg" in names


def test_the_reader_takes_every_file_and_passes_over_the_marker(written):
  table = reader.read(written, view="frontal")
  assert len(table.faces) == 48
  assert not table.rejected
  assert {face.subject for face in table.faces} == {"01", "02"}
  assert (written / album.MARKER).exists()


def test_images_are_rgb_portraits(written):
  for path in written.glob("*_frontal.jpg"):
    with Image.open(path) as image:
      assert image.format == "JPEG"
      assert image.mode == "RGB"
      assert image.size == (WIDTH, WIDTH * 1024 // 681)


def test_fewer_people_are_the_first_of_more(written, tmp_path):
  standin.write("rafd", tmp_path, size=1, seed=0, width=WIDTH)
  one, two = contents(tmp_path), contents(written)
  images = {name for name in one if name.endswith(".jpg")}
  assert len(images) == 24
  assert {name: two[name] for name in images} == {
    name: one[name] for name in images
  }


def test_another_seed_is_another_set(written):
  other = rafd.photograph(1, 0, "happy", SIZE)
  same = rafd.photograph(0, 0, "happy", SIZE)
  assert np.abs(other.astype(int) - same.astype(int)).mean() > 5


def test_writing_resumes_to_the_same_bytes(written, tmp_path):
  standin.write("rafd", tmp_path, size=2, seed=0, width=WIDTH)
  paths = sorted(tmp_path.glob("*.jpg"))
  for path in paths[::7]:
    path.unlink()
  paths[1].write_bytes(paths[1].read_bytes()[:200])
  seen = []
  standin.write(
    "rafd",
    tmp_path,
    size=2,
    seed=0,
    width=WIDTH,
    progress=lambda done, total: seen.append((done, total)),
  )
  assert contents(tmp_path) == contents(written)
  assert seen[-1] == (48, 48)


@pytest.mark.parametrize("camera", rafd.CAMERAS)
def test_every_camera_photographs_the_same_sitting(camera):
  photos = rafd.photograph(0, 4, "surprised", SIZE, camera=camera)
  assert photos.shape == (3, 144, 96, 3)
  assert photos.std() > 20


def test_cameras_are_written_apart(tmp_path):
  standin.write(
    "rafd", tmp_path, size=1, seed=0, width=WIDTH, cameras=("000", "135")
  )
  cameras = collections.Counter(p.name[4:7] for p in tmp_path.glob("*.jpg"))
  assert cameras == {"000": 24, "135": 24}


@pytest.mark.parametrize(
  ("arguments", "message"),
  [
    ({"size": 0}, "people=0 is not between 1 and the 67"),
    ({"size": 68}, "people=68"),
    ({"seed": -1}, "seed=-1 is negative"),
    ({"cameras": ("91",)}, "'91' must be some of 000, 045, 090, 135, 180"),
    ({"cameras": ()}, "must be some of"),
    ({"cameras": ("090", "090")}, "each once"),
  ],
)
def test_arguments_out_of_range_are_refused(arguments, message, tmp_path):
  usual = {"size": 1, "seed": 0, "width": WIDTH}
  with pytest.raises(ValueError, match=message):
    standin.write("rafd", tmp_path, **{**usual, **arguments})
  assert not list(tmp_path.iterdir())


def share_found(folder):
  """The share of images in which Viola-Jones finds a face in the middle."""
  cascade = cv2.CascadeClassifier(
    cv2.data.haarcascades + "haarcascade_frontalface_alt2.xml"
  )
  found = []
  for path in sorted(folder.glob("Rafd090*.jpg")):
    grey = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    width = grey.shape[1]
    boxes = cascade.detectMultiScale(
      grey, 1.05, 3, minSize=(width // 5, width // 5)
    )
    largest = max(boxes, key=lambda box: box[2], default=(0, 0, 0, 0))
    left, _, side, _ = largest
    middle = (left + side / 2) / width
    found.append(0.4 < side / width < 0.9 and 0.35 < middle < 0.65)
  return np.mean(found)


def test_viola_jones_finds_the_faces(written):
  assert share_found(written) >= 0.9


@pytest.mark.slow
def test_viola_jones_finds_all_but_a_few_of_the_whole_set(tmp_path):
  standin.write("rafd", tmp_path, size=67, seed=0, width=112)
  assert len(list(tmp_path.glob("*.jpg"))) == 1608
  assert share_found(tmp_path) >= 0.97


@pytest.mark.parametrize("emotion", facs.EMOTIONS)
def test_people_show_an_emotion_differently(emotion):
  one, two = (rafd.photograph(0, k, emotion, SIZE)[1] for k in (0, 1))
  assert np.abs(one.astype(int) - two.astype(int)).mean() > 5
