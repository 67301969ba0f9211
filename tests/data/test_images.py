"""Decoding: every format and mode becomes the same upright RGB."""

import sys

import numpy as np
import pytest
from PIL import Image, features

from jaxfer.data import files, images


def decode(path, max_megapixels=1.0) -> np.ndarray:
  with path.open("rb") as file:
    image = images.load(file, max_megapixels=max_megapixels)
  assert image.mode == "RGB"
  return np.asarray(image)


def noise(height: int, width: int, seed: int = 0) -> np.ndarray:
  draw = np.random.default_rng(seed)
  return draw.integers(0, 256, (height, width, 3), np.uint8)


HEIC = {".heic", ".heif", ".hif"}  # of an extra
HEIC_FILE = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(range(256))


def test_heic_says_what_it_needs_by_content_and_not_by_name(
  tmp_path, monkeypatch
):
  # As where pillow-heif is not installed.
  monkeypatch.setitem(sys.modules, "pillow_heif", None)
  for name in ("IMG_1.HEIC", "IMG_2.jpg"):
    (tmp_path / name).write_bytes(HEIC_FILE)
    with pytest.raises(images.ImageError, match=r"pip install .jaxfer\[heic\]"):
      decode(tmp_path / name)


def test_heic_is_decoded_with_its_extra(tmp_path):
  pillow_heif = pytest.importorskip("pillow_heif")
  pixels = np.full((32, 48, 3), (200, 120, 40), np.uint8)
  heif = pillow_heif.from_bytes("RGB", (48, 32), pixels.tobytes())
  heif.save(tmp_path / "a.heic", quality=95)
  (tmp_path / "a.heic").rename(tmp_path / "a.jpg")

  np.testing.assert_allclose(decode(tmp_path / "a.jpg"), pixels, atol=8)


@pytest.mark.skipif(not features.check("avif"), reason="Pillow without AVIF")
def test_avif_is_read_under_any_name(tmp_path):
  pixels = np.full((16, 24, 3), (200, 120, 40), np.uint8)
  Image.fromarray(pixels).save(tmp_path / "a.avif")
  (tmp_path / "a.avif").rename(tmp_path / "web.jpg")

  np.testing.assert_allclose(decode(tmp_path / "web.jpg"), pixels, atol=6)


@pytest.mark.parametrize("suffix", sorted(files.IMAGE_SUFFIXES - HEIC))
def test_every_suffix_that_readers_accept_is_decoded(tmp_path, suffix):
  pixels = np.full((9, 12, 3), (200, 120, 40), np.uint8)
  if suffix == ".pgm":
    pixels[:] = 120
  image = Image.fromarray(pixels)
  image.convert("L" if suffix == ".pgm" else "RGB").save(
    tmp_path / f"a{suffix}"
  )

  # JPEG and WebP lose a little, even on one colour.
  np.testing.assert_allclose(decode(tmp_path / f"a{suffix}"), pixels, atol=4)


def test_content_decides_not_the_name(tmp_path):
  Image.fromarray(noise(5, 4)).save(tmp_path / "a.png")
  (tmp_path / "a.png").rename(tmp_path / "a.jpg")

  np.testing.assert_array_equal(decode(tmp_path / "a.jpg"), noise(5, 4))


def test_a_multi_picture_file_gives_its_first_picture(tmp_path):
  # What many cameras and telephones write under the name .jpg.
  one, two = (
    Image.new("RGB", (16, 16), colour)
    for colour in ((200, 30, 30), (30, 30, 200))
  )
  one.save(tmp_path / "a.jpg", "MPO", save_all=True, append_images=[two])

  np.testing.assert_allclose(
    decode(tmp_path / "a.jpg").mean((0, 1)), (200, 30, 30), atol=4
  )


def test_an_animation_gives_its_first_frame(tmp_path):
  frames = [Image.new("RGB", (8, 8), c) for c in ("red", "blue")]
  frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])

  np.testing.assert_array_equal(decode(tmp_path / "a.gif")[0, 0], (255, 0, 0))


