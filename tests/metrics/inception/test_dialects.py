"""Each dialect against its origin's own code, and what sets them apart."""

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jaxfer.metrics.inception.dialects import DIALECTS, prepare

dialects = pytest.mark.parametrize("dialect", DIALECTS)


def show(images, dialect):
  return np.asarray(prepare(jnp.asarray(images, jnp.uint8), dialect))


@dialects
@pytest.mark.parametrize("size", range(4))
def test_images_are_shown_as_the_origin_shows_them(
  dialect, size, recorder, reference
):
  # Recorded from torch-fidelity 0.4.0, pytorch-fid 0.3.0, clean-fid 0.1.35.
  height, width = recorder.SIZES[size]
  shown = show(recorder.draw_images(height, width), dialect)

  assert shown.shape == (1, 299, 299, 3)
  assert shown.dtype == np.float32
  kept = recorder.KEPT
  expected = reference[f"{dialect}/{height}x{width}"]
  np.testing.assert_allclose(
    shown[:, kept[:, None], kept], expected, rtol=0, atol=1e-6
  )


def test_the_dialects_differ_at_the_papers_size(recorder):
  images = recorder.draw_images(64, 64)
  shown = [show(images, dialect) for dialect in DIALECTS]
  for i, one in enumerate(shown):
    for other in shown[:i]:
      assert np.abs(one - other).max() > 0.1


@settings(deadline=None, max_examples=15)
@given(
  dialect=st.sampled_from(list(DIALECTS)),
  height=st.integers(1, 400),
  width=st.integers(1, 400),
  value=st.integers(0, 255),
)
def test_one_colour_stays_one_colour(dialect, height, width, value):
  shown = show(np.full((1, height, width, 3), value), dialect)

  centre = 127.5 if dialect == "pytorch-fid" else 128
  np.testing.assert_allclose(shown, (value - centre) / centre, atol=1e-6)


@dialects
def test_an_image_of_the_networks_size_is_only_scaled(dialect, recorder):
  images = recorder.draw_images(299, 299)

  centre = 127.5 if dialect == "pytorch-fid" else 128
  # In numbers with a sign: 0 - 128 is 128 in bytes.
  scaled = (images.astype(np.float32) - centre) / centre
  np.testing.assert_allclose(show(images, dialect), scaled, atol=1e-6)


@dialects
@pytest.mark.parametrize("axis", [1, 2])
def test_only_tensorflows_resizing_tells_an_image_from_its_mirror(
  dialect, axis, recorder
):
  images = recorder.draw_images(64, 48)
  mirrored = np.flip(show(np.flip(images, axis), dialect), axis)

  apart = np.abs(show(images, dialect) - mirrored).max()
  assert (apart > 0.1) == (dialect == "torch-fidelity")


def test_bicubic_overshoot_is_cut_off():
  edge = np.zeros((1, 64, 64, 3))
  edge[:, :, 32:] = 255
  shown = show(edge, "clean-fid")

  assert shown.min() == -1
  assert shown.max() == np.float32(127 / 128)


@dialects
def test_images_and_channels_do_not_mix(dialect, recorder):
  images = recorder.draw_images(20, 30, count=2)
  other = images.copy()
  other[1] = 0
  other[0, ..., 2] = 0
  one, changed = show(images, dialect), show(other, dialect)

  np.testing.assert_array_equal(one[0, ..., :2], changed[0, ..., :2])
  assert (one[0, ..., 2] != changed[0, ..., 2]).any()


@pytest.mark.parametrize(
  "images",
  [
    np.zeros((1, 8, 8, 3), np.float32),
    np.zeros((8, 8, 3), np.uint8),
    np.zeros((1, 8, 8, 1), np.uint8),
  ],
)
def test_other_images_are_refused(images):
  with pytest.raises(ValueError, match=r"not uint8 of \(N, H, W, 3\)"):
    prepare(jnp.asarray(images), "clean-fid")


def test_an_unknown_dialect_is_answered_with_the_known():
  with pytest.raises(ValueError, match="'tf' is not one of torch-fidelity, "):
    prepare(jnp.zeros((1, 8, 8, 3), jnp.uint8), "tf")
