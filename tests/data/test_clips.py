"""Clips: which frames are taken, how faces are held, what is refused."""

import os
import struct
import threading
import tracemalloc

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from jaxfer import cores
from jaxfer.configs import base
from jaxfer.data import clips, crop, readers, verify, video
from jaxfer.data.clips import Finder
from jaxfer.data.dataset import Findings
from jaxfer.data.table import Clip, Face, Rejection, read_csv

SIZE = 16
SETTINGS = {
  **base.get_config().crop,
  "detector": "precropped",
  "size": SIZE,
  "filter": "box",
  "colour": "rgb",
  "max_megapixels": 1.0,
  "frames": 4,
  "stride": 2,
  "still": False,
}


def film(path, levels, size=(32, 32), rate=10):
  """A video whose frames are grey, each of its level."""
  code = cv2.VideoWriter.fourcc(*"MJPG")
  writer = cv2.VideoWriter(str(path), code, rate, size)
  for level in levels:
    writer.write(np.full((size[1], size[0], 3), level, np.uint8))
  writer.release()


def finder(root, files, start=0.0, end=float("inf"), peaks=False, **changes):
  face = Face(path="a", dataset="own_clips", subject="P1", emotion="happy")
  found = clips.table(
    Findings(root), [(face, Clip(tuple(files), start, end))], peaks=peaks
  )
  return Finder(found, SETTINGS | changes, None), face


def taken(root, files, **how):
  """The grey levels of the frames taken, or why none were."""
  find, face = finder(root, files, **how)
  result = find(face)
  if isinstance(result, Rejection):
    return result.reason
  return result.pixels.mean(axis=(-3, -2, -1)).round(-1).tolist()


