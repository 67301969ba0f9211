"""The square that is cut around a box."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jaxfer.data import cut
from jaxfer.data.detect import Box

QUICK = settings(max_examples=60, deadline=None, derandomize=True)

boxes = st.tuples(
  *[st.floats(0, 1)] * 4, st.integers(8, 900), *[st.integers(8, 900)]
)


@QUICK
@given(boxes, st.floats(0, 1))
def test_squares_stay_inside_and_hold_the_face_where_they_can(numbers, margin):
  x, y, w, h, width, height = numbers
  box = Box(
    x * width,
    y * height,
    (1 - x) * w * width,
    (1 - y) * h * height,
    1.0,
  )

  left, top, right, bottom = cut.fit_square(box, (width, height), margin)

  eps = 1e-6 * (width + height)
  assert right - left == pytest.approx(bottom - top)
  assert left >= 0
  assert top >= 0
  assert right <= width + eps
  assert bottom <= height + eps
  if max(box.width, box.height) <= min(width, height):
    assert left <= box.left + eps
    assert top <= box.top + eps
    assert right >= box.left + box.width - eps
    assert bottom >= box.top + box.height - eps


def test_squares_by_hand():
  # A box of 40×20 at (30, 40) in 100×100: centre (50, 50), side 40.
  box = Box(30, 40, 40, 20, 1)
  assert cut.fit_square(box, (100, 100), 0) == (30, 30, 70, 70)
  # A quarter more on each side: side 60.
  assert cut.fit_square(box, (100, 100), 0.25) == (20, 20, 80, 80)
  # In the corner it moves inside rather than shrinking.
  corner = Box(0, 0, 40, 40, 1)
  assert cut.fit_square(corner, (100, 100), 0.25) == (0, 0, 60, 60)
  # A whole image is cut to its central square.
  assert cut.fit_square(Box(0, 0, 120, 80, 1), (120, 80), 0) == (
    20,
    0,
    100,
    80,
  )
