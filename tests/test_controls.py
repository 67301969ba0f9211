"""Pixels and HOG: shapes, anchors, invariances."""

import numpy as np
import pytest

from jaxfer import controls


@pytest.fixture
def faces():
  rng = np.random.default_rng(0)
  return rng.integers(0, 256, (5, 64, 64, 3), np.uint8)


@pytest.mark.parametrize("describe", [controls.pixels, controls.hog])
def test_rows_keep_the_order_of_the_faces(faces, describe):
  all_rows = describe(faces)
  assert all_rows.dtype == np.float32
  for i in range(len(faces)):
    np.testing.assert_array_equal(describe(faces[i : i + 1])[0], all_rows[i])


def test_pixels_are_luma_from_0_to_1():
  colours = np.array(
    [[0, 0, 0], [255, 255, 255], [255, 0, 0], [0, 255, 0], [0, 0, 255]]
  )
  faces = np.broadcast_to(
    colours[:, None, None].astype(np.uint8), (5, 64, 64, 3)
  )
  rows = controls.pixels(np.ascontiguousarray(faces))
  assert rows.shape == (5, 4096)
  # ITU-R BT.601: Y = 0.299 R + 0.587 G + 0.114 B, to a grey level.
  expected = [0, 1, 0.299, 0.587, 0.114]
  np.testing.assert_allclose(rows[:, 0], expected, atol=0.5 / 255)
  assert (rows == rows[:, :1]).all()


def test_hog_has_the_dimension_of_dalal_and_triggs(faces):
  # 7 × 7 overlapping blocks of 2 × 2 cells of 9 bins.
  assert controls.hog(faces).shape == (5, 7 * 7 * 4 * 9)


def test_hog_blocks_are_normalised(faces):
  blocks = controls.hog(faces).reshape(-1, 36)
  lengths = np.linalg.norm(blocks, axis=1)
  assert (lengths < 1.0001).all()
  assert (lengths > 0.9).all()


def test_hog_ignores_brightness_and_contrast(faces):
  """What pixels do not: light differs from sitting to sitting."""
  dim = (faces // 4).astype(np.uint8)
  light = (dim.astype(int) * 2 + 60).astype(np.uint8)
  a, b = controls.hog(dim), controls.hog(light)
  assert np.abs(a - b).mean() < 0.005  # grey levels are rounded
  assert np.abs(a - b).max() < 0.05
  assert np.abs(controls.pixels(dim) - controls.pixels(light)).min() > 0.2


def test_hog_tells_the_direction_of_a_grating():
  ramp = np.sin(np.arange(64) * np.pi / 8) * 100 + 128
  across = np.broadcast_to(ramp[None, :, None], (64, 64, 3)).astype(np.uint8)
  faces = np.stack([across, across.transpose(1, 0, 2)])
  vertical, horizontal = controls.hog(faces).reshape(2, -1, 9).sum(1)
  # Unsigned bins of 20°: the gradient lies along x (0°), or along y (90°).
  assert vertical.argmax() in (0, 8)
  assert horizontal.argmax() == 4


def test_hog_of_a_clip_is_the_mean_over_its_frames():
  rng = np.random.default_rng(0)
  clips = rng.integers(0, 256, (2, 3, 16, 16, 3), dtype=np.uint8)
  frames = controls.hog(clips.reshape(-1, 16, 16, 3)).reshape(2, 3, -1)
  np.testing.assert_allclose(controls.hog(clips), frames.mean(1), rtol=1e-6)
  np.testing.assert_array_equal(controls.hog_middle(clips), frames[:, 1])
  assert controls.pixels(clips).shape == (2, 3 * 16 * 16)


def test_hog_of_changes_sees_motion_alone():
  """A pattern that stands gives nothing, wherever it is; a moved one does."""
  rng = np.random.default_rng(0)
  frame = rng.integers(0, 256, (1, 16, 16, 3), dtype=np.uint8)
  still = np.repeat(frame, 4, axis=0)[None]
  assert np.abs(controls.hog_motion(still)).max() == 0
  moved = np.stack([np.roll(frame[0], k, axis=1) for k in range(4)])[None]
  assert controls.hog_motion(moved).max() > 0.1
