"""Sizes of the DCGAN's maps, which follow from those of what it sees."""

from __future__ import annotations

import math

from jaxfer.errors import UserError

SMALLEST_MAP = 4  # height and width of the deepest feature maps
PAIR = 2  # frames of the clips that are seen as images of twice the channels
COLOURS = 3


def depth(image_size: int) -> int:
  """Number of strided convolutions between an image's pixels and 4×4 maps.

  Raises:
    UserError: if the size is not a power of two of at least 8.
  """
  layers = int(math.log2(max(image_size, 1) / SMALLEST_MAP))
  if layers < 1 or SMALLEST_MAP * 2**layers != image_size:
    raise UserError(
      f"image size must be a power of two of at least 8, got {image_size}:"
      " set crop.size to 64 (the paper's) or 128"
    )
  return layers


def deepest(image_size: int, frames: int = 0) -> tuple[int, ...]:
  """Shape of the deepest maps: 4×4, or of a clip with time before it.

  A clip's `frames` are halved as its sides are; 0: an image, and `PAIR` as one.

  Raises:
    UserError: if there is no network of that size.
  """
  layers = depth(image_size)
  if frames in (0, PAIR):
    return (SMALLEST_MAP, SMALLEST_MAP)
  if frames % 2**layers:
    raise UserError(
      f"gan.clip.frames={frames} is halved {layers} times, as faces of"
      f" {image_size} pixels are: set it to a multiple of {2**layers}, or to"
      f" {PAIR}"
    )
  return (frames >> layers, SMALLEST_MAP, SMALLEST_MAP)


def receptive_field(layer: int) -> int:
  """Side in pixels of what one place of the discriminator's layer sees.

  Layers count from 1; it is 46 for the fourth.
  """
  # Kernel 4 adds three steps, each twice as long as in the layer before.
  return 1 + 3 * (2**layer - 1)


def channels(frames: int, background: bool = False) -> int:
  """Maps that the last convolution draws, or that the first sees.

  Of an image those of colour; before a `background` one more, the mask.
  """
  return (COLOURS + background) * (PAIR if frames == PAIR else 1)


def vector_length(image_size: int, width: int, frames: int = 0) -> int:
  """Length of a face as the deepest maps of a trunk of that width."""
  places = math.prod(deepest(image_size, frames))
  return places * width * 2 ** (depth(image_size) - 1)
