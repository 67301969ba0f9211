"""Inception features of any number of images, a batch at a time."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import jax
import numpy as np

from jaxfer import parallel
from jaxfer.metrics.inception import dialects, network
from jaxfer.metrics.inception.network import Outputs, Parameters


def extract(
  params: Parameters,
  images: np.ndarray,
  *,
  dialect: str,
  batch: int,
  devices: Sequence[parallel.Device],
) -> Outputs:
  """Features of all images, computed batch by batch.

  All batches have one shape, the last is padded, so the network is compiled
  once for a size of images. Beside the weights' 95 MB a device holds about
  8.3 MB for each image of its share of a batch, and the host 12 KB for each of
  all images: what is measured of them needs them together.

  Args:
    params: of `network.parameters`, in float32.
    images: (N, H, W, 3) uint8, any N; a memory map will do.
    dialect: a name in `dialects.DIALECTS`.
    batch: images per call, over all devices; rounding aside, features do not
      depend on it.
    devices: the devices that share each batch.

  Returns:
    Those of all N, float32 on the host.

  Raises:
    ValueError: if there is no such dialect, or the images are of another type
      or shape.
  """
  params = parallel.replicate(params, devices)
  batch = -(-batch // len(devices)) * len(devices)
  found = Outputs(
    np.empty((len(images), network.WIDTH), np.float32),
    np.empty((len(images), network.CLASSES), np.float32),
  )
  done = 0
  for part, count in parallel.padded(images, batch):
    outputs = _apply(params, parallel.split(part, devices), dialect)
    for rows, output in zip(found, outputs, strict=True):
      rows[done : done + count] = np.asarray(output)[:count]
    done += count
  return found


@functools.partial(jax.jit, static_argnames="dialect")
def _apply(params: Parameters, images: jax.Array, dialect: str) -> Outputs:
  return network.apply(params, dialects.prepare(images, dialect))
