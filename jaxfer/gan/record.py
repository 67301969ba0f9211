"""What a training leaves in its folder; of several processes, rank 0's hand."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from jaxfer import artifacts, logs, parallel
from jaxfer.background import Background
from jaxfer.data import sheet
from jaxfer.events import EventLog
from jaxfer.gan import beside, rollback, sample
from jaxfer.gan.checkpoints import Checkpoints
from jaxfer.gan.collapse import Watch
from jaxfer.gan.keys import Purpose
from jaxfer.gan.schedule import total_steps
from jaxfer.gan.state import DCGAN, GANState


@dataclasses.dataclass(frozen=True)
class Glance:
  """What is kept of a state, on its way from the devices; None: nothing.

  Attributes:
    looked_at: faces by which the generator is judged, in parts.
    grid: faces of the sample grid, in parts.
    state: a copy of all of it.
  """

  looked_at: Sequence[jax.Array] | None = None
  grid: Sequence[jax.Array] | None = None
  state: GANState | None = None


class Record:
  """Checkpoints, metrics by step, grids of fixed latents, TensorBoard's curves.

  And who looks at the generator, for a collapse. Grids and checkpoints are
  written in the background, one after the other: a checkpoint seals the grids
  before it. What cannot be written is raised by a later call.

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
    self._grid = sample.grid_of(
      seed, side, side, gan.latent, labels, Purpose.GRID
    )
    count = min(gan.collapse.faces, len(faces))
    rows = np.linspace(0, len(faces) - 1, count).astype(int)
    last = total_steps(gan, len(faces))
    self._watch = Watch(gan.collapse, faces[rows], last)
    told = None if labels is None else labels[rows]
    z = sample.latents(seed, count, gan.latent, Purpose.LOOK)
    self._looked_at = z, told
    self._acts = gan.on_collapse != "warn"
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
    self._behind = Background()

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
    self._behind.wait()
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

  def glance(self, state: GANState, due: set[str]) -> Glance:
    """Begins to draw and copy what is due of a state; waits for nothing.

    Args:
      state: as it is on the devices, before the next call overwrites it.
      due: as `Schedule.after` has it.
    """

    def drawn(of: tuple) -> list[jax.Array]:
      gen = parallel.one_copy(state.gen)
      return list(sample.drawing(self._dcgan, gen, *of))

    return Glance(
      drawn(self._looked_at) if "look" in due else None,
      drawn(self._grid) if "draw" in due else None,
      _copied(parallel.one_copy(state)) if "save" in due else None,
    )

  def keep(
    self, step: int, scalars: Mapping[str, np.ndarray], glance: Glance
  ) -> None:
    """Notes the steps of a call, and what is due after them.

    Where an alarm is to be acted on, the state that it is about is not saved.

    Args:
      step: the first of the steps.
      scalars: (steps,) each, by name.
      glance: at the state after them.
    """
    assert self._metrics is not None
    count = len(next(iter(scalars.values())))
    lines = [
      {name: float(value[i]) for name, value in scalars.items()}
      for i in range(count)
    ]
    self._watch.saw(lines)
    if glance.looked_at is not None:
      faces = _joined(glance.looked_at, len(self._looked_at[0]))
      lines[-1] |= self._watch.look(step + count, faces)
    for number, values in enumerate(lines, step):
      self._metrics.write(number, values)
      if self._curves:
        self._curves.write(number, values)
    if self._acts and self.alarm:
      return
    if glance.grid is not None:
      folder = self._out / beside.GRIDS
      self._behind.do(_save_grid, folder, step + count, glance.grid, self._side)
    if glance.state is not None:
      self.save(glance.state)

  def save(self, state: GANState) -> None:
    """Saves a checkpoint, and hands over the metrics before it.

    Args:
      state: which no call overwrites any more.
    """
    assert self._metrics is not None
    self._behind.do(self._save, state, self._metrics, self._metrics.flush())

  def _save(self, state: GANState, metrics: logs.MetricsLog, size: int) -> None:
    metrics.sync()
    self._checkpoints.save(state, beside.seal(self._out, size))

  def tell(self) -> None:
    """Says whether the generator has collapsed, when training has ended."""
    self._watch.tell()

  def close(self) -> None:
    """Waits until everything is on disk."""
    with self._open:
      self._behind.close()


@jax.jit
def _copied(state: GANState) -> GANState:
  return jax.tree.map(jnp.copy, state)


def _joined(parts: Sequence[jax.Array], count: int) -> np.ndarray:
  return np.concatenate(jax.device_get(list(parts)))[:count]


def _save_grid(
  folder: Path, step: int, parts: Sequence[jax.Array], side: int
) -> None:
  png = sheet.png(_joined(parts, side**2), side)
  artifacts.write_atomically(folder / f"{step:07d}.png", png)
