"""From a run to rows: what is named, of whom, at any batch size alike."""

import numpy as np
import pytest
from PIL import Image

import jaxfer
from jaxfer.artifacts import Store
from jaxfer.errors import UserError


def test_it_names_new_faces_as_they_were_labelled(model, pictures):
  found, labels = pictures
  rows = list(model().predict(found))
  named = [model().names.index(row.emotion) for row in rows]
  assert (np.array(named) == labels).mean() > 0.9
  for row in rows:
    assert row.face == 0
    assert sum(row.probabilities.values()) == pytest.approx(1)
    assert max(row.probabilities.values()) == row.probabilities[row.emotion]


def test_units_are_decided_by_their_thresholds(model, pictures):
  found, labels = pictures
  rows = list(model("au").predict(found))
  right = [
    row.units["AU12"] == (label == 1)
    for row, label in zip(rows, labels, strict=True)
  ]
  assert np.mean(right) > 0.9
  thresholds = dict(
    zip(model("au").names, model("au").head.machines.thresholds, strict=True)
  )
  for row in rows:
    assert row.emotion == "" and not row.probabilities
    for unit, score in row.unit_scores.items():
      assert row.units[unit] == (score > thresholds[unit])


def test_rows_do_not_depend_on_the_batch(model, pictures):
  for task in ("emotion", "au"):
    one, many = (
      [row.values() for row in model(task).predict(pictures[0], batch=batch)]
      for batch in (1, 7)
    )
    for a, b in zip(one, many, strict=True):
      assert a.keys() == b.keys()
      for name, value in a.items():
        if isinstance(value, float):
          assert b[name] == pytest.approx(value, abs=1e-5)
        else:
          assert b[name] == value


@pytest.mark.parametrize("task", ["emotion", "patches"])
def test_features_are_those_that_the_run_extracted(model, finished, task):
  folder = next(finished(task).glob("extract-*"))
  faces = np.load(next(finished(task).glob("prepare-*")) / "faces.npy")
  expected = np.load(folder / "features.npy")
  found = model(task).features(faces, batch=5)
  assert found.dtype == np.float32
  np.testing.assert_allclose(found, expected, atol=1e-5)
  assert model(task).features([]).shape == (0, expected.shape[1])


def test_what_is_unlike_anything_tested_is_marked(model, pictures):
  noise = np.random.default_rng(0).integers(0, 256, (4, 16, 16, 3), np.uint8)
  assert np.mean([row.familiar for row in model().predict(pictures[0])]) > 0.7
  assert not any(row.familiar for row in model().predict(noise))


def test_every_picture_gives_a_row(model, tmp_path, pictures):
  folder = tmp_path / "album"
  folder.mkdir()
  Image.fromarray(pictures[0][0]).save(folder / "a.png")
  (folder / "b.png").write_bytes(b"no picture")
  Image.fromarray(np.zeros((16, 16, 3), np.uint8)).save(folder / "c.png")
  rows = model().predict(folder)
  found = []
  with pytest.raises(UserError, match=r"b\.png: not an image"):
    for row in rows:
      found.append(row)
  assert [row.note for row in found[1:]] == [
    "not an image",
    "a black picture: its mean is 0.0 of 255",
  ]
  assert found[0].emotion and found[1].face is None


def test_a_glob_and_what_names_nothing(model, tmp_path, pictures):
  for name in "ab":
    Image.fromarray(pictures[0][0]).save(tmp_path / f"{name}.png")
  rows = list(model().predict(str(tmp_path / "*.png")))
  assert [row.input[-5:] for row in rows] == ["a.png", "b.png"]
  with pytest.raises(UserError, match="no file, no folder and no pattern"):
    model().predict(str(tmp_path / "nothing*"))


def test_another_detector_is_said_in_each_row(model, pictures):
  rows = list(model().predict(pictures[0][:1], detector="viola_jones"))
  assert rows[0].note == "no face"
  rows = list(model().predict(np.repeat(pictures[0][:1, ..., :1], 3, axis=3)))
  assert "grey, the run's own faces in colour" in rows[0].note


def test_a_run_that_is_none_says_so(tmp_path):
  with pytest.raises(UserError, match="holds no report"):
    jaxfer.load(tmp_path)
  with pytest.raises(UserError, match="is not there"):
    jaxfer.load(tmp_path / "nowhere")


def test_what_a_run_lacks_is_named(own_run, tmp_path):
  next(own_run.glob("pretrain-*")).rename(tmp_path / "gone")
  with pytest.raises(UserError, match="--stage=pretrain` makes it again"):
    jaxfer.load(own_run)


def test_a_run_that_cannot_be_written_to_opens(finished, monkeypatch):
  def refuse(*args, **kwargs):
    raise PermissionError("read-only")

  monkeypatch.setattr(Store, "make", refuse)
  assert jaxfer.load(finished()).head.calibration.temperature > 0
