"""From numbers to pixels: one sitting, its eyes for each gaze."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from jaxfer.errors import UserError
from jaxfer.standin.face.identities import Identity
from jaxfer.standin.face.scene import Scene


def render(
  who: Identity,
  shown: Scene,
  activations: np.ndarray,
  gazes: Sequence[float],
  size: tuple[int, int],
) -> np.ndarray:
  """Photographs a sitting.

  Activations are (14, 2) from `expression`; gazes are G directions in [-1, 1],
  the image's left to its right. Each size, width and height of the image in
  pixels, is compiled once.

  Returns:
    (G, H, W, 3) uint8; the images differ in the eyes alone.

  Raises:
    ValueError: for a width too small for a face to be legible.
  """
  # JAX starts where the first face is drawn, not where faces are planned.
  from jaxfer.standin.face import painter

  if size[0] < 32:
    raise UserError(f"width {size[0]} is too small for a face; use 32 or more")
  # XLA unrolls a loop over one gaze and then computes what the gazes share
  # for each of its uses anew: five times slower than drawing two.
  looks = np.resize(np.asarray(gazes, np.float32), max(len(gazes), 2))
  planes = painter.paint(who, shown, activations, looks, size=size)
  photos = np.moveaxis(np.asarray(planes[: len(gazes)]), 1, -1)
  return np.ascontiguousarray(photos)
