"""The detectors by name, on faces of every pose."""

import numpy as np
import pytest

from jaxfer.configs import base
from jaxfer.data import detect, preparation
from jaxfer.data.table import Face
from jaxfer.standin.layouts import rafd

SETTINGS = {**base.get_config().crop}
FACE = Face("a.jpg", "rafd")


@pytest.fixture(scope="module")
def photographs():
  """The same sitting from the front and from both three-quarter cameras."""
  size = rafd.LAYOUT.size_of(96)
  return {
    camera: rafd.photograph(0, 1, "happy", size, camera=camera)[1]
    for camera in ("045", "090", "135")
  }


def centre(box):
  return box.left + box.width / 2, box.top + box.height / 2


def test_mtcnn_finds_turned_faces_and_their_eyes(photographs):
  find = detect.make(SETTINGS | {"detector": "mtcnn"})
  for image in photographs.values():
    box = find(FACE, image)
    assert box is not None
    assert box.confidence > 0.8
    (x0, y0), (x1, y1) = box.eyes
    assert box.left - 3 < x0 < x1 < box.left + box.width + 3
    assert box.top < min(y0, y1) < box.top + box.height / 2


def test_both_detectors_agree_on_a_frontal_face(photographs):
  image = photographs["090"]
  one, other = (
    detect.make(SETTINGS | {"detector": name})(FACE, image)
    for name in detect.SEARCHES
  )
  assert np.hypot(*np.subtract(centre(one), centre(other))) < 0.15 * one.width


def test_boxes_are_in_pixels_of_the_image_however_far_it_is_reduced(
  photographs,
):
  image = photographs["090"]
  for name in detect.SEARCHES:
    settings = SETTINGS | {"detector": name}
    whole = detect.make(settings)(FACE, image)
    reduced = detect.make(settings | {"detect_side": 110})(FACE, image)
    assert centre(reduced) == pytest.approx(centre(whole), abs=6)
    if name == "mtcnn":
      assert reduced.eyes[0] == pytest.approx(whole.eyes[0], abs=4)


def test_missing_weights_name_the_fix(monkeypatch):
  monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
  config = base.get_config()
  config.data.rafd.detector = "mtcnn"
  with pytest.raises(FileNotFoundError, match="pip install mtcnn"):
    preparation.describe(config, "probe", "rgb")
