"""The training step as one program over all devices, fed with faces."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from jaxfer import parallel
from jaxfer.data import batches
from jaxfer.gan import keys, sample
from jaxfer.gan import state as statelib
from jaxfer.gan.step import train_step

Call = Callable[[statelib.GANState, int, int], tuple[statelib.GANState, Any]]


def several_steps(
  dcgan: statelib.DCGAN,
  faces: np.ndarray,
  labels: np.ndarray | None,
  gan: Any,
  seed_of: Callable[[int], int],
  devices: Sequence[parallel.Device],
  last: int,
) -> Call:
  """A function (state, step, count) -> (state, scalars of each step).

  Faces that fit stay on the devices and are gathered there; others are
  streamed over the same indices. Which faces a step sees depends on its seed
  and number alone; of several processes, each hands over those of its own
  devices.

  Args:
    dcgan: the networks, their batch norm synchronised over the devices.
    faces: (N, H, W, 3) uint8.
    labels: (N, K) what each shows, or None.
    gan: the config's `gan` section.
    seed_of: by step, what fixes its latents and the order of faces; the same
      for all steps of a call.
    devices: the devices, of all processes, that share each batch.
    last: the step after the last.
  """
  own = parallel.own(devices)
  part = parallel.own_part(gan.batch, devices)

  def one(state, key, images, told=None):
    draw_key = jax.random.fold_in(jax.random.wrap_key_data(key), state.step)
    z = jax.random.normal(draw_key, (gan.batch, gan.latent))
    z = parallel.share(z, parallel.AXIS)
    images = sample.from_uint8(images)
    told = None if told is None else told.astype(z.dtype)
    return train_step(dcgan, state, images, z, told, axis_name=parallel.AXIS)

  def several(state, key, chosen, load):
    count = len(jax.tree.leaves(chosen)[0])
    if count > 1:
      step = lambda s, c: one(s, key, *load(c))  # noqa: E731
      return jax.lax.scan(step, state, chosen)
    first = jax.tree.map(lambda x: x[0], chosen)
    state, scalars = one(state, key, *load(first))
    return state, jax.tree.map(lambda x: x[None], scalars)

  # Devices that are busy with a call would make a key only after it.
  @functools.cache
  def key_of(seed: int) -> np.ndarray:
    key = keys.of(seed, keys.Purpose.TRAINING)
    return np.asarray(jax.random.key_data(key))

  def indices(step: int) -> np.ndarray:
    seed, count = seed_of(step), len(faces)
    return batches.batch_indices(seed, step, gan.batch, count)[part]

  def split(per_step: Sequence[np.ndarray]) -> np.ndarray:
    """(steps, own part, …) to (own devices, steps, batch / devices, …)."""
    stacked = np.stack(per_step)
    shape = (len(per_step), len(own), -1, *stacked.shape[2:])
    return stacked.reshape(shape).swapaxes(0, 1)

  every = (faces,) if labels is None else (faces, labels)
  if faces.nbytes <= gan.resident_gib * 2**30:
    resident = parallel.replicate(tuple(map(jnp.asarray, every)), devices)
    gather = parallel.map_devices(
      lambda state, pool, key, at: several(
        state, key, at, lambda i: [array[i] for array in pool]
      ),
      devices,
      batched=(False, False, True),
    )

    def call(state, step, count):
      chosen = split([indices(step + i) for i in range(count)])
      return gather(state, resident, key_of(seed_of(step)), chosen)

    return call

  direct = parallel.map_devices(
    lambda state, key, batch: several(state, key, batch, lambda x: x),
    devices,
    batched=(False, True),
  )
  streamed, place = iter(()), -1

  def call_streamed(state, step, count):
    nonlocal streamed, place
    if step != place:  # at the start, and after a rollback
      streamed = batches.stream(every, indices, step, last)
    place = step + count
    steps = [next(streamed) for _ in range(count)]
    batch = [split(arrays) for arrays in zip(*steps, strict=True)]
    return direct(state, key_of(seed_of(step)), batch)

  return call_streamed
