"""What a training leaves in its folder; of several processes, rank 0's hand."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from jaxfer import artifacts, logs, parallel
from jaxfer.data import sheet
from jaxfer.events import EventLog
from jaxfer.learn import sample
from jaxfer.learn.checkpoints import Checkpoints
from jaxfer.learn.collapse import Watch
from jaxfer.learn.keys import Purpose
from jaxfer.learn.learners import Drawer, Learner, State
from jaxfer.learn.schedule import total_steps

METRICS, GRIDS = "metrics.jsonl", "grids"


class Record:
  """Checkpoints, `metrics.jsonl` with a line a step, TensorBoard's curves.

  Of a learner that draws also `grids/<step>.png` of fixed latents, and who
  looks at drawn faces for a collapse; of one that is told labels `labels.npy`.
  What was written of the steps before a checkpoint is on the disk before it is.
  Arguments are those of `train`; what is open at the end is closed by `stack`.
  """

  def __init__(
    self,
    stack: contextlib.ExitStack,
    out: Path,
    learner: Learner,
    gan: Any,
    seed: int,
    events: Path | None,
    faces: np.ndarray,
    labels: np.ndarray | None,
    run: str,
  ):
    self._out = out
    self._side, self._acts = gan.grid_side, gan.on_collapse != "warn"
    if isinstance(learner, Drawer):
      count = min(gan.collapse.faces, len(faces))
      rows = np.linspace(0, len(faces) - 1, count).astype(int)
      last = total_steps(gan, len(faces))
      self._watch = Watch(gan.collapse, faces[rows], last)
      told = None if labels is None else labels[rows]
      side, latent = gan.grid_side, learner.latent
      z = sample.latents(seed, count, latent, Purpose.LOOK)
      grid = sample.grid_of(seed, side, side, latent, labels, Purpose.GRID)
      self._drawn = {"look": (z, told), "draw": grid}
      self._drawing = functools.partial(sample.drawing, learner)
      (out / GRIDS).mkdir(exist_ok=True)
    else:
      self._watch, self._drawn = None, {}
    if labels is not None:
      np.save(out / sample.LABELS, labels)
    self._open = stack
    self._checkpoints = Checkpoints(
      out / "checkpoints", gan.checkpoint_every, run=run
    )
    self._open.callback(self._checkpoints.close)
    self._curves = EventLog(events) if events else None
    if self._curves:
      self._open.callback(self._curves.close)
    self.note = ""

  def restore(self, state: State) -> State:
    """The newest state saved, or the given one where there is none."""
    path = self._out / METRICS
    state = self._checkpoints.restore(state, logs.whole_steps(path)) or state
    self._metrics = logs.MetricsLog(path, int(state.step))
    self._open.callback(self._metrics.close)
    if self._watch:
      self._watch.saw(logs.read_lines(path))
    return state

  @property
  def alarm(self) -> str:
    """Why the generator looked collapsed when last looked at, or nothing."""
    return self._watch.alarm if self._watch else ""

  def glance(self, state: State, due: set[str]) -> dict[str, Any]:
    """Begins to draw and copy what is due of a state; waits for nothing.

    The state is as it is on the devices, before the next call overwrites it;
    `due` as `Schedule.after` has it.

    Returns:
      By what is due, faces in parts; of `save` a copy of the state.
    """
    one = parallel.one_copy(state)
    found: dict[str, Any] = {
      what: list(self._drawing(one, *of))
      for what, of in self._drawn.items()
      if what in due
    }
    return found | ({"save": _copied(one)} if "save" in due else {})

  def keep(
    self,
    step: int,
    scalars: Mapping[str, np.ndarray],
    glance: Mapping[str, Any],
  ) -> int:
    """Notes the steps of a call, from `step` on, and what is due after them.

    Of their scalars, (steps,) each, and the glance at the state after them.
    Where an alarm is to be acted on, the state that it is about is not saved.

    Returns:
      The number of steps taken by then.
    """
    lines = [
      dict(zip(scalars, map(float, row), strict=True))
      for row in zip(*scalars.values(), strict=True)
    ]
    end = step + len(lines)
    if self._watch:
      self._watch.saw(lines)
      if "look" in glance:
        faces = self._joined("look", glance["look"])
        lines[-1] |= self._watch.look(end, faces)
    self.note = _losses(lines[-1]) + (self._watch.seen if self._watch else "")
    for number, values in enumerate(lines, step):
      self._metrics.write(number, values)
      if self._curves:
        self._curves.write(number, values)
    if self._acts and self.alarm:
      return end
    if "draw" in glance:
      faces = self._joined("draw", glance["draw"])
      path = self._out / GRIDS / f"{end:07d}.png"
      artifacts.write_atomically(path, sheet.png(faces, self._side))
    if "save" in glance:
      self.save(glance["save"])
    return end

  def _joined(self, what: str, parts: Sequence[jax.Array]) -> np.ndarray:
    return sample.joined(parts, len(self._drawn[what][0]))

  def save(self, state: State) -> None:
    """Saves a checkpoint, after the metrics before it."""
    self._metrics.sync()
    self._checkpoints.save(state)

  def tell(self) -> None:
    """Says whether the generator has collapsed, when training has ended."""
    if self._watch:
      self._watch.tell()


@jax.jit
def _copied(state: State) -> State:
  return jax.tree.map(jnp.copy, state)


def _losses(line: Mapping[str, float]) -> str:
  """The losses in a few words, such as `loss D 0.500, G 1.250`."""
  words = [
    f"{name.removeprefix('loss').strip('_').upper()} {value:.3f}".strip()
    for name, value in line.items()
    if name.startswith("loss")
  ]
  return f"loss {', '.join(words)}"
