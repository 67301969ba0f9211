"""Decoding untrusted image files to 8-bit RGB."""

from __future__ import annotations

import contextlib
import importlib
import os
from collections.abc import Iterator
from typing import BinaryIO

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError, features

# Formats whose decoders neither start other programs nor nest containers.
# Pillow has no opener called MPO: JPEG's reads those files too.
_FORMATS = ("AVIF", "BMP", "GIF", "JPEG", "PNG", "PPM", "TIFF", "WEBP")
_HEIC = "HEIF"  # as pillow-heif calls it
# What the head of a file in the container of AVIF and HEIC names.
_AVIF_BRANDS = frozenset({b"avif", b"avis"})
_HEIC_BRANDS = frozenset(
  {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
)
_HEAD = 64  # bytes in which these stand

_SMALLEST = 8  # pixels; a smaller image holds no face
_GREY = 8  # levels by which the channels of a grey picture may differ
BLACK = 10
"""Mean of 0 … 255 below which a picture shows nothing."""


class ImageError(ValueError):
  """A file cannot serve as an image; the message says why."""


class BlackError(ImageError):
  """A picture is black all over, as some sets' placeholders are."""


@contextlib.contextmanager
def faults() -> Iterator[None]:
  """Turns what an unreadable file raises into an ImageError.

  It has the system's own words, without the place where the dataset lies.
  """
  try:
    yield
  except FileNotFoundError as error:
    raise ImageError("file not found") from error
  except OSError as error:
    raise ImageError(f"unreadable: {error.strerror or error}") from error


def refuse_large(size: tuple[int, int], max_megapixels: float) -> None:
  """Raises an ImageError for more than so many 10^6 pixels."""
  width, height = size
  if width * height > max_megapixels * 1e6:
    raise ImageError(
      f"{width}×{height} pixels are more than data.max_megapixels="
      f"{max_megapixels:g}"
    )


def refuse_small(size: tuple[int, int]) -> None:
  """Raises an ImageError for too few pixels to hold a face."""
  width, height = size
  if min(size) < _SMALLEST:
    raise ImageError(f"{width}×{height} pixels are too few for a face")


def load(file: BinaryIO, *, max_megapixels: float) -> Image.Image:
  """Reads one image upright, in 8-bit RGB.

  EXIF rotation is applied. Grey, palette, CMYK and 16-bit images are converted;
  transparent ones are laid on white. An animation gives its first frame. Larger
  images, in 10^6 pixels, are not decoded.

  Raises:
    ImageError: if the file is empty, damaged, too large, or no image.
  """
  try:
    with Image.open(file, formats=_formats(file)) as image:
      refuse_large(image.size, max_megapixels)
      image.load()
      return _to_rgb(ImageOps.exif_transpose(image))
  except ImageError:
    raise
  except (
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
  ) as error:
    # Pillow's own limit, which a larger data.max_megapixels does not lift.
    raise ImageError(f"too large: {error}") from error
  except UnidentifiedImageError as error:
    empty = file.seek(0, os.SEEK_END) == 0
    reason = "the file is empty" if empty else "not an image"
    raise ImageError(reason) from error
  # Decoders raise nearly anything on damaged files.
  except Exception as error:
    if reason := getattr(error, "strerror", None):
      # The system's own words, without the place where the dataset lies.
      raise ImageError(f"unreadable: {reason}") from error
    raise ImageError(f"damaged image: {error}") from error


def load_face(file: BinaryIO, *, max_megapixels: float) -> Image.Image:
  """Reads one image as `load` does, and refuses one that can show no face.

  Raises:
    ImageError: as `load`, or if it is too small.
    BlackError: if there is nothing to see in it.
  """
  image = load(file, max_megapixels=max_megapixels)
  refuse_small(image.size)
  mean = np.asarray(image.convert("L")).mean()
  if mean < BLACK:
    raise BlackError(f"a black picture: its mean is {mean:.1f} of 255")
  return image


def has_colour(image: Image.Image) -> bool:
  """Whether an image that was loaded is more than grey, compression aside."""
  channels = np.asarray(image, np.int16)
  return bool(np.ptp(channels, axis=2).max() > _GREY)


def _formats(file: BinaryIO) -> tuple[str, ...]:
  """The formats that a file may have, by its first bytes."""
  file.seek(0)
  head = file.read(_HEAD)
  file.seek(0)
  if head[4:8] != b"ftyp":
    return _FORMATS
  brands = {head[i : i + 4] for i in range(8, len(head), 4)}
  if brands & _AVIF_BRANDS:
    if not features.check("avif"):
      raise ImageError("AVIF, which this Pillow does not read: update Pillow")
  elif brands & _HEIC_BRANDS:
    _register_heic()
    return (_HEIC,)
  return _FORMATS


def _register_heic() -> None:
  try:
    importlib.import_module("pillow_heif").register_heif_opener()
  except ImportError as error:
    raise ImageError(
      'HEIC, which needs pillow-heif: pip install "jaxfer[heic]", or save the'
      " photographs as JPEG"
    ) from error


def _to_rgb(image: Image.Image) -> Image.Image:
  if image.mode == "F":
    raise ImageError("floating-point pixels, whose range is not known")
  if image.mode.startswith("I"):
    return _narrow(image)
  if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
    layer = image.convert("RGBA")
    image = Image.new("RGBA", layer.size, "white")
    image.alpha_composite(layer)
  return image.convert("RGB")


def _narrow(image: Image.Image) -> Image.Image:
  """16-bit grey to 8 bits; values that fit in 8 bits stay as they are."""
  values = np.asarray(image, np.float64)
  if values.max(initial=0) > 255:
    values = values / 257
  grey = np.clip(np.rint(values), 0, 255).astype(np.uint8)
  return Image.fromarray(grey).convert("RGB")
