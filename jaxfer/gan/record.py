"""What a training leaves in its folder; of several processes, rank 0's hand."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jax
import numpy as np
from PIL import Image

from jaxfer import logs
from jaxfer.data import sheet
from jaxfer.events import EventLog
from jaxfer.gan import beside, sample
from jaxfer.gan.checkpoints import Checkpoints
from jaxfer.gan.state import DCGAN, GANState


class Record:
  """Checkpoints, metrics by step, grids of fixed latents, TensorBoard's curves.

  Args:
    out: the training's folder.
    dcgan: the networks.
    gan: the config's `gan` section.
    seed: fixes the latents of the grids.
    events: folder for TensorBoard's curves, if any.
    run: tells this training from others, whose checkpoints do not count.
  """

  def __init__(
    self,
    out: Path,
    dcgan: DCGAN,
    gan: Any,
    seed: int,
    events: Path | None,
    run: str,
  ):
    self._out, self._dcgan, self._side = out, dcgan, gan.grid_side
    self._latents = sample.latents(seed, gan.grid_side**2, gan.latent)
    (out / beside.GRIDS).mkdir(exist_ok=True)
    self._open = contextlib.ExitStack()
    self._checkpoints = Checkpoints(out / "checkpoints", run=run)
    self._open.callback(self._checkpoints.close)
    self._metrics: logs.MetricsLog | None = None
    self._curves = EventLog(events) if events else None
    if self._curves:
      self._open.callback(self._curves.close)

  def restore(self, state: GANState) -> GANState:
    """The newest state saved, or the given one where there is none."""
    found = self._checkpoints.restore(
      state, lambda seal: beside.check(self._out, seal)
    )
    state = found or state
    path = self._out / beside.METRICS
    self._metrics = logs.MetricsLog(path, int(state.step))
    self._open.callback(self._metrics.close)
    return state

  def write(self, step: int, scalars: Mapping[str, np.ndarray]) -> None:
    """Notes the scalars (steps,) of the steps from `step` on."""
    assert self._metrics is not None
    for i in range(len(next(iter(scalars.values())))):
      values = {name: float(value[i]) for name, value in scalars.items()}
      self._metrics.write(step + i, values)
      if self._curves:
        self._curves.write(step + i, values)

  def draw(self, step: int, state: GANState) -> None:
    """Draws the grid of the fixed latents."""
    gen = jax.device_get(state.gen)
    drawn = sample.draw(self._dcgan, gen, self._latents)
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
