"""How many steps a training run has, and what happens when."""

from __future__ import annotations

import math
from typing import Any

import numpy as np


def total_steps(gan: Any, faces: int) -> int:
  """Number of steps in `gan.epochs` epochs, the last one begun counted."""
  return math.ceil(gan.epochs * faces / gan.batch)


class Schedule:
  """When a run draws, saves and looks, and how many steps one call takes.

  Everything depends on absolute steps only, so that a resumed run makes the
  very calls that an undisturbed one makes.

  Args:
    gan: the config's `gan` section.
    last: the number of steps in all.
    platform: of the devices; XLA:CPU runs scanned convolutions slower, so
      there a call takes one step.
  """

  def __init__(self, gan: Any, last: int, platform: str):
    self._last, self._every = last, gan.checkpoint_every
    self._look = gan.collapse.every
    self._stride = 1 if platform == "cpu" else gan.steps_per_call
    # From the beginning on: a collapse is seen early or not at all.
    marks = np.linspace(0, last, gan.grids + 1)[1:]
    self._grids = {*np.ceil(marks).astype(int).tolist(), 1}

  def steps_from(self, step: int) -> int:
    """Steps of the call that begins at `step`: the stride, or 1."""
    ahead = range(step + 1, step + self._stride)
    busy = (self.draws, self.saves, self.looks)
    free = not any(does(s) for s in ahead for does in busy)
    whole = step % self._stride == 0 and step + self._stride <= self._last
    return self._stride if whole and free else 1

  def draws(self, step: int) -> bool:
    """Whether a sample grid is drawn after `step` steps."""
    return step in self._grids

  def saves(self, step: int) -> bool:
    """Whether the state is saved after `step` steps."""
    return step % self._every == 0 or step == self._last

  def looks(self, step: int) -> bool:
    """Whether the generator is looked at for a collapse after `step` steps."""
    return step % self._look == 0