@given(
  count=st.integers(1, 200),
  frames=st.integers(1, 32),
  stride=st.integers(1, 8),
  peak=st.booleans(),
)
def test_frames_are_in_order_and_a_stride_apart(count, frames, stride, peak):
  places = clips.choose(count, frames, stride, peak=peak)
  assert len(places) == frames
  assert places[0] >= 0 and places[-1] < count
  steps = np.diff(places)
  assert (steps >= 0).all() and (steps <= stride).all()
  if frames == 2 and not peak:
    assert places == [max(count // 2 - stride, 0), count // 2]
  elif count >= (frames - 1) * stride + 1:
    assert (steps == stride).all()
    left, right = places[0], count - 1 - places[-1]
    assert right == 0 if peak else 0 <= right - left <= 1
  else:  # all there is, and both ends stand still
    assert places[-1] == count - 1
    assert peak or places[0] == 0


def test_a_video_gives_its_middle_and_a_short_one_stands_at_its_ends(tmp_path):
  film(tmp_path / "long.avi", range(20, 220, 20))
  assert taken(tmp_path, ["long.avi"]) == [40, 80, 120, 160]
  assert taken(tmp_path, ["long.avi"], peaks=True) == [80, 120, 160, 200]
  film(tmp_path / "short.avi", (60, 100, 140))
  assert taken(tmp_path, ["short.avi"]) == [60, 60, 140, 140]


def test_seconds_choose_a_part_of_a_video(tmp_path):
  film(tmp_path / "a.avi", range(20, 220, 20))
  part = {"start": 0.4, "end": 0.8}
  assert taken(tmp_path, ["a.avi"], stride=1, **part) == [100, 120, 140, 160]
  late = taken(tmp_path, ["a.avi"], start=7.0, end=9.0)
  assert late == "no frame between 7 and 9 s"


def test_a_still_is_the_middle_frame_of_the_same_clip(tmp_path):
  film(tmp_path / "a.avi", range(20, 220, 20))
  assert taken(tmp_path, ["a.avi"], still=True) == 120
  assert taken(tmp_path, ["a.avi"], still=True, peaks=True) == 200


def test_broken_videos_are_refused_each_with_its_reason(tmp_path):
  film(tmp_path / "whole.avi", [120] * 40, size=(64, 64))
  content = (tmp_path / "whole.avi").read_bytes()
  (tmp_path / "cut.avi").write_bytes(content[: len(content) // 2])
  (tmp_path / "empty.avi").touch()
  (tmp_path / "text.mp4").write_text("no film at all")
  film(tmp_path / "none.avi", [])
  film(tmp_path / "tiny.avi", [120] * 8, size=(32, 4))
  film(tmp_path / "black.avi", [2] * 8)
  film(tmp_path / "odd.avi", [120] * 8, size=(33, 47))
  reasons = {
    path.name: taken(tmp_path, [path.name]) for path in tmp_path.glob("*")
  }
  assert reasons.pop("whole.avi") == reasons.pop("odd.avi") == [120] * 4
  assert "is cut off: its header promises" in reasons.pop("cut.avi")
  for name in ("empty.avi", "text.mp4", "none.avi"):
    assert "is no film that OpenCV can read" in reasons[name] or (
      "holds no frame" in reasons[name]
    )
    assert str(tmp_path) not in reasons.pop(name)
  assert reasons.pop("tiny.avi") == "32×4 pixels are too few for a face"
  assert reasons.pop("black.avi").startswith("a black clip")
  assert not reasons
  assert taken(tmp_path, ["gone.avi"]) == "file not found"


def lying(path, frames=40, size=None):
  """A whole film of 40 frames of 64×64, whose header says something else."""
  film(path, [120] * 40, size=(64, 64))
  content = bytearray(path.read_bytes())
  names = (b"avih", b"strh", b"strf")
  whole, stream, shown = (content.index(name) + 8 for name in names)
  for place in (whole + 16, stream + 32):
    struct.pack_into("<I", content, place, frames)
  if size:
    for place in (whole + 32, shown + 4):
      struct.pack_into("<ii", content, place, *size)
  path.write_bytes(content)


@pytest.mark.parametrize("frames", [0, 1, 20, 2**31, 2**32 - 1])
def test_frames_that_a_header_does_not_count_are_there(tmp_path, frames):
  lying(tmp_path / "a.avi", frames)
  assert len(video.times(str(tmp_path / "a.avi"))) == 40
  assert taken(tmp_path, ["a.avi"]) == [120] * 4


def test_frames_that_a_header_counts_and_none_has_are_missed(tmp_path):
  lying(tmp_path / "a.avi", 1000)
  why = taken(tmp_path, ["a.avi"])
  assert why.endswith("promises 1,000 frames, 100.0 s, and it ends after 40")


@pytest.mark.parametrize("size", [(0, 0), (-5, -5), (30_000, 30_000)])
def test_the_size_is_that_of_the_frames_whatever_a_header_says(tmp_path, size):
  lying(tmp_path / "a.avi", size=size)
  with video.opened(str(tmp_path / "a.avi")) as film:
    assert video.size(film) == (64, 64)
  assert taken(tmp_path, ["a.avi"]) == [120] * 4


def test_a_film_too_large_is_refused_before_a_frame_is_decoded(
  tmp_path, monkeypatch
):
  film(tmp_path / "a.avi", [120] * 4, size=(1200, 1000))
  for name in ("times", "take"):
    monkeypatch.setattr(video, name, lambda *_: pytest.fail("decoded"))
  why = taken(tmp_path, ["a.avi"])
  assert why == "1200×1000 pixels are more than data.max_megapixels=1"


@pytest.mark.parametrize("suffix", [".avi", ".mp4"])
@pytest.mark.parametrize("spoil", [bytes, np.random.default_rng(0).bytes])
def test_a_spoilt_tail_is_no_end(tmp_path, suffix, spoil):
  """The index at the end of the file, where there is one, stays whole."""
  path, rng = tmp_path / f"a{suffix}", np.random.default_rng(0)
  noise = rng.integers(80, 160, (40, 64, 64, 3), np.uint8)
  video.write(path, noise, 10)
  content = bytearray(path.read_bytes())
  half, third = len(content) // 2, len(content) // 3
  content[half : half + third] = spoil(third)
  path.write_bytes(content)
  why = taken(tmp_path, [path.name])
  assert "is cut off: its header promises 40 frames, 4.0 s" in why


def test_clips_are_decoded_on_all_cores(tmp_path, monkeypatch):
  """As many at once as there are cores; one after another would wait here."""
  monkeypatch.setattr(cores, "count", lambda: 3)
  meeting, take = threading.Barrier(3, timeout=60), video.take

  def meet(*arguments):
    meeting.wait()
    return take(*arguments)

  monkeypatch.setattr(video, "take", meet)
  names = ("a.avi", "b.avi", "c.avi")
  for name in names:
    film(tmp_path / name, [120] * 8)
  faces = [Face(path=name, dataset="own_clips") for name in names]
  table = clips.table(
    Findings(tmp_path), [(face, Clip((face.path,))) for face in faces]
  )
  crop.write_faces(table, tmp_path, SETTINGS)
  assert len(read_csv(tmp_path / "manifest.csv")) == 3


def test_clips_are_not_held_in_memory(tmp_path, monkeypatch):
  monkeypatch.setattr(cores, "count", lambda: 2)
  film(tmp_path / "a.avi", [120] * 8, size=(64, 64))
  faces = [Face(path=f"{k}", dataset="own_clips") for k in range(150)]
  table = clips.table(
    Findings(tmp_path), [(face, Clip(("a.avi",))) for face in faces]
  )
  tracemalloc.start()
  crop.write_faces(table, tmp_path, SETTINGS | {"size": 64})
  peak = tracemalloc.get_traced_memory()[1]
  tracemalloc.stop()
  assert peak < (tmp_path / "faces.npy").stat().st_size / 2


def test_pictures_of_several_sizes_are_refused(tmp_path):
  for name, size in (("1.png", 32), ("2.png", 32), ("3.png", 24)):
    picture = np.full((size, size, 3), 120, np.uint8)
    cv2.imwrite(str(tmp_path / name), picture)
  why = taken(tmp_path, ["1.png", "2.png", "3.png"])
  assert why == "its frames are of several sizes: 32×32, 24×24 pixels"


def test_the_face_is_found_once_and_held_where_most_frames_show_it(
  tmp_path, monkeypatch
):
  """One wild box of five moves nothing; two frames of five are too few."""
  film(tmp_path / "a.avi", [120] * 20)
  lefts = iter([4.0, 6.0, 30.0, 5.0, 5.0])
  box = clips.Box(0, 8, 10, 10, 1.0)

  def found(*_):
    left = next(lefts)
    return left and clips.dataclasses.replace(box, left=left)

  find, face = finder(tmp_path, ["a.avi"], frames=8)
  monkeypatch.setattr(find, "_find", found)
  assert find(face).box.left == 5.0
  lefts = iter([4.0, 0, 0, 0, 5.0])
  assert find(face).reason == "a face found by precropped in 2 of 5 frames"


def test_clips_are_written_with_their_rejections_and_the_same_again(tmp_path):
  films = tmp_path / "films"
  films.mkdir()
  film(films / "a.avi", range(20, 220, 20))
  (films / "b.avi").touch()
  faces = [
    Face(path=name, dataset="own_clips", subject="P1", emotion="sad")
    for name in ("a.avi", "b.avi")
  ]
  made = clips.table(
    Findings(films), [(face, Clip((face.path,))) for face in faces]
  )
  for name in ("one", "other"):
    out = tmp_path / name
    out.mkdir()
    crop.write_faces(made, out, SETTINGS)
  found = np.load(tmp_path / "one" / "faces.npy")
  assert found.shape == (1, 4, SIZE, SIZE, 3) and found.dtype == np.uint8
  again = np.load(tmp_path / "other" / "faces.npy")
  np.testing.assert_array_equal(found, again)
  (refused,) = read_csv(tmp_path / "one" / "rejected.csv")
  assert refused["path"] == "b.avi" and "OpenCV" in refused["reason"]


def test_a_named_pipe_among_pictures_is_not_waited_for(tmp_path):
  Image.new("RGB", (32, 32), "white").save(tmp_path / "1.png")
  os.mkfifo(tmp_path / "2.png")
  assert "not a file of data" in taken(tmp_path, ["1.png", "2.png"])


def test_a_films_times_are_those_of_its_frames(tmp_path):
  film(tmp_path / "a.avi", [120] * 10, rate=10)
  times = video.times(str(tmp_path / "a.avi"))
  np.testing.assert_allclose(times, np.arange(10) / 10, atol=1e-3)
  with pytest.raises(video.SourceError, match="is not there"):
    video.times(str(tmp_path / "b.avi"))


def test_a_check_of_a_set_of_clips_opens_each(tmp_path):
  """`jaxfer.data.verify` takes videos for clips, no damaged pictures."""
  film(tmp_path / "a.avi", [120] * 6)
  (tmp_path / "b.avi").write_bytes(b"RIFF")
  rows = "path,subject,emotion\na.avi,P1,sad\nb.avi,P2,happy\n"
  (tmp_path / "index.csv").write_text(rows)
  found = verify.check(readers.get("own_clips"), tmp_path)
  (refused,) = found.problems
  assert refused.path == "b.avi"
  assert refused.reason.startswith("b.avi is no film that OpenCV can read")
