"""A learner's step as one program over all devices, fed with faces."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from jaxfer import parallel
from jaxfer.data import batches
from jaxfer.learn import keys
from jaxfer.learn.learners import Batch, Learner, State
from jaxfer.learn.schedule import batch_size

_FEW = 256  # rows; fewer are as many
_LARGE = 2**28  # bytes, whose second copy is dearer than compiling


def several_steps(
  learner: Learner,
  faces: np.ndarray,
  labels: np.ndarray | None,
  gan: Any,
  seed: int,
  devices: Sequence[parallel.Device],
  last: int,
) -> Callable[[State, int, int], tuple[State, Any]]:
  """A function (state, step, count) -> (state, scalars of each step).

  Faces that fit stay on the devices and are gathered there; others are streamed
  over the same indices. Which faces a step sees depends on the seed and its
  number alone; of several processes, each hands over those of its own devices.

  Args:
    learner: its batch statistics taken over the devices.
    faces: (N, H, W, 3) uint8.
    labels: (N, K) what each shows, or None.
    gan: the config's `gan` section.
    seed: fixes what the learner draws, and the order of faces.
    devices: those, of all processes, that share each batch.
    last: the number of steps in all.
  """
  own, size = parallel.own(devices), batch_size(gan, len(faces))
  part = parallel.own_part(size, devices)
  # Devices that are busy with a call would make a key only after it.
  key = np.asarray(jax.random.key_data(keys.of(seed, keys.Purpose.TRAINING)))
  pace = np.float32(1) / np.float32(last)

  def indices(step: int) -> np.ndarray:
    return batches.batch_indices(seed, step, size, len(faces))[part]

  def split(per_step: Sequence[np.ndarray]) -> np.ndarray:
    """(steps, own part, …) to (own devices, steps, batch / devices, …)."""
    stacked = np.stack(per_step)
    shape = (len(per_step), len(own), -1, *stacked.shape[2:])
    return stacked.reshape(shape).swapaxes(0, 1)

  every = (faces,) if labels is None else (faces, labels)
  program, pool = _program(learner, tuple(devices)), ()
  resident = faces.nbytes <= gan.resident_gib * 2**30
  if resident:
    pool = parallel.replicate(tuple(map(_on_device, every)), devices)
  streamed = None

  def call(state, step, count):
    nonlocal streamed
    if resident:
      chosen = split([indices(step + i) for i in range(count)])
    else:
      streamed = streamed or batches.stream(every, indices, step, last)
      steps = [next(streamed) for _ in range(count)]
      chosen = [split(arrays) for arrays in zip(*steps, strict=True)]
    return program(state, key, pace, pool, chosen)

  return call


# Trainings by equal learners are one program, which JAX would keep of each.
@functools.lru_cache(maxsize=16)
def _program(
  learner: Learner, devices: tuple[parallel.Device, ...]
) -> Callable[..., tuple[State, Any]]:
  """(state, key, pace, pool, chosen) -> (state, scalars of each of the steps).

  `pace` is the share of all steps that one is. Of a `pool` of resident faces
  `chosen` are the rows of each batch; of an empty one, the batches.
  """

  def one(state, key, pace, pool, chosen):
    own_key = jax.random.fold_in(jax.random.wrap_key_data(key), state.step)
    # The middle of a step: neither the first nor the last is an end.
    done = (state.step.astype(jnp.float32) + 0.5) * pace
    images, *told = [array[chosen] for array in pool] if pool else chosen
    return learner.step(state, Batch(images, *told, done=done), own_key)

  def several(state, key, pace, pool, chosen):
    if len(jax.tree.leaves(chosen)[0]) > 1:
      return jax.lax.scan(
        lambda s, c: one(s, key, pace, pool, c), state, chosen
      )
    first = jax.tree.map(lambda x: x[0], chosen)
    state, scalars = one(state, key, pace, pool, first)
    return state, jax.tree.map(lambda x: x[None], scalars)

  return parallel.map_devices(
    several, devices, batched=(False, False, False, True)
  )


def _on_device(rows: np.ndarray) -> jax.Array:
  """Rows, and black ones behind them that no step sees.

  They make few sizes of many, so that trainings on about as many faces, as
  those of sealed folds, are one program, and compiled once.
  """
  if rows.nbytes > _LARGE:
    return jnp.asarray(rows)
  count = len(rows)
  unit = max(_FEW, 2 ** max(count.bit_length() - 3, 0))
  spare = [(0, -count % unit), *[(0, 0)] * (rows.ndim - 1)]
  return jnp.asarray(np.pad(rows, spare))
