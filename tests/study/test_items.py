"""What raters see: balanced, of many people, telling nothing by its order."""

import collections
import hashlib
import io

import numpy as np
import pytest
from PIL import Image

from jaxfer.study import items, source
from jaxfer.study.items import Settings


@pytest.fixture(scope="module")
def chosen(make_run, tmp_path_factory):
  workdir = tmp_path_factory.mktemp("items")
  make_run(workdir)
  return source.choose(workdir, None)


SIZES = Settings(count=12, practice=4, checks=3)


def test_half_is_real_and_the_pictures_are_the_faces_of_their_rows(chosen):
  practice, judged = items.draw(chosen, SIZES)
  faces = [one for one in judged if one.row is not None]
  for drawn, count in ((practice, 4), (faces, 12)):
    truths = collections.Counter(one.truth for one in drawn)
    assert truths == {"real": count // 2, "generated": count // 2}
  held = {"real": chosen.reals()[0], "generated": chosen.fakes()}
  for one in [*practice, *faces]:
    assert one.png == items.encode(held[one.truth][one.row])
  rows = [(one.truth, one.row) for one in [*practice, *faces]]
  assert len(set(rows)) == len(rows)


def test_checks_ask_for_each_answer_in_turn(chosen):
  _, judged = items.draw(chosen, SIZES)
  asked = sorted(one.truth for one in judged if one.row is None)
  assert asked == ["generated", "real", "real"]
  _, judged = items.draw(chosen, Settings(count=2, practice=0, checks=0))
  assert len(judged) == 2


def test_the_order_knows_nothing_but_the_pictures(chosen):
  for drawn in items.draw(chosen, SIZES):
    sums = [hashlib.sha256(one.png).hexdigest() for one in drawn]
    assert sums == sorted(sums)


def test_no_file_tells_by_its_length_what_it_is(chosen):
  practice, judged = items.draw(chosen, SIZES)
  faces = [one for one in judged if one.row is not None]
  checks = [one for one in judged if one.row is None]
  for alike in ([*practice, *faces], checks):
    assert len({len(one.png) for one in alike}) == 1


def test_the_seed_fixes_which_faces_are_drawn(chosen):
  assert items.draw(chosen, SIZES) == items.draw(chosen, SIZES)
  other = Settings(count=12, practice=4, checks=3, seed=1)
  assert items.draw(chosen, SIZES) != items.draw(chosen, other)


def test_nobody_is_shown_again_before_everybody_was_shown_once():
  people = ["a"] * 50 + ["b"] * 3 + ["c"]
  for seed in range(20):
    order = items.spread(people, 6, np.random.default_rng(seed))
    shown = [people[i] for i in order]
    assert set(shown[:3]) == {"a", "b", "c"}
    assert set(shown[3:5]) == {"a", "b"}
    assert len(set(order)) == 6


def test_where_nobody_is_named_everyone_is_somebody_else():
  rng = np.random.default_rng(0)
  drawn = collections.Counter(
    i for _ in range(300) for i in items.spread([None] * 10, 5, rng)
  )
  # Each is drawn half of the time: 150 of 300, standard deviation 8.7.
  assert all(abs(count - 150) < 5 * 8.7 for count in drawn.values())
  assert len(drawn) == 10


@pytest.mark.parametrize(
  ("sizes", "words"),
  [
    ({"count": 3}, "--count=3 must be even"),
    ({"count": 0}, "--count=0"),
    ({"count": 2002}, "--count=2002"),
    ({"practice": 1}, "--practice=1 must be even"),
    ({"practice": -2}, "--practice=-2"),
    ({"checks": -1}, "--checks=-1"),
    ({"count": 2, "checks": 3}, "--checks=3 must be from 0 to --count=2"),
    ({"seconds": -1.0}, "--seconds=-1.0"),
    ({"seconds": float("nan")}, "--seconds=nan"),
    ({"seconds": 61.0}, "--seconds=61.0"),
    ({"seed": -1}, "--seed=-1"),
  ],
)
def test_sizes_that_make_no_balanced_study_are_refused(sizes, words):
  with pytest.raises(ValueError) as said:
    Settings(**sizes)
  assert words in str(said.value)


def test_too_few_faces_are_refused_with_what_would_do(chosen):
  with pytest.raises(ValueError, match=r"take 25 faces of prepare-.* holds 24"):
    items.draw(chosen, Settings(count=48, practice=2))


def test_too_few_generated_faces_name_the_field(make_run, tmp_path):
  make_run(tmp_path, generated=5)
  with pytest.raises(ValueError, match=r"holds 5: .*config\.generate\.count"):
    items.draw(source.choose(tmp_path, None), SIZES)


def test_faces_of_two_sizes_are_refused(make_run, tmp_path):
  made = make_run(tmp_path)
  chosen = source.choose(tmp_path, None)
  np.save(made["generate"] / "faces.npy", np.zeros((24, 16, 16, 3), np.uint8))
  with pytest.raises(ValueError, match="told apart by that"):
    items.draw(chosen, SIZES)


def test_a_picture_comes_back_exactly():
  face = np.random.default_rng(0).integers(0, 256, (16, 16, 3), np.uint8)
  image = Image.open(io.BytesIO(items.encode(face)))
  np.testing.assert_array_equal(np.asarray(image), face)


def test_smooth_and_noisy_pictures_are_files_of_one_length():
  noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
  smooth = np.full_like(noise, 120)
  assert len(items.encode(noise)) == len(items.encode(smooth))


def test_a_picture_bears_no_words():
  image = Image.open(io.BytesIO(items.encode(np.zeros((8, 8, 3), np.uint8))))
  image.load()
  assert image.info == {}


@pytest.mark.parametrize("size", [64, 128])
def test_a_word_is_dark_on_light_and_within_its_picture(size):
  rng = np.random.default_rng(0)
  for text in ("REAL", "GENERATED"):
    picture = items.word(text, size, rng)
    assert picture.shape == (size, size, 3) and picture.dtype == np.uint8
    ground = picture[0, 0]
    assert ground.min() >= 150
    inked = (picture != ground).any(2)
    assert not inked[[0, -1]].any() and not inked[:, [0, -1]].any()
    across = np.flatnonzero(inked.any(0))
    assert np.ptp(across) > 0.7 * size
    assert picture.min() < 60
