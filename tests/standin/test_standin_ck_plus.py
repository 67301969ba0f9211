"""The stand-in folder is CK+'s: grey sequences, coded peaks."""

import collections
import re

import numpy as np
import pytest
from PIL import Image

from jaxfer import facs, standin
from jaxfer.standin import population, sequence
from jaxfer.standin.face import expression
from jaxfer.standin.layouts import ck_plus

WIDTH = 64
OWN = population.own_seed("ck_plus", 0)


def plan(people):
  return ck_plus.films(people, OWN)


@pytest.fixture
def write(writer):
  return writer("ck_plus", 2, WIDTH)


@pytest.fixture
def filmed(tmp_path, sketch, write):
  """One person's folder."""
  write(tmp_path, size=1)
  return tmp_path


@pytest.mark.usefixtures("sketch")
def test_names_and_resuming(tmp_path, check_resuming, write):
  written = check_resuming(write, tmp_path)
  frames = collections.defaultdict(list)
  for name in written:
    match = re.fullmatch(
      r"cohn-kanade-images/(S\d{3})/(\d{3})/\1_\2_(\d{8})\.png", name
    )
    if match:
      frames[match[1], match[2]].append(int(match[3]))
    else:
      assert re.fullmatch(
        r"STANDIN\.txt|FACS/(S\d{3})/(\d{3})/\1_\2_\d{8}_facs\.txt"
        r"|Emotion/(S\d{3})/(\d{3})/\3_\4_\d{8}_emotion\.txt",
        name,
      )
  assert {subject for subject, _ in frames} == {"S005", "S010"}
  assert sum(map(len, frames.values())) == standin.count("ck_plus", size=2)
  for (subject, number), found in frames.items():
    assert sorted(found) == list(range(1, len(found) + 1))
    peak = f"{subject}/{number}/{subject}_{number}_{max(found):08d}"
    assert f"FACS/{peak}_facs.txt" in written


def test_labels_are_in_the_owners_notation(filmed):
  for one in plan(1):
    name = f"{ck_plus.folder(one)}/{ck_plus.frame_name(one, one.frames)}"
    text = (filmed / f"FACS/{name}_facs.txt").read_text()
    pairs = re.findall(
      r"^   (\d\.\d{7}e[+]\d\d)   (\d\.\d{7}e[+]\d\d)$", text, re.MULTILINE
    )
    assert len(pairs) == len(text.splitlines())
    coded = [int(float(unit)) for unit, _ in pairs]
    there = expression.present(one.peak)
    assert coded == [u for u, p in zip(facs.AUS, there, strict=True) if p]
    assert all(float(grade) in range(6) for _, grade in pairs)
    path = filmed / f"Emotion/{name}_emotion.txt"
    assert path.exists() == (one.emotion is not None)
    if one.emotion is not None:
      code = ck_plus.CODES[one.emotion]
      assert path.read_text() == f"   {code}.0000000e+00\n"


def test_the_whole_set_is_about_as_large_and_as_labelled_as_published():
  whole = plan(len(ck_plus.SUBJECTS))
  assert len(set(ck_plus.SUBJECTS)) == 123
  # Published: 593 sequences, 10,708 frames, 327 with an emotion.
  assert len(whole) == pytest.approx(593, rel=0.1)
  assert standin.count("ck_plus") == pytest.approx(10_708, rel=0.1)
  named = [one.emotion for one in whole if one.emotion]
  assert len(named) / len(whole) == pytest.approx(327 / 593, abs=0.06)
  assert set(named) == set(ck_plus.CODES)
  lines = [ck_plus.facs_lines(OWN, one).splitlines() for one in whole]
  ungraded = [line.endswith("0.0000000e+00") for text in lines for line in text]
  assert 0.1 < np.mean(ungraded) < 0.2


def test_one_folder_of_emotions_is_empty():
  labels = [name for name, _ in ck_plus._labels(OWN, plan(20))]
  assert sum(name.endswith("/") for name in labels) == 1


def test_frames_are_grey_and_of_the_owners_proportion(filmed):
  paths = sorted(filmed.rglob("*.png"))
  assert len(paths) == standin.count("ck_plus", size=1)
  for path in paths[::20]:
    with Image.open(path) as image:
      assert image.mode == "L"
      assert image.size == (WIDTH, 49)
  assert ck_plus.LAYOUT.size_of(640) == (640, 490)


def test_sequences_go_smoothly_from_neutral_to_the_peak():
  for one in plan(1):
    # Square, as RAF-DB's tests draw, so that it is compiled once for both.
    film = sequence.film(OWN, one, (48, 48), female=0.69).astype(float)
    assert film.shape == (one.frames, 48, 48)
    faces = film[:, :40]  # below stands the time code
    steps = np.abs(np.diff(faces, axis=0)).mean(axis=(1, 2))
    apart = np.abs(faces - faces[0]).mean(axis=(1, 2))
    assert steps.max() < 0.75 * apart[-1]
    # Noise aside, every frame is further on.
    assert np.corrcoef(apart, np.arange(one.frames))[0, 1] > 0.9


@pytest.mark.parametrize(
  ("arguments", "message"),
  [
    ({"size": 0}, "people=0 is not between 1 and the 123"),
    ({"size": 124}, "people=124"),
    ({"seed": -1}, "seed=-1 is negative"),
  ],
)
def test_arguments_out_of_range_are_refused(
  arguments, message, tmp_path, write
):
  with pytest.raises(ValueError, match=message):
    write(tmp_path / "new", **arguments)
  assert not list(tmp_path.iterdir())