def test_cmyk_is_converted(tmp_path):
  # No ink is white; full magenta and yellow make red; full key is black.
  inks = np.zeros((8, 24, 4), np.uint8)
  inks[:, 8:16] = (0, 255, 255, 0)
  inks[:, 16:] = (0, 0, 0, 255)
  image = Image.frombytes("CMYK", (24, 8), inks.tobytes())
  image.save(tmp_path / "a.jpg", quality=100)

  colours = decode(tmp_path / "a.jpg")[4, [4, 12, 20]]

  wanted = [(255, 255, 255), (255, 0, 0), (0, 0, 0)]
  np.testing.assert_allclose(colours, wanted, atol=6)


@pytest.mark.parametrize("name", ["a.png", "a.tif", "a.pgm"])
def test_16_bits_are_read_as_the_same_picture_in_8(tmp_path, name):
  # v · 257 is the 16-bit value of the 8-bit v: 255 · 257 = 65,535.
  grey = np.arange(256, dtype=np.uint16).reshape(16, 16)
  Image.fromarray(grey * 257).save(tmp_path / name)

  np.testing.assert_array_equal(decode(tmp_path / name)[..., 1], grey)


def test_floating_point_pixels_are_refused_rather_than_guessed_at(tmp_path):
  Image.new("F", (8, 8), 0.5).save(tmp_path / "a.tif")

  with pytest.raises(images.ImageError, match="floating-point"):
    decode(tmp_path / "a.tif")


def test_palettes_and_single_bits_keep_their_colours(tmp_path):
  colours = Image.new("P", (4, 4), 1)
  colours.putpalette([0, 0, 0, 10, 200, 30])
  colours.save(tmp_path / "p.png")
  Image.new("1", (4, 4), 1).save(tmp_path / "1.png")

  np.testing.assert_array_equal(decode(tmp_path / "p.png")[0, 0], (10, 200, 30))
  np.testing.assert_array_equal(decode(tmp_path / "1.png")[0, 0], [255] * 3)


@pytest.mark.parametrize("alpha", [0, 128, 255])
@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_transparency_is_laid_on_white(tmp_path, mode, alpha):
  if mode == "P":
    image = Image.new("P", (4, 4), 0)
    image.putpalette([60, 60, 60])
    image.save(tmp_path / "a.png", transparency=bytes([alpha]))
  else:
    colour = (60, 60, 60, alpha) if mode == "RGBA" else (60, alpha)
    Image.new(mode, (4, 4), colour).save(tmp_path / "a.png")

  wanted = 255 + (60 - 255) * alpha / 255

  np.testing.assert_allclose(decode(tmp_path / "a.png"), wanted, atol=1)


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_a_colour_that_stands_for_transparent_becomes_white(tmp_path, mode):
  black = 0 if mode == "L" else (0, 0, 0)
  Image.new(mode, (4, 4), black).save(tmp_path / "a.png", transparency=black)

  assert (decode(tmp_path / "a.png") == 255).all()


# How each EXIF orientation (TIFF 6.0, tag 274) stores an upright picture.
STORED = {
  1: lambda a: a,
  2: np.fliplr,
  3: lambda a: np.rot90(a, 2),
  4: np.flipud,
  5: lambda a: a.swapaxes(0, 1),
  6: lambda a: np.rot90(a, 1),
  7: lambda a: np.rot90(a, 2).swapaxes(0, 1),
  8: lambda a: np.rot90(a, -1),
}


@pytest.mark.parametrize("orientation", STORED)
def test_exif_rotation_is_undone(tmp_path, orientation):
  upright = noise(7, 5)
  exif = Image.Exif()
  exif[274] = orientation
  stored = np.ascontiguousarray(STORED[orientation](upright))
  Image.fromarray(stored).save(tmp_path / "a.png", exif=exif)

  np.testing.assert_array_equal(decode(tmp_path / "a.png"), upright)


# Pillow warns of such metadata; the run goes on.
@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
@pytest.mark.parametrize("seed", range(20))
def test_damaged_metadata_does_not_cost_the_picture(tmp_path, seed):
  junk = np.random.default_rng(seed).bytes(4 + 3 * seed)
  exif = b"Exif\0\0MM\0*\0\0\0\x08" + junk
  Image.new("RGB", (16, 8), (9, 99, 199)).save(tmp_path / "a.jpg", exif=exif)

  pixels = decode(tmp_path / "a.jpg")

  assert sorted(pixels.shape[:2]) == [8, 16]
  np.testing.assert_allclose(pixels.mean((0, 1)), (9, 99, 199), atol=4)
