"""A recogniser of clips: windows along a film, as its own clips were cut."""

import dataclasses

import numpy as np
import pytest

from jaxfer import predict, serve
from jaxfer.data import clips as cliplib
from jaxfer.data.detect import Box
from jaxfer.errors import UserError
from jaxfer.recogniser import file, windows
from jaxfer.recogniser.faces import Found
from jaxfer.recogniser.pictures import Frame


@pytest.fixture
def moving(film, clips):
  """A film of two clips, every frame twice, and the clips' classes."""
  shown = np.repeat(clips[0][1:3].reshape(8, 16, 16, 3), 2, axis=0)
  shown = shown.repeat(4, axis=1).repeat(4, axis=2)
  return film("clip.avi", shown), clips[1][1:3]


def test_clips_are_recognised_in_motion(of_clips, clips):
  shown, labels = clips
  vectors = of_clips.features(shown)
  assert vectors.shape == (len(shown), 128) and vectors.dtype == np.float32
  scores, _ = of_clips.score(vectors)
  assert (scores.argmax(1) == labels).mean() > 0.8


def test_every_window_of_a_film_has_a_row(of_clips, moving):
  path, labels = moving
  rows = list(of_clips.predict(path))
  # Sixteen frames, of which eight are looked at, are five windows of four; a
  # row stands at the third frame of its window.
  assert [row.frame for row in rows] == [4, 6, 8, 10, 12]
  assert [row.face for row in rows] == [0] * 5
  names = of_clips.names
  assert rows[0].emotion == names[labels[0]]
  assert rows[-1].emotion == names[labels[1]]
  apart = list(of_clips.predict(path, every=4))
  assert [row.frame for row in apart] == [4, 8, 12]
  assert apart == rows[::2]


def test_a_window_is_what_a_clip_of_the_set_would_be(of_clips, moving):
  path, _ = moving
  [row] = list(of_clips.predict(path, every=100))
  settings = {**of_clips.crop, "frames": 4, "stride": 2, "still": False}
  face = cliplib.Face(path.name, "own_clips")
  table = cliplib.FaceTable(
    path.parent,
    (face,),
    clips={path.name: cliplib.Clip((path.name,), 0.0, 0.79)},
  )
  crop = cliplib.Finder(table, settings, None)(face)
  scores, _ = of_clips.score(of_clips.features(crop.pixels[None]))
  said = of_clips.head.say(scores)[0]
  assert said["probabilities"] == pytest.approx(row.probabilities)


def test_a_short_film_stands_still_at_both_ends(of_clips, film, clips):
  short = clips[0][0, -1].repeat(4, axis=0).repeat(4, axis=1)
  [row] = list(of_clips.predict(film("short.avi", short[None])))
  assert row.face == 0 and row.emotion and not row.note


def test_a_photograph_does_not_move(of_clips, clips):
  [row] = list(of_clips.predict(clips[0][0, -1]))
  assert row.face is None
  assert row.note == "a photograph: this recogniser sees faces in motion"
  with pytest.raises(UserError, match=r"clips of uint8 \(16, 16, 3\)"):
    of_clips.features(clips[0][0, -1])
  with pytest.raises(UserError, match=r"jaxfer.predict takes it"):
    serve.application(of_clips)
  with pytest.raises(UserError, match="looks at one of 2 frames"):
    of_clips.predict(clips[0][0, -1], fps=5)


def test_a_face_is_cut_by_the_median_of_its_boxes():
  """And is none that is not found in most of a window's frames."""

  class Finder:
    def cut(self, picture, box):
      return picture[: int(box.left)]

  def looked(number, lefts):
    found = [Found(Box(x, 0, 40, 40, 1.0), None, "") for x in lefts]
    frame = Frame("film", number, number / 10, None)
    return windows.Looked(frame, found, picture=np.full((99, 1), number))

  shown = [looked(0, [9, 70]), looked(2, [12]), looked(4, [10])]
  [window] = windows.slide(shown, Finder(), frames=3, every=1)
  assert window.frame.number == 2 and list(window.numbers) == [0]
  [face] = window.faces
  assert face.box.left == 10
  assert face.pixels.shape == (3, 10, 1)
  assert face.pixels[:, 0, 0].tolist() == [0, 2, 4]


def test_a_stopped_table_goes_on_to_the_same_rows(
  of_clips, moving, tmp_path, monkeypatch
):
  path, _ = moving
  model = tmp_path / "clips.jaxfer"
  file.write(model, of_clips)

  def run(out):
    return predict.main([str(path), f"--model={model}", f"--out={out}"])

  assert run(tmp_path / "whole.csv") == 0
  score, calls = type(of_clips).score, []

  def stopping(self, vectors, batch):
    calls.append(len(vectors))
    if len(calls) == 3:
      raise KeyboardInterrupt
    return score(self, vectors, batch)

  out = tmp_path / "stopped.csv"
  with monkeypatch.context() as patch:
    patch.setattr(type(of_clips), "score", stopping)
    words = [str(path), f"--model={model}", f"--out={out}", "--batch=1"]
    assert predict.main(words) == 130
  assert 1 < len(out.read_text().splitlines()) < 6
  assert predict.main(words) == 0
  assert out.read_text() == (tmp_path / "whole.csv").read_text()


@pytest.mark.parametrize("frames", [0, -4, 3, 1 << 20, 4.0, "4", None])
def test_a_file_of_absurd_clips_is_refused(of_clips, tmp_path, frames):
  path = tmp_path / "clips.jaxfer"
  settings = {**of_clips.describer.settings, "frames": frames}
  net = of_clips.describer.net
  absurd = type("Describer", (), {"settings": settings, "net": net})
  file.write(path, dataclasses.replace(of_clips, describer=absurd))
  with pytest.raises(UserError, match="is no sound"):
    file.read(path)
