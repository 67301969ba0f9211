"""The study's PNG files: exact, and silent about what they show."""

import io

import numpy as np
import pytest
from PIL import Image

from jaxfer.study import pictures


def test_a_picture_comes_back_exactly():
  face = np.random.default_rng(0).integers(0, 256, (16, 16, 3), np.uint8)
  image = Image.open(io.BytesIO(pictures.encode(face)))
  np.testing.assert_array_equal(np.asarray(image), face)


def test_smooth_and_noisy_pictures_are_files_of_one_length():
  noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
  smooth = np.full_like(noise, 120)
  assert len(pictures.encode(noise)) == len(pictures.encode(smooth))


def test_a_picture_bears_no_words():
  image = Image.open(io.BytesIO(pictures.encode(np.zeros((8, 8, 3), np.uint8))))
  image.load()
  assert image.info == {}


@pytest.mark.parametrize("size", [64, 128])
def test_a_word_is_dark_on_light_and_within_its_picture(size):
  rng = np.random.default_rng(0)
  for text in ("REAL", "GENERATED"):
    picture = pictures.word(text, size, rng)
    assert picture.shape == (size, size, 3) and picture.dtype == np.uint8
    ground = picture[0, 0]
    assert ground.min() >= 150
    inked = (picture != ground).any(2)
    assert not inked[[0, -1]].any() and not inked[:, [0, -1]].any()
    across = np.flatnonzero(inked.any(0))
    assert np.ptp(across) > 0.7 * size
    assert picture.min() < 60
