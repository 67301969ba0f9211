"""A dictionary of patches: what it finds, and what it does not see."""

import jax.numpy as jnp
import numpy as np
import pytest

from jaxfer.learn import patches, pixels
from jaxfer.learn.patches import CELLS, SIDE, WORDS

SIZE = 32


def faces(count, seed=0):
  """Smooth random pictures, of middle contrast."""
  rng = np.random.default_rng(seed)
  small = rng.uniform(80, 170, (count, 8, 8, 3))
  x = small.repeat(SIZE // 8, 1).repeat(SIZE // 8, 2)
  for axis in (1, 2):
    x = (np.roll(x, 1, axis) + 2 * x + np.roll(x, -1, axis)) / 4
  return x.astype(np.uint8)


@pytest.fixture(scope="module")
def learnt():
  return patches.learn(faces(200), 0)


def told(dictionary, images):
  return np.asarray(patches.describe(dictionary, jnp.asarray(images)))


def test_words_are_directions_and_shapes_those_of_a_blank(learnt):
  blank = patches.blank()
  assert {k: (v.shape, v.dtype) for k, v in learnt.items()} == {
    k: (v.shape, v.dtype) for k, v in blank.items()
  }
  np.testing.assert_allclose((learnt["words"] ** 2).sum(1), 1, rtol=1e-5)


def test_a_cell_holds_what_patches_around_its_pixels_share_with_a_word(learnt):
  images = faces(1, 5)
  before = (SIDE - 1) // 2
  grey = np.asarray(pixels.grey(images))[0]
  grey = np.pad(grey, (before, SIDE - 1 - before), mode="edge")
  cell, total = SIZE // CELLS, 0
  row, column = 3, 6
  for y in range(row * cell, row * cell + cell):
    for x in range(column * cell, column * cell + cell):
      patch = grey[y : y + SIDE, x : x + SIDE].astype(np.float64).ravel()
      patch = (patch - patch.mean()) / np.sqrt(patch.var() + 6e-4)
      white = (patch - learnt["mean"]) @ learnt["whiten"]
      total = total + np.maximum(learnt["words"] @ white - 0.5, 0)
  found = told(learnt, images)[0, row, column]
  np.testing.assert_allclose(found, total / cell**2, atol=2e-3)


def test_lighting_is_hardly_seen(learnt):
  images = faces(4, 1)
  one = told(learnt, images)

  def apart(others):
    return np.linalg.norm(one - told(learnt, others)) / np.linalg.norm(one)

  assert apart(images + np.uint8(40)) < 1e-3
  plainer = (images // 2 + 20).astype(np.uint8)  # half the contrast, rounded
  assert apart(plainer) < apart(faces(4, 2)) / 2


def test_learnt_words_are_nearer_to_patches_than_random_ones(learnt):
  images = faces(50, 3)
  random = patches.learn(faces(200), 0, rounds=0)
  np.testing.assert_array_equal(random["whiten"], learnt["whiten"])
  assert told(learnt, images).max(-1).mean() > 1.2 * (
    told(random, images).max(-1).mean()
  )


def test_the_seed_alone_decides():
  some = faces(20)
  one, same, other = (patches.learn(some, seed) for seed in (1, 1, 2))
  np.testing.assert_array_equal(one["words"], same["words"])
  assert (one["words"] != other["words"]).any()


@pytest.mark.parametrize("count", [1, 3])
def test_few_faces_and_plain_ones_give_numbers(count):
  plain = np.full((count, SIZE, SIZE, 3), 128, np.uint8)
  for some in (faces(count), plain):
    dictionary = patches.learn(some, 0)
    found = told(dictionary, some)
    assert found.shape == (count, CELLS, CELLS, WORDS)
    assert np.isfinite(found).all()
    assert all(np.isfinite(x).all() for x in dictionary.values())
