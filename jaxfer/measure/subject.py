"""A generator, what it is measured by, and which faces are compared."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from jaxfer.learn.learners import State
from jaxfer.learn.networks import NetState


@dataclasses.dataclass(frozen=True)
class Drawn:
  """Rows that are compared, N of each, drawn without replacement."""

  fake: np.ndarray  # (N,) positions of generated faces
  real: np.ndarray  # (N,) positions of real faces
  # (N,) positions of real faces, none of them among `real`; in the place of
  # the generated ones they give the floor.
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


@dataclasses.dataclass(frozen=True)
class Subject:
  """A generator, and what it is measured by."""

  network: str  # names its DCGAN
  # (M, S, S, 3) uint8 faces that it drew, or clips (M, T, S, S, 3).
  fakes: np.ndarray
  reals: np.ndarray  # (N, S, S, 3) uint8 faces that it learnt from, or clips
  people: np.ndarray | None  # (N,) who is on each of these, or None
  learner: Any  # what drew them
  state: State  # its state
  encoder: NetState  # its encoder, as at extraction
  # Artifact of a probe of the same features with a kept machine, or None.
  probe: Path | None
  # Of K classes that the networks were told; none of unconditional ones.
  names: tuple[str, ...] = ()
  # (M, K) what each generated face was to show, or None.
  labels: np.ndarray | None = None
  # (N, K) what was said of each real face, or None.
  told: np.ndarray | None = None

  def classes(self) -> Iterator[tuple[str, Subject]]:
    """Each class by name, as a subject of its generated and real faces alone.

    Classes that no face was said to show are left out.
    """
    if self.labels is None or self.told is None:
      return
    for place, name in enumerate(self.names):
      mine, theirs = self.labels[:, place] > 0, self.told[:, place] > 0
      if not theirs.any():
        continue
      yield (
        name,
        dataclasses.replace(
          self,
          fakes=self.fakes[mine],
          reals=self.reals[theirs],
          people=None if self.people is None else self.people[theirs],
          labels=self.labels[mine],
          told=self.told[theirs],
        ),
      )
