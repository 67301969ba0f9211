"""Which faces are compared: as many generated ones as real ones."""

from __future__ import annotations

import dataclasses

import numpy as np


@dataclasses.dataclass(frozen=True)
class Drawn:
  """Rows that are compared, N of each, drawn without replacement.

  Attributes:
    fake: (N,) positions of generated faces.
    real: (N,) positions of real faces.
    other: (N,) positions of real faces, none of them among `real`; in the
      place of the generated ones they give the floor.
  """

  fake: np.ndarray
  real: np.ndarray
  other: np.ndarray

  @property
  def count(self) -> int:
    """N."""
    return len(self.real)


def draw(fakes: int, reals: int, most: int, seed: int) -> Drawn:
  """Draws equal numbers, since most measures depend on how many there are.

  N is the least of the numbers of generated and of half of the real faces, and
  of `most`.
  """
  count = min(fakes, reals // 2, most)
  rng = np.random.default_rng(seed)
  fake = rng.permutation(fakes)[:count]
  real = rng.permutation(reals)[: 2 * count]
  return Drawn(fake, real[:count], real[count:])
