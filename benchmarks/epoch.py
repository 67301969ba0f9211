"""What training costs beyond its steps: checkpoints, logs, sample grids.

    python -m benchmarks.epoch

The peer is a bare loop over the same steps that keeps nothing. On both sides
what comes before the first step does not count, nor does a call by which a
program was used first and so compiled; all else does, the wait for the disk at
the end too.
"""

from __future__ import annotations

import functools
import tempfile
import time
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks import harness
from jaxfer import logs, parallel
from jaxfer.configs import base
from jaxfer.data import batches
from jaxfer.learn import keys, learners, pixels, schedule
from jaxfer.learn.gan.dcgan import train_step
from jaxfer.learn.train import train

GOAL = 0.95


def measure(
  *,
  width: int = 16,
  batch: int = 64,
  epochs: int = 2,
  faces: int = 1608,
  repeats: int,
) -> list[harness.Row]:
  """Training as users run it against the bare loop."""
  gan = base.get_config().gan
  gan.width, gan.batch, gan.epochs = width, batch, epochs
  rng = np.random.default_rng(0)
  pool = rng.integers(0, 256, (faces, 64, 64, 3), np.uint8)
  steps = schedule.total_steps(gan, faces)
  bare = _bare(gan, pool, steps)
  rates: list[tuple[float, float]] = []
  for _ in range(repeats + 1):
    rates.append((_training(gan, pool), bare()))
  ours, peer = np.median(rates[1:], axis=0).tolist()
  note = (
    f"{steps} steps, but for set-up and calls that compile, on both"
    f" sides; a checkpoint every {gan.checkpoint_every} steps and at the end,"
    f" {gan.grids} sample grids"
  )
  work = f"{epochs} epochs of {faces}, width {width}, batch {batch}"
  peer_name = "the same steps in a bare loop"
  row = harness.Row(work, ours, peer, "images/s", peer_name, GOAL, note)
  return [row]


def _training(gan, pool: np.ndarray) -> float:
  with tempfile.TemporaryDirectory() as folder:
    train(pool, Path(folder), gan=gan, seed=0, devices=jax.devices()[:1])
    timing = logs.read_json(Path(folder, "timing.json"))
  images = timing["images_per_s"] * timing["steps"]
  return images / (timing["steps"] + timing["closing"])


def _bare(gan, pool: np.ndarray, steps: int):
  """A loop over the same faces, with as many steps a call as training has."""
  devices = jax.devices()[:1]
  stride = schedule.steps_per_call(gan, devices[0].platform)
  dcgan, state = learners.create(
    gan, image_size=pool.shape[1], seed=0, axis_name=parallel.AXIS
  )
  one = functools.partial(train_step, dcgan)
  key = keys.of(0, keys.Purpose.TRAINING)

  def several(state, pool, chosen):
    def body(state, at):
      draw = jax.random.fold_in(key, state.step)
      z = jax.random.normal(draw, (gan.batch, gan.latent))
      return one(state, pixels.from_uint8(pool[at]), z)

    return jax.lax.scan(body, state, chosen)

  call = parallel.map_devices(several, devices, batched=(False, True))
  state = parallel.replicate(state, devices)
  resident = parallel.replicate(jnp.asarray(pool), devices)

  def run() -> float:
    nonlocal state
    start = time.perf_counter()
    calls = max(steps // stride, 1)
    for c in range(calls):
      chosen = [
        batches.batch_indices(0, c * stride + i, gan.batch, len(pool))
        for i in range(stride)
      ]
      state, scalars = call(state, resident, np.stack(chosen)[None])
    jax.block_until_ready(scalars)
    return calls * stride * gan.batch / (time.perf_counter() - start)

  return run


if __name__ == "__main__":
  harness.main("epoch", __doc__, measure, repeats=3)
