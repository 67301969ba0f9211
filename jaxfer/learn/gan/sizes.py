"""Sizes of the images and clips that there are networks of."""

from __future__ import annotations

import math

from jaxfer.errors import UserError

SMALLEST_MAP = 4  # height and width of the deepest feature maps


def depth(image_size: int) -> int:
  """Number of strided convolutions between an image and its 4×4 maps.

  Args:
    image_size: height and width of the image in pixels.

  Raises:
    ValueError: if the size is not a power of two of at least 8.
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

  Args:
    image_size: height and width of the image in pixels.
    frames: of a clip, whose time is halved as its sides are; 0: an image.

  Raises:
    UserError: if there is no network of that size.
  """
  layers = depth(image_size)
  if not frames:
    return (SMALLEST_MAP, SMALLEST_MAP)
  if frames % 2**layers:
    raise UserError(
      f"gan.clip.frames={frames} is halved {layers} times, as faces of"
      f" {image_size} pixels are: set it to a multiple of {2**layers}"
    )
  return (frames >> layers, SMALLEST_MAP, SMALLEST_MAP)
