"""Films as they come: damaged, rotated, of uneven time; and cameras."""

import os
import re
import struct

import numpy as np
import pytest

from jaxfer.data.images import ImageError
from jaxfer.data.video import SourceError
from jaxfer.errors import UserError
from jaxfer.recogniser import sources


def grey(count, height=48, width=64):
  """Frames of growing brightness."""
  return np.stack(
    [np.full((height, width, 3), 10 * i, np.uint8) for i in range(count)]
  )


def look(path, **how):
  [one] = sources.expand(path, max_megapixels=64, **how)
  return list(one.frames()), one


def test_frames_have_their_times(film):
  found, one = look(film("a.mp4", grey(20)))
  assert [frame.number for frame in found] == list(range(20))
  assert [frame.time for frame in found] == pytest.approx(
    [i / 10 for i in range(20)]
  )
  assert one.count() == 20
  brightness = [frame.read().mean() for frame in found]
  assert brightness == pytest.approx([10 * i for i in range(20)], abs=6)


def test_some_frames_by_number_and_by_time(film):
  path = film("a.mp4", grey(20))
  assert [f.number for f in look(path, every=6)[0]] == [0, 6, 12, 18]
  assert [f.number for f in look(path, fps=2)[0]] == [0, 5, 10, 15]
  assert look(path, every=6)[1].count() == 4
  assert look(path, fps=2)[1].count() == 4 + 1  # about
  [one] = sources.expand(path, every=6, max_megapixels=64)
  assert [f.number for f in one.frames(start=7)] == [12, 18]
  with pytest.raises(UserError, match="every=0"):
    look(path, every=0)


def test_uneven_frames_have_the_stream_s_own_times(film):
  path = film("a.mkv", grey(10))
  content = bytearray(path.read_bytes())
  # Each block: track 1, a time of 16 bits in ms, flags, a JPEG.
  blocks = list(
    re.finditer(rb"\x81(..)[\x00\x80]\xff\xd8\xff", content, re.DOTALL)
  )
  assert len(blocks) == 10
  wanted = [0, 20, 40, 500, 520, 540, 560, 2000, 2010, 2020]
  for block, time in zip(blocks, wanted, strict=True):
    content[block.start(1) : block.end(1)] = struct.pack(">h", time)
  path.write_bytes(content)
  times = [frame.time * 1000 for frame in look(path)[0]]
  assert times == pytest.approx(wanted, abs=1)


def test_a_film_rotated_by_its_header_stands_upright(film):
  frames = grey(5)
  frames[:, :, :20] = [255, 0, 0]  # red at the left
  path = film("a.mp4", frames)
  content = path.read_bytes()
  place = content.index(b"tkhd") + 4 + 40  # version 0: the matrix
  quarter = struct.pack(">9i", 0, 1 << 16, 0, -(1 << 16), 0, 0, 0, 0, 1 << 30)
  path.write_bytes(content[:place] + quarter + content[place + 36 :])
  found = look(path)[0][0].read()
  assert found.shape == (64, 48, 3)
  assert found[:10, :, 0].mean() > 200 > found[:10, :, 2].mean() + 100


@pytest.mark.parametrize("name", ["a.mkv", "a.avi"])
def test_a_film_cut_off_gives_what_there_is_and_says_so(film, name):
  frames = np.random.default_rng(0).integers(0, 256, (40, 96, 96, 3), np.uint8)
  path = film(name, frames)
  os.truncate(path, path.stat().st_size // 2)
  [one] = sources.expand(path, max_megapixels=64)
  found = []
  with pytest.raises(SourceError, match="is cut off: its header promises 40"):
    for frame in one.frames():
      found.append(frame.number)
  assert 10 < len(found) < 30


def test_a_film_without_its_index_is_no_film(film):
  path = film("a.mp4", grey(20))
  os.truncate(path, path.stat().st_size // 2)
  with pytest.raises(SourceError, match="no film that OpenCV can read"):
    look(path)


def test_a_film_of_no_frame_says_so(film):
  path = film("a.mkv", grey(1))
  content = path.read_bytes()
  place = content.index(b"\xff\xd8\xff")
  path.write_bytes(content[:place])
  with pytest.raises(SourceError, match=r"holds no frame|no film"):
    look(path)


def test_a_film_too_large_says_so_before_a_frame_is_decoded(film):
  path = film("a.mp4", grey(4, height=200, width=300))
  [one] = sources.expand(path, max_megapixels=0.05)
  with pytest.raises(
    SourceError, match=r"a\.mp4: 300×200 pixels are more than"
  ):
    next(one.frames())


def test_a_folder_without_pictures(tmp_path):
  (tmp_path / "notes.txt").write_text("nothing to see")
  with pytest.raises(UserError, match="holds no photograph and no film"):
    look(tmp_path)


def test_a_named_pipe_in_a_folder_ends(tmp_path):
  os.mkfifo(tmp_path / "a.jpg")
  [frame], _ = look(tmp_path)
  with pytest.raises(ImageError, match="not a file of data"):
    frame.read()


def test_a_photograph_of_a_format_not_read_says_so(tmp_path):
  (tmp_path / "a.NEF").write_bytes(b"II*")
  [frame], _ = look(tmp_path)
  with pytest.raises(ImageError, match=r"not read \(\.NEF\): save it as JPEG"):
    frame.read()


def test_arrays_must_be_pictures():
  with pytest.raises(UserError, match="expected uint8"):
    look(np.zeros((4, 4, 3)))
