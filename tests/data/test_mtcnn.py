"""MTCNN: the pyramid, the boxes' arithmetic, and what must hold for any."""

from concurrent.futures import ThreadPoolExecutor

import cv2
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

from jaxfer.data.mtcnn import boxes, detector, networks, pyramid


def detect(image):
  return detector.detect(image, 20)


@pytest.fixture(scope="module")
def photograph(draw_face):
  return np.asarray(draw_face(100))


@pytest.mark.parametrize(
  ("size", "smallest", "count"),
  [
    ((480, 480), 20, 10),  # the last is 13.04 pixels, then 9.2
    ((681, 1024), 20, 11),
    ((20, 500), 20, 1),  # 12 pixels exactly
    ((19, 500), 20, 0),
    ((256, 256), 40, 6),  # 76.8 … 13.8 pixels
  ],
)
def test_levels_end_at_twelve_pixels(size, smallest, count):
  scales = pyramid.scales(size, smallest)

  assert len(scales) == count
  assert all(min(size) * scale >= 12 for scale in scales)
  if scales:
    assert scales[0] == 12 / smallest
    assert min(size) * scales[-1] * 0.709 < 12


@pytest.mark.parametrize("size", [(40, 97), (161, 98), (100, 100)])
def test_tiles_hold_every_pixel_and_mark_what_is_none(size):
  image = np.random.default_rng(0).integers(0, 256, (*size, 3), np.uint8)

  for level in pyramid.levels(image, 20):
    height, width = (int(side * level.scale) for side in size)
    whole = cv2.resize(
      image.astype(np.float32), (width, height), interpolation=cv2.INTER_AREA
    )
    for i, tile in enumerate(level.tiles):
      top, left = (pyramid.STEP * k for k in divmod(i, level.columns))
      part = whole[top : top + pyramid.TILE, left : left + pyramid.TILE]
      inside = tile[: part.shape[0], : part.shape[1]]
      np.testing.assert_allclose(inside * 128 + 127.5, part, atol=1e-3)
      assert np.isnan(tile).sum() == tile.size - part.size


@jax.jit
def whole_pnet(weights, picture):
  """PNet on a whole picture, layer by layer, as TensorFlow counts `same`."""
  k1, b1, a1, k2, b2, a2, k3, b3, a3, _, _, k4, b4 = weights

  def layer(x, kernel, bias, slope):
    y = lax.conv_general_dilated(
      x, kernel, (1, 1), "VALID", dimension_numbers=("NHWC", "HWIO", "NHWC")
    ) + bias.reshape(1, 1, 1, -1)
    return jnp.where(y < 0, y * slope[None], y)

  x = layer(picture[None], k1, b1, a1)
  # The last window of an odd side has one row or column.
  x = lax.reduce_window(
    x, -jnp.inf, lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "SAME"
  )
  x = layer(layer(x, k2, b2, a2), k3, b3, a3)
  return jax.nn.softmax(layer(x, k4, b4, jnp.ones((1, 1, 2))))[0, ..., 1]


@pytest.mark.parametrize("size", [(96, 61), (12, 13)])
def test_tiles_see_what_a_whole_picture_shows(size):
  image = np.random.default_rng(1).integers(0, 256, (*size, 3), np.uint8)
  weights = networks.load("pnet")

  level = next(pyramid.levels(image, pyramid.CELL))
  picture = (image.astype(np.float32) - 127.5) / 128
  whole = whole_pnet(weights, picture)
  tiles = np.zeros((8, *level.tiles.shape[1:]), np.float32)
  tiles[: len(level.tiles)] = level.tiles
  faces, _ = networks.pnet(weights, tiles)

  assert level.scale == 1
  assert whole.shape == level.cells
  for i, tile in enumerate(np.asarray(faces)[: len(level.tiles)]):
    top, left = (pyramid.CELLS * k for k in divmod(i, level.columns))
    part = whole[top : top + pyramid.CELLS, left : left + pyramid.CELLS]
    inside = tile[: part.shape[0], : part.shape[1]]
    np.testing.assert_allclose(inside, part, atol=1e-5)


def test_suppression_in_one_pass():
  # Three boxes in a row: the second overlaps both others by a half of itself,
  # the outer ones only touch.
  row = np.array([[0, 0, 10, 10], [5, 0, 15, 10], [10, 0, 20, 10]], float)
  best_first = np.array([0.9, 0.8, 0.7])

  assert boxes.suppress(row, best_first, 0.4).tolist() == [0, 1, 2]
  # The third goes although the second, which it overlaps, goes too.
  assert boxes.suppress(row, best_first, 0.3).tolist() == [0]
  assert boxes.suppress(row, best_first[::-1], 0.4).tolist() == [2, 1, 0]
  # A box within another: a quarter of the union, all of the smaller.
  nested = np.array([[0, 0, 10, 10], [0, 0, 5, 5]], float)
  scores = np.array([0.9, 0.8])
  assert boxes.suppress(nested, scores, 0.5).tolist() == [0, 1]
  assert boxes.suppress(nested, scores, 0.5, of_smaller=True).tolist() == [0]
  assert boxes.suppress(np.empty((0, 4)), np.empty(0), 0.5).tolist() == []


