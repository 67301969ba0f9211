"""The training step as one program over all devices, fed with faces."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from jaxfer import parallel
from jaxfer.data import batches
from jaxfer.gan import sample
from jaxfer.gan import state as statelib
from jaxfer.gan.step import train_step


def several_steps(
  dcgan: statelib.DCGAN,
  faces: np.ndarray,
  gan: Any,
  seed: int,
  devices: Sequence[parallel.Device],
  first: int,
  last: int,
) -> Callable[[statelib.GANState, int, int], tuple[statelib.GANState, Any]]:
  """A function (state, step, count) -> (state, scalars of each step).

  Faces that fit stay on the devices and are gathered there; others are
  streamed over the same indices. Which faces a step sees depends on seed and
  step alone; of several processes, each hands over those of its own devices.

  Args:
    dcgan: the networks, their batch norm synchronised over the devices.
    faces: (N, H, W, 3) uint8.
    gan: the config's `gan` section.
    seed: fixes latents and the order of faces.
    devices: the devices, of all processes, that share each batch.
    first: the first step that will be asked for.
    last: the step after the last.
  """
  key = jax.random.key(seed)
  own = parallel.own(devices)
  part = parallel.own_part(gan.batch, devices)

  def one(state, images):
    draw_key = jax.random.fold_in(key, state.step)
    z = jax.random.normal(draw_key, (gan.batch, gan.latent))
    z = parallel.share(z, parallel.AXIS)
    images = sample.from_uint8(images)
    return train_step(dcgan, state, images, z, axis_name=parallel.AXIS)

  def several(state, chosen, load):
    if len(chosen) > 1:
      return jax.lax.scan(lambda s, c: one(s, load(c)), state, chosen)
    state, scalars = one(state, load(chosen[0]))
    return state, jax.tree.map(lambda x: x[None], scalars)

  def split(per_step: Sequence[np.ndarray]) -> np.ndarray:
    """(steps, own part, …) to (own devices, steps, batch / devices, …)."""
    stacked = np.stack(per_step)
    shape = (len(per_step), len(own), -1, *stacked.shape[2:])
    return stacked.reshape(shape).swapaxes(0, 1)

  if faces.nbytes <= gan.resident_gib * 2**30:
    resident = parallel.replicate(jnp.asarray(faces), devices)
    gather = parallel.map_devices(
      lambda state, pool, at: several(state, at, lambda i: pool[i]),
      devices,
      batched=(False, True),
    )

    def call(state, step, count):
      indices = [
        batches.batch_indices(seed, step + i, gan.batch, len(faces))[part]
        for i in range(count)
      ]
      return gather(state, resident, split(indices))

    return call

  streamed = batches.stream(faces, seed, gan.batch, first, last, part)
  direct = parallel.map_devices(
    lambda state, images: several(state, images, lambda image: image),
    devices,
    batched=(True,),
  )
  return lambda state, step, count: direct(
    state, split([next(streamed) for _ in range(count)])
  )
