"""What damaged, enormous and mislabelled files may not do."""

import io
import os
import struct
import threading
import warnings
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFile

from jaxfer.data import images

QUICK = settings(max_examples=60, deadline=None, derandomize=True)
FORMATS = ("BMP", "GIF", "JPEG", "PNG", "PPM", "TIFF", "WEBP")


def decode(path, max_megapixels=1.0) -> np.ndarray:
  with images.faults(), path.open("rb") as file:
    return np.asarray(images.load(file, max_megapixels=max_megapixels))


def noise(height: int, width: int) -> np.ndarray:
  draw = np.random.default_rng(0)
  return draw.integers(0, 256, (height, width, 3), np.uint8)


def _encoded(name: str) -> bytes:
  out = io.BytesIO()
  Image.fromarray(noise(12, 10)).save(out, name)
  return out.getvalue()


@QUICK
@given(
  st.sampled_from(FORMATS),
  st.integers(0, 10_000),
  st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), max_size=3),
)
@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
def test_damage_gives_a_picture_or_a_reason(
  tmp_path_factory, name, cut, bytes_
):
  path = tmp_path_factory.mktemp("damaged") / "a"
  content = bytearray(_encoded(name))
  for place, value in bytes_:
    content[place % len(content)] = value
  path.write_bytes(content[: cut % (len(content) + 1)])

  try:
    pixels = decode(path, 0.1)
  except images.ImageError as error:
    assert str(error)
    assert str(path.parent) not in str(error)
  else:
    assert pixels.ndim == 3
    assert pixels.size <= 0.1e6 * 3


@pytest.mark.parametrize("name", ["JPEG", "PNG", "GIF"])
def test_a_picture_cut_short_is_damaged_not_partly_grey(tmp_path, name):
  whole = _encoded(name)
  (tmp_path / "a").write_bytes(whole[: len(whole) * 9 // 10])

  with pytest.raises(images.ImageError, match=r"^damaged image: "):
    decode(tmp_path / "a")


def test_what_is_no_picture_is_named_for_what_it_is(tmp_path):
  (tmp_path / "empty.jpg").touch()
  (tmp_path / "text.jpg").write_text("no picture")
  # A program in a language that Pillow would hand to Ghostscript.
  (tmp_path / "script.jpg").write_text("%!PS-Adobe-3.0 EPSF-3.0\n")
  (tmp_path / "folder.jpg").mkdir()
  (tmp_path / "gone.jpg").symlink_to(tmp_path / "missing.jpg")
  (tmp_path / "loop.jpg").symlink_to(tmp_path / "loop.jpg")
  reasons = {}
  for path in tmp_path.iterdir():
    with pytest.raises(images.ImageError) as caught:
      decode(path)
    reasons[path.stem] = str(caught.value)

  assert reasons == {
    "empty": "the file is empty",
    "text": "not an image",
    "script": "not an image",
    "folder": f"unreadable: {os.strerror(21)}",
    "gone": "file not found",
    "loop": f"unreadable: {os.strerror(40)}",
  }


def _png_header(width: int, height: int) -> bytes:
  def chunk(kind: bytes, body: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(kind + body))
    return struct.pack(">I", len(body)) + kind + body + check

  header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
  pixels = chunk(b"IDAT", zlib.compress(b"\0" * 100))
  return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + pixels


@pytest.fixture
def never_decoded(monkeypatch):
  def load(self):
    raise AssertionError("the pixels of a bomb were decoded")

  monkeypatch.setattr(ImageFile.ImageFile, "load", load)


@pytest.mark.usefixtures("never_decoded")
def test_a_bomb_is_refused_by_its_header(tmp_path):
  (tmp_path / "a.png").write_bytes(_png_header(60_000, 60_000))

  with pytest.raises(images.ImageError, match=r"too large: .*3600000000"):
    decode(tmp_path / "a.png", 64)


def test_a_well_compressed_giant_is_refused_undecoded(tmp_path, request):
  Image.new("1", (4000, 4001)).save(tmp_path / "a.png")
  assert (tmp_path / "a.png").stat().st_size < 10_000
  request.getfixturevalue("never_decoded")

  with pytest.raises(
    images.ImageError,
    match=r"^4000×4001 pixels are more than data\.max_megapixels=16$",
  ):
    decode(tmp_path / "a.png", 16)


def test_an_image_of_exactly_the_limit_is_read(tmp_path):
  Image.new("1", (400, 500)).save(tmp_path / "a.png")

  assert decode(tmp_path / "a.png", 0.2).shape == (500, 400, 3)


def test_threads_leave_the_warning_filters_as_they_were(tmp_path, monkeypatch):
  # Filters belong to the process: changed and restored in several threads,
  # they end in a state that none of them had found.
  monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10_000)
  Image.fromarray(noise(40, 40)).save(tmp_path / "a.png")
  before, failed = list(warnings.filters), []

  def work():
    for _ in range(30):
      try:
        decode(tmp_path / "a.png")
      except Exception as error:
        failed.append(error)

  threads = [threading.Thread(target=work) for _ in range(8)]
  for thread in threads:
    thread.start()
  for thread in threads:
    thread.join()

  assert not failed
  assert list(warnings.filters) == before
