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
class Subject:
  """A generator, and what it is measured by.

  Attributes:
    network: names its DCGAN.
    fakes: (M, S, S, 3) uint8 faces that it drew, or clips (M, T, S, S, 3).
    reals: (N, S, S, 3) uint8 faces that it learnt from, or clips.
    people: (N,) who is on each of these, or None.
    learner: what drew them.
    state: its state.
    encoder: its encoder, as at extraction.
    probe: artifact of a probe of the same features with a kept machine, or
      None.
    names: of K classes that the networks were told; none of unconditional ones.
    labels: (M, K) what each generated face was to show, or None.
    told: (N, K) what was said of each real face, or None.
  """

  network: str
  fakes: np.ndarray
  reals: np.ndarray
  people: np.ndarray | None
  learner: Any
  state: State
  encoder: NetState
  probe: Path | None
  names: tuple[str, ...] = ()
  labels: np.ndarray | None = None
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
