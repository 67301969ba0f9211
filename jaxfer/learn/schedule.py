"""How many steps a training run has, and what happens when."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from jaxfer.learn.learners import LEARNERS

_ON_CPU = 5  # a divisor of the 25 that accelerators take


def batch_size(gan: Any, faces: int) -> int:
  """Faces in a step: `gan.batch`.

  Of a learner that compares them with each other halved until two batches are
  different faces: a face that is there twice would be told from itself.
  """
  size = gan.batch
  contrasts = "contrast" in LEARNERS[gan.learner].sections
  while contrasts and size > 2 and 2 * size > faces:
    size //= 2
  return size


def epochs(gan: Any, faces: int) -> int:
  """How often each face is seen: `gan.epochs` times, or oftener.

  So often that there are `gan.steps_at_least` steps.
  """
  size = batch_size(gan, faces)
  return max(gan.epochs, math.ceil(gan.steps_at_least * size / faces))


def total_steps(gan: Any, faces: int) -> int:
  """Number of steps in all epochs, the last one begun counted."""
  if not faces:
    return 0
  return math.ceil(epochs(gan, faces) * faces / batch_size(gan, faces))


def steps_per_call(gan: Any, platform: str) -> int:
  """Steps that a call takes where nothing is due before its end.

  On an accelerator `gan.steps_per_call`; on CPUs, where a step takes long, five
  at most: XLA:CPU asks the system for its memory anew in each call, which is an
  eighth of a step.
  """
  most = gan.steps_per_call
  return min(most, _ON_CPU) if platform == "cpu" else most


class Schedule:
  """When a run draws, saves and looks, and how many steps one call takes.

  Everything depends on absolute steps only, so that a resumed run makes the
  very calls that an undisturbed one makes.

  A call takes `steps_per_call` steps, or a single one where something is due
  before its end, and for what is left at the end of the run. So there are two
  programs at most, and sample grids, which may be drawn anywhere, wait for the
  end of `gan.steps_per_call` steps: the first for that of the first ones. That
  is so on every platform, and where there are fewer calls than grids on none;
  there CPUs take single steps.

  Args:
    gan: the config's `gan` section.
    last: the number of steps in all.
    platform: of the devices.
    draws: whether the learner can draw, and be looked at.
  """

  def __init__(self, gan: Any, last: int, platform: str, draws: bool = True):
    self._last, self._every = last, gan.checkpoint_every
    self._look, self._draws = gan.collapse.every, draws
    roomy = last >= gan.grids * gan.steps_per_call
    unit = gan.steps_per_call if roomy else 1
    # A short run is over before a second program is compiled on a CPU.
    alone = platform == "cpu" and not roomy
    self._stride = 1 if alone else steps_per_call(gan, platform)
    # From the beginning on: a collapse is seen early or not at all.
    marks = np.linspace(0, last, gan.grids + 1)
    ends = unit * np.ceil(marks / unit).astype(int)
    self._grids = set(np.clip(ends, unit, last).tolist())

  def steps_from(self, step: int) -> int:
    """Steps of the call that begins at `step`: the stride, or 1."""
    free = not any(self.after(s) for s in range(step + 1, step + self._stride))
    whole = step % self._stride == 0 and step + self._stride <= self._last
    return self._stride if whole and free else 1

  def after(self, step: int) -> set[str]:
    """What is due after `step` steps: of `draw`, `look` and `save`.

    A sample grid is drawn, its faces looked at for a collapse, the state
    saved.
    """
    due = {
      "draw": self._draws and step in self._grids,
      "look": self._draws and (step % self._look == 0 or step == self._last),
      "save": step % self._every == 0 or step == self._last,
    }
    return {what for what, now in due.items() if now}
