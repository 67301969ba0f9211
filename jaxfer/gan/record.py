"""What a training leaves in its folder; of several processes, rank 0's hand."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from jaxfer import logs, parallel
from jaxfer.data import sheet
from jaxfer.events import EventLog
from jaxfer.gan import beside, rollback, sample
from jaxfer.gan.checkpoints import Checkpoints
from jaxfer.gan.collapse import Watch
from jaxfer.gan.state import DCGAN, GANState


class Record:
  """Checkpoints, metrics by step, grids of fixed latents, TensorBoard's curves.

  And who looks at the generator, for a collapse.

  Args:
    out: the training's folder.
    dcgan: the networks.
    gan: the config's `gan` section.
    seed: fixes the latents of the grids and looks.
    events: folder for TensorBoard's curves, if any.
    faces: (N, H, W, C) uint8, those learnt from.
    labels: (N, K) what each shows, or None.
    run: tells this training from others, whose checkpoints do not count.
  """

  def __init__(
    self,
    out: Path,
    dcgan: DCGAN,
    gan: Any,
    seed: int,
    events: Path | None,
    faces: np.ndarray,
    labels: np.ndarray | None,
    run: str,
  ):
    self._out, self._dcgan, self._side = out, dcgan, gan.grid_side
    self._seed = seed
    side = gan.grid_side
    self._grid = sample.grid_of(seed, side, side, gan.latent, labels)
    count = min(gan.collapse.faces, len(faces))
    rows = np.linspace(0, len(faces) - 1, count).astype(int)
    self._watch = Watch(gan.collapse, faces[rows])
    told = None if labels is None else labels[rows]
    self._looked_at = sample.latents(seed, count, gan.latent), told
    if labels is not None:
      np.save(out / sample.LABELS, labels)
    (out / beside.GRIDS).mkdir(exist_ok=True)
    self._open = contextlib.ExitStack()
    self._checkpoints = Checkpoints(
      out / "checkpoints", gan.checkpoint_every, run=run
    )
    self._open.callback(self._checkpoints.close)
    self._metrics: logs.MetricsLog | None = None
    self._curves = EventLog(events) if events else None
    if self._curves:
      self._open.callback(self._curves.close)

  def restore(self, state: GANState) -> GANState:
    """The newest state saved, or the given one where there is none."""
    rollback.mend(self._out / beside.ROLLBACKS, self._seed)
    state = self._checkpoints.restore(state, self._holds) or state
    path = self._out / beside.METRICS
    self._metrics = logs.MetricsLog(path, int(state.step))
    self._open.callback(self._metrics.close)
    self._watch.begin(logs.read_lines(path))
    return state

  def go_back(self, initial: GANState) -> GANState:
    """The newest regular state, or the initial one; later ones are dropped.

    Checkpoints of interruptions are passed over, or else an interrupted run
    would go back to another step than an undisturbed one.
    """
    assert self._metrics is not None
    saved = self._checkpoints.restore(initial, self._holds, regular=True)
    state = saved or initial
    step = int(state.step)
    self._checkpoints.delete_after(step)
    self._metrics.rewind(step)
    # What is drawn anew must not be sealed by a checkpoint before it is.
    for grid in (self._out / beside.GRIDS).glob("[0-9]*.png"):
      if int(grid.stem) > step:
        grid.unlink()
    self._watch.begin(logs.read_lines(self._out / beside.METRICS))
    return state

  def _holds(self, sealed: beside.Seal) -> None:
    beside.check(self._out, sealed)

  @property
  def alarm(self) -> str:
    """Why the generator looked collapsed when last looked at, or nothing."""
    return self._watch.alarm

  @property
  def note(self) -> str:
    """The newest numbers in a few words."""
    return self._watch.note

  def write(
    self,
    step: int,
    scalars: Mapping[str, np.ndarray],
    state: GANState | None = None,
  ) -> None:
    """Notes the scalars (steps,) of the steps from `step` on.

    Args:
      step: the first of them.
      scalars: by name.
      state: the state after them, where the generator is to be looked at.
    """
    assert self._metrics is not None
    count = len(next(iter(scalars.values())))
    lines = [
      {name: float(value[i]) for name, value in scalars.items()}
      for i in range(count)
    ]
    self._watch.saw(lines)
    if state is not None:
      gen = parallel.one_copy(state.gen)
      drawn = sample.draw(self._dcgan, gen, *self._looked_at)
      lines[-1] |= self._watch.look(step + count, drawn)
    for number, values in enumerate(lines, step):
      self._metrics.write(number, values)
      if self._curves:
        self._curves.write(number, values)

  def draw(self, step: int, state: GANState) -> None:
    """Draws the grid of the fixed latents."""
    gen = parallel.one_copy(state.gen)
    drawn = sample.draw(self._dcgan, gen, *self._grid)
    _save_grid(self._out / beside.GRIDS, step, drawn, self._side)

  def save(self, state: GANState) -> None:
    """Saves a checkpoint, and hands over the metrics before it."""
    assert self._metrics is not None
    self._metrics.flush()
    self._checkpoints.save(state, beside.seal(self._out))

  def close(self) -> None:
    """Waits until everything is on disk."""
    self._open.close()


def _save_grid(
  folder: Path, step: int, faces: np.ndarray, columns: int
) -> None:
  picture = Image.fromarray(sheet.grid(faces, columns))
  temporary = folder / f".{step:07d}.png"
  picture.save(temporary)
  temporary.replace(folder / f"{step:07d}.png")
