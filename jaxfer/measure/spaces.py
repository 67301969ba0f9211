"""The spaces in which faces are compared; a number is named by its space."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from jaxfer import parallel
from jaxfer.measure.subject import Drawn
from jaxfer.metrics import inception

PIXELS = "pixels"
INCEPTION = "inception"
_SIDE = 16  # pixels of a face whose pixels are compared
_BATCH = 32  # images in Inception at a time, 8 MB each


@dataclasses.dataclass(frozen=True)
class Space:
  """Faces as rows of numbers."""

  name: str  # `pixels`, `inception:DIALECT`, or `disc:NETWORK`
  fake: np.ndarray  # (N, D) generated faces
  real: np.ndarray  # (N, D) real ones
  other: np.ndarray  # (N, D) further real ones
  # (N, K) of classes, where the space has them.
  fake_logits: np.ndarray | None = None
  real_logits: np.ndarray | None = None  # (N, K) likewise

  @property
  def sizes(self) -> tuple[int, int]:
    """How many real and generated faces are compared."""
    return len(self.real), len(self.fake)


def pixels(faces: np.ndarray) -> np.ndarray:
  """Grey levels of a face reduced to 16×16, where detail hides no likeness.

  Args:
    faces: (N, S, S, 3) uint8; S is at most 16 or a multiple of it.

  Returns:
    (N, D) float32 in [0, 1]; D is 256, or S² where S is less than 16.
  """
  count, size = faces.shape[:2]
  side = min(size, _SIDE)
  cell = size // side
  grey = faces.astype(np.float32).mean(3) / 255
  blocks = grey.reshape(count, side, cell, side, cell)
  return blocks.mean((2, 4)).reshape(count, side * side)


def pooled(features: np.ndarray, positions: int) -> np.ndarray:
  """A layer's maps averaged over positions, as Inception's last pool does.

  Args:
    features: (N, maps · positions), flattened channel first.
    positions: cells of a map.

  Returns:
    (N, maps) float32.
  """
  return features.reshape(len(features), -1, positions).mean(2)


def of(
  name: str,
  describe: Callable[[np.ndarray], np.ndarray],
  fakes: np.ndarray,
  reals: np.ndarray,
  drawn: Drawn,
) -> Space:
  """A space from a function of faces (N, S, S, 3) uint8 to rows (N, D)."""
  parts = (fakes[drawn.fake], reals[drawn.real], reals[drawn.other])
  return Space(name, *map(describe, parts))


def of_inception(
  file: Path,
  dialects: Sequence[str],
  fakes: np.ndarray,
  reals: np.ndarray,
  drawn: Drawn,
  devices: Sequence[parallel.Device],
) -> list[Space]:
  """The spaces of FID's InceptionV3, one for each of `inception.DIALECTS`.

  Raises what `inception.load` does of a file of other weights.
  """
  params = inception.parameters(inception.load(file), np.float32)
  spaces = []
  for dialect in dialects:
    how = {"dialect": dialect, "batch": _BATCH, "devices": devices}
    fake, real, other = (
      inception.extract(params, faces, **how)
      for faces in (fakes[drawn.fake], reals[drawn.real], reals[drawn.other])
    )
    rows = fake.pool3, real.pool3, other.pool3
    name = f"{INCEPTION}:{dialect}"
    spaces.append(Space(name, *rows, fake.logits, real.logits))
  return spaces


def is_inception(name: str) -> bool:
  """Whether a space is one of FID's network, whose numbers have own names."""
  return name.startswith(f"{INCEPTION}:")


def people_of(people: np.ndarray | None, rows: np.ndarray) -> np.ndarray | None:
  """Who is on those faces, or None where nobody is named."""
  return None if people is None else people[rows]
