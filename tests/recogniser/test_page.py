"""Pictures drawn on, and the page."""

import re

import numpy as np
import pytest
from PIL import Image

from jaxfer import predict
from jaxfer.recogniser import charts, overlay, sources


@pytest.fixture
def shown(finished, film, pictures, tmp_path):
  """Overlay and page of a film and a photograph, by task."""
  big = np.repeat(np.repeat(pictures[0], 4, axis=1), 4, axis=2)
  clip = film("clip.avi", big)
  photo = tmp_path / "<script>.png"
  Image.fromarray(big[0]).save(photo)

  def show(task, *more):
    arguments = [f"--run={finished(task)}", str(clip), str(photo), *more]
    arguments += [f"--out={tmp_path / 'faces.csv'}"]
    arguments += [f"--overlay={tmp_path / 'drawn'}"]
    arguments += [f"--page={tmp_path / 'page'}"]
    assert predict.main(arguments) == 0
    return (tmp_path / "page" / "index.html").read_text()

  return show


def test_the_page_stands_alone_and_says_how_far_to_trust_it(shown, tmp_path):
  page = shown("emotion", "--every=2")
  assert "<script" not in page and not re.search(
    r"(src|href)=\"(?!data:)", page
  )
  head = page[: page.index("</header>")]
  assert "90.0% [80.0%, 100.0%]" in head and "INTENDED_USE" in head
  assert "drawn stand-in faces" in head
  assert "expected calibration error" in page
  assert page.count("<polyline") >= 3
  assert 'src="data:image/jpeg' in page
  assert (tmp_path / "page" / "card.json").exists()


def test_units_are_strips(shown):
  page = shown("au")
  assert "<rect" in page and "AU12" in page and "<polyline" not in page


def test_photographs_and_films_are_drawn_on(shown, tmp_path):
  shown("emotion", "--every=2")
  clip, photo = sorted((tmp_path / "drawn").iterdir())
  [one] = sources.expand(str(clip), max_megapixels=64)
  assert len(list(one.frames())) == 18  # those not looked at too
  with Image.open(photo) as drawn:
    assert drawn.size == (64, 64)


def test_a_box_is_drawn_where_the_face_is():
  line = {"face": "0", "familiar": "1", "left": "30", "top": "60"}
  line |= {"width": "40", "height": "30", "emotion": "happy", "p_happy": "0.9"}
  blank = np.zeros((120, 160, 3), np.uint8)
  drawn = overlay.draw(blank, [line])
  assert drawn[75, 30].any() and drawn[75, 70].any() and drawn[90, 50].any()
  assert not drawn[75, 50].any() and not drawn[110].any()
  assert drawn[44:60, 30:100].any()  # its name, above
  assert not blank.any()


def test_a_long_timeline_is_thinned():
  points = [(i / 30, [i / 9999, 1 - i / 9999]) for i in range(10_000)]
  drawing = charts.timeline(points, ("a<b", "c"), units=False)
  assert len(drawing) < 20_000 and "a&lt;b" in drawing
