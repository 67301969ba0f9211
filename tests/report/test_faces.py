"""Pictures of faces: shown, blurred beyond recognition, or not there."""

from functools import partial

import numpy as np
import pytest
from PIL import Image

from jaxfer.report.figures import canvas, entry, faces
from jaxfer.report.figures.entry import Entry

_RNG = np.random.default_rng(0)
_FACES = _RNG.integers(0, 256, (5, 64, 64, 3), dtype=np.uint8)


_pixels = np.asarray


def _contrast(image):
  return np.abs(np.diff(image.astype(float), axis=1)).mean()


def test_faces_are_laid_out_in_rows_unchanged(tmp_path):
  path = faces.face_grid(_FACES, 4, mode="show")
  sheet = _pixels(path)
  assert sheet.shape == (128, 256, 3)
  np.testing.assert_array_equal(sheet[:64, 64:128], _FACES[1])
  np.testing.assert_array_equal(sheet[64:, :64], _FACES[4])
  assert (sheet[64:, 64:] == 255).all()


def test_faces_do_not_run_into_each_other_when_blurred(tmp_path):
  pair = np.zeros((2, 64, 64, 3), np.uint8)
  pair[1] = 255
  sheet = _pixels(faces.face_grid(pair, mode="blur"))
  assert (sheet[:, :64] == 0).all() and (sheet[:, 64:] == 255).all()


def test_a_blurred_contact_sheet_leaves_no_detail(tmp_path):
  sheet = _RNG.integers(0, 256, (320, 640, 3), dtype=np.uint8)
  blurred = faces.contact_sheet(sheet, mode="blur")
  assert _contrast(_pixels(blurred)) < 0.02 * _contrast(sheet)


def test_hide_draws_nothing(tmp_path):
  sheet = partial(faces.contact_sheet, _FACES[0])
  hidden = Entry("crops", sheet, "faces", "Faces.", faces="hide")
  assert entry.draw([hidden], tmp_path, "", inline=True) == {}
  assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("gap", [0, 2])
def test_a_strip_shows_the_first_row_of_each_grid(tmp_path, gap):
  side = 64 + gap
  grids = []
  for step in (0, 1000):
    grid = np.zeros((2 * side, 3 * side, 3), np.uint8)
    for column in range(3):
      grid[:64, column * side : column * side + 64] = 60 * column + step // 100
    grids.append((step, grid))
  strip = _pixels(faces.film_strip(grids, 64, mode="show"))
  margin = strip.shape[1] - 3 * side
  assert strip.shape[0] == 2 * side and margin > 0
  for row, (step, _) in enumerate(grids):
    for column in range(3):
      pixel = strip[row * side + 30, margin + column * side + 30]
      assert (pixel == 60 * column + step // 100).all()


def test_a_note_is_printed_below_the_faces(tmp_path):
  sheet = faces.face_grid(_FACES, mode="show")
  canvas.save(sheet, tmp_path / "a.png")
  canvas.save(sheet, tmp_path / "b.png", "stand-in")
  above, below = (
    _pixels(Image.open(tmp_path / name)) for name in ("a.png", "b.png")
  )
  np.testing.assert_array_equal(below[: len(above)], above)
  assert (below[len(above) :] < 200).any()


def test_the_same_faces_give_the_same_bytes(tmp_path):
  for name in ("a.png", "b.png"):
    canvas.save(faces.face_grid(_FACES, mode="blur"), tmp_path / name, "n")
  one, two = (tmp_path / name for name in ("a.png", "b.png"))
  assert one.read_bytes() == two.read_bytes()