def test_suppression_of_many_equals_the_definition():
  rng = np.random.default_rng(2)
  corner = rng.uniform(0, 60, (600, 2))
  many = np.concatenate([corner, corner + rng.uniform(5, 20, (600, 2))], 1)
  scores = rng.permutation(600) / 600

  stays = boxes.suppress(many, scores, 0.5)

  best_first = many[np.argsort(-scores)]
  for n, box in enumerate(best_first):
    better = best_first[:n]
    sides = np.minimum(box[2:], better[:, 2:])
    sides = sides - np.maximum(box[:2], better[:, :2])
    shared = np.maximum(sides, 0).prod(1)
    areas = (better[:, 2:] - better[:, :2]).prod(1) + (box[2:] - box[:2]).prod()
    kept = (shared / (areas - shared) <= 0.5).all()
    assert kept == (np.argsort(-scores)[n] in stays)
  assert (np.diff(scores[stays]) < 0).all()


def test_a_crop_samples_between_pixels_and_is_grey_beyond():
  ramp = np.broadcast_to(
    np.arange(100, dtype=np.uint8)[None, :, None], (80, 100, 3)
  )
  ramp = np.ascontiguousarray(ramp)
  # Coordinates count to 100 where samples count to 99.
  within, beyond = np.array([[10.0, 20, 60, 70], [-20.0, -20, 30, 30]])

  faces = boxes.crop(ramp, np.stack([within, beyond]), 11)

  expected = np.linspace(10, 60, 11) * 0.99
  np.testing.assert_allclose(
    faces[0] * 128 + 127.5,
    np.broadcast_to(expected[None, :, None], (11, 11, 3)),
    atol=1e-4,
  )
  assert (faces[1, :4] == 0).all() and (faces[1, :, :4] == 0).all()
  assert (faces[1, 4:, 4:] != 0).all()


def test_squares_keep_centre_and_longer_side():
  wide, tall = boxes.square(np.array([[0.0, 10, 20, 14], [3.0, 0, 5, 8]]))

  assert wide.tolist() == [0, 2, 20, 22]
  assert tall.tolist() == [0, 0, 8, 8]


@pytest.mark.parametrize(
  "image",
  [
    np.zeros((0, 40, 3), np.uint8),
    np.zeros((1, 1, 3), np.uint8),
    np.zeros((11, 300, 3), np.uint8),
    np.full((300, 11, 3), 255, np.uint8),
    np.zeros((200, 150, 3), np.uint8),
    np.full((97, 131, 3), 255, np.uint8),
    np.full((64, 64, 3), (200, 160, 140), np.uint8),
  ],
)
def test_tiny_and_blank_images_hold_no_face(image):
  assert detect(image) == []


def test_every_face_of_a_picture_is_found(photograph):
  half = cv2.resize(photograph, None, fx=0.7, fy=0.7)
  tiny, blank = photograph[:9], np.full((50, 70, 3), 90, np.uint8)
  two = np.concatenate([photograph, photograph[:, ::-1]], axis=1)
  images = [photograph, tiny, half, blank, two]

  found = [detect(image) for image in images]

  assert [len(faces) for faces in found] == [1, 0, 1, 0, 2]


def test_threads_may_share_it(photograph):
  expected = detect(photograph)

  with ThreadPoolExecutor(4) as pool:
    assert [*pool.map(detect, [photograph] * 8)] == [expected] * 8


def test_a_face_is_where_it_is_drawn(photograph):
  (box,) = detect(photograph)

  assert box.confidence > 0.9
  np.testing.assert_allclose(box.eyes, [(38, 46), (62, 46)], atol=4)
  # From the brows to below the mouth, and within the skin.
  assert 20 < box.left < 31 and 69 < box.left + box.width < 80
  assert 10 < box.top < 39 and 76 < box.top + box.height < 92


def test_a_mirrored_picture_has_a_mirrored_face(photograph):
  (face,) = detect(photograph)
  (mirrored,) = detect(photograph[:, ::-1])

  x = photograph.shape[1] - 1 - np.array(mirrored.eyes)[::-1, 0]
  # The networks are not symmetric, only nearly.
  assert np.abs(x - np.array(face.eyes)[:, 0]).max() < 0.1 * face.width


def test_a_face_upside_down_is_none(photograph):
  assert len(detect(photograph)) == 1
  assert detect(photograph[::-1]) == []


def test_a_moved_face_is_found_moved(photograph):
  framed = cv2.copyMakeBorder(
    photograph, 40, 8, 60, 12, cv2.BORDER_CONSTANT, value=(128, 128, 128)
  )
  (face,), (moved,) = map(detect, (photograph, framed))

  # Proposals lie on a grid, so that the answer is not exactly the same.
  shift = np.subtract(moved.eyes, face.eyes)
  np.testing.assert_allclose(shift, [[60, 40]] * 2, atol=4)


def test_images_of_all_sizes_share_three_programs():
  def programs():
    three = (networks.pnet, networks.rnet, networks.onet)
    return [network._cache_size() for network in three]

  detect(np.zeros((64, 64, 3), np.uint8))
  before = programs()
  rng = np.random.default_rng(3)
  for shape in [(30, 200), (171, 93), (240, 320)]:
    detect(rng.integers(0, 256, (*shape, 3), np.uint8))

  assert programs() == before
