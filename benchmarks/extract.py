"""Faces a second from images to features, beside PyTorch.

    python -m benchmarks.extract

Both sides start from uint8 faces in memory, run the discriminator up to its
fourth convolution with running statistics, in float32, and write a float32
.npy.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax
import numpy as np

from benchmarks import harness
from jaxfer import cores, disk, features
from jaxfer.configs import base
from jaxfer.learn import learners
from jaxfer.learn.gan.dcgan import GANState


def measure(
  *, width: int = 64, faces: int = 8040, repeats: int
) -> list[harness.Row]:
  """One row, against the faster of PyTorch's two memory formats."""
  config = base.get_config()
  config.gan.width = width
  dcgan, state = learners.create(config.gan, image_size=64, seed=0)
  rng = np.random.default_rng(0)
  pool = rng.integers(0, 256, (faces, 64, 64, 3), np.uint8)
  batch, readout = config.features.batch, config.features.readout
  gpu = jax.default_backend() == "gpu"
  with tempfile.TemporaryDirectory() as folder:
    out = Path(folder, "features.npy")

    def ours() -> int:
      features.extract(
        dcgan,
        state.disc,
        pool,
        out,
        readout=readout,
        batch=batch,
        devices=jax.devices()[:1],
        report=lambda _: None,
      )
      disk.sync(out)
      return faces

    peers = {
      f"PyTorch{' channels_last' * last}": _peer(
        state, pool, batch, Path(folder, "peer.npy"), gpu, last
      )
      for last in (False, True)
      if harness.TORCH
    }
    work, goal = f"{faces} faces, width {width}", 1.5 if gpu else 0.95
    return [harness.beside(work, ours, peers, repeats, goal)]


def _peer(
  state: GANState,
  pool: np.ndarray,
  batch: int,
  out: Path,
  gpu: bool,
  channels_last: bool,
) -> Callable[[], int]:
  import torch  # pyright: ignore[reportMissingImports]

  from benchmarks import torch_dcgan

  torch.set_num_threads(cores.count())
  trainer = torch_dcgan.Trainer(
    state,
    learning_rate=1.0,
    beta1=0.5,
    device="cuda" if gpu else "cpu",
    channels_last=channels_last,
  )
  trainer.disc.eval()

  def work() -> int:
    written: Any = None
    with torch.inference_mode():
      for start in range(0, len(pool), batch):
        faces = trainer.images(pool[start : start + batch])
        found = trainer.disc.features(faces.float() / 127.5 - 1)
        rows = found.flatten(1).cpu().numpy()
        if written is None:
          shape = (len(pool), rows.shape[1])
          written = np.lib.format.open_memmap(out, "w+", np.float32, shape)
        written[start : start + len(rows)] = rows
    written.flush()
    return len(pool)

  return work


if __name__ == "__main__":
  harness.main("extract", __doc__, measure, repeats=3)
