"""Pictures drawn on, and the page."""

import json
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
  assert page.count("data:image/png") > 1  # reliability, and timelines
  assert 'alt="angry, happy, sad from 0.0 to' in page
  assert 'src="data:image/jpeg' in page
  assert (tmp_path / "page" / "card.json").exists()


def test_units_have_their_timeline(shown):
  page = shown("au")
  assert 'alt="AU1, AU12 from 0.0 to' in page and "Reliability" not in page


def test_only_drawn_faces_are_called_drawn(
  finished, pictures, tmp_path, monkeypatch
):
  """A run on photographs has no note of stand-ins on its page."""
  import jaxfer

  model = jaxfer.load(finished())
  model.card["drawn"] = False
  monkeypatch.setattr(jaxfer, "load", lambda *_: model)
  photo = tmp_path / "a.png"
  Image.fromarray(pictures[0][0]).save(photo)
  out, folder = tmp_path / "faces.csv", tmp_path / "page"
  arguments = ["--run=x", str(photo), f"--out={out}", f"--page={folder}"]
  assert predict.main(arguments) == 0
  page = (folder / "index.html").read_text()
  assert "drawn" not in page and "stand-in" not in page and "90.0%" in page
  assert not json.loads((folder / "card.json").read_text())["drawn"]


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
  [axes] = charts.timeline(points, ("a$b", "c"), units=False).axes
  for line in axes.lines:
    assert len(line.get_xdata()) < 1000
  rising, _ = axes.lines
  assert np.all(np.diff(rising.get_ydata()) > 0)


def test_a_unit_is_dark_where_it_is_present():
  points = [(i / 10, [float(i > 5), 0.0]) for i in range(10)]
  [axes] = charts.timeline(points, ("AU1", "AU12"), units=True).axes
  [mesh] = axes.collections
  np.testing.assert_array_equal(
    mesh.get_array(), [[0, 0, 0, 0, 0, 0, 1, 1, 1, 1], [0] * 10]
  )
  assert charts.timeline(points[:1], ("AU1", "AU12"), units=True).axes
