"""Charts: their size, their bytes, and the names they survive."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from jaxfer import facs
from jaxfer.report import figures, palette

_ROC = {name: (np.array([0, 0.2, 1]), np.array([0, 0.7, 1])) for name in "ab"}
_LOSSES = dict.fromkeys(
  ("step", "loss_d", "loss_g", "d_real", "d_fake"), np.linspace(0, 1, 200)
)
_SCORES = {
  "trained": {"paper": (0.97, 0.96, 0.98), "subject": (0.8, 0.7, 0.9)},
  "hog": {"paper": (1.0, 1.0, 1.0)},
}

CHARTS = {
  "accuracy": lambda p, **k: figures.accuracy_chart(p, _SCORES, 0.1, 0.98, **k),
  "roc": lambda p, **k: figures.roc_chart(
    p, _ROC, {"a": 0.75, "b": None}, "random folds", **k
  ),
  "confusion": lambda p, **k: figures.confusion_chart(
    p, np.array([[3, 1], [0, 0]]), ["a", "b"], "random folds", **k
  ),
  "loss": lambda p, **k: figures.loss_chart(p, _LOSSES, **k),
}


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_has_the_same_bytes_every_time(tmp_path, name):
  first = CHARTS[name](tmp_path / "1.png").read_bytes()
  assert first == CHARTS[name](tmp_path / "2.png").read_bytes()
  # Neither date nor version, which would change the bytes of equal charts.
  assert b"tIME" not in first and b"Software" not in first


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_is_readable_on_a_phone(tmp_path, name):
  with Image.open(CHARTS[name](tmp_path / "chart.png")) as image:
    # Five inches wide: at 400 px, 9-point type is still 10 px tall.
    assert image.width == 1000
    assert 300 < image.height < 1400


@pytest.mark.parametrize("name", CHARTS)
def test_a_note_is_printed_into_the_chart(tmp_path, name):
  plain = np.asarray(Image.open(CHARTS[name](tmp_path / "a.png")))
  path = CHARTS[name](tmp_path / "b.png", note="stand-in faces")
  noted = np.asarray(Image.open(path))
  foot = noted[-60:, :, :3].astype(int)
  reddish = (foot[..., 0] - foot[..., 2] > 80).sum()
  assert reddish > 50
  assert noted.shape == plain.shape


def test_names_are_text_not_mathematics(tmp_path):
  name = r"$\frac{a$ <b>"
  figures.roc_chart(tmp_path / "r.png", {name: _ROC["a"]}, {name: 0.5}, "t")
  figures.confusion_chart(tmp_path / "c.png", np.eye(1, dtype=int), [name], "t")


def test_a_single_step_and_no_curve_are_drawn(tmp_path):
  figures.loss_chart(tmp_path / "l.png", {k: v[:1] for k, v in _LOSSES.items()})
  figures.roc_chart(tmp_path / "r.png", {}, {}, "t")


def test_every_emotion_has_a_colour_of_its_own():
  colours = [palette.EMOTIONS[name] for name in facs.EMOTIONS]
  assert len({*colours}) == len(facs.EMOTIONS)


def test_no_other_file_imports_matplotlib():
  package = Path(figures.__file__).parents[1]
  users = [
    p.name
    for p in package.rglob("*.py")
    if "import matplotlib" in p.read_text()
    or "from matplotlib" in p.read_text()
  ]
  assert users == ["figures.py"]
  assert "pyplot" not in Path(figures.__file__).read_text()
