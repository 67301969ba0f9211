"""Inception features of any number of images, a batch at a time."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import jax
import numpy as np

from jaxfer import parallel
from jaxfer.metrics.inception import dialects, network
from jaxfer.metrics.inception.network import Parameters

Report = Callable[[int], None]


class Features(NamedTuple):
  """What Inception says of N images, in their order.

  Attributes:
    pool3: (N, 2048) float32, for Fréchet and kernel distance and manifolds.
    logits: (N, 1008) float32 without the classes' bias, for the inception
      score.
  """

  pool3: np.ndarray
  logits: np.ndarray


def stream(
  params: Parameters,
  images: np.ndarray,
  *,
  dialect: str,
  batch: int,
  devices: Sequence[parallel.Device],
  report: Report = lambda done: None,
) -> Iterator[Features]:
  """Features batch by batch, for what needs no more than their moments.

  All batches have one shape, the last is padded, so the network is compiled
  once for a size of images. Beside the weights' 95 MB a device holds about
  8.3 MB for each image of its share of a batch.

  Args:
    params: of `network.parameters`, in float32.
    images: (N, H, W, 3) uint8, any N; a memory map will do.
    dialect: a name in `dialects.DIALECTS`.
    batch: images per call, over all devices; rounding aside, features do not
      depend on it.
    devices: the devices that share each batch.
    report: called with each further number of images done.

  Yields:
    Features of up to `batch` images.

  Raises:
    ValueError: if there is no such dialect, or the images are of another type
      or shape.
  """
  params = parallel.replicate(params, devices)
  batch = -(-batch // len(devices)) * len(devices)
  for start in range(0, len(images), batch):
    part = images[start : start + batch]
    padded = np.zeros((batch, *images.shape[1:]), images.dtype)
    padded[: len(part)] = part
    outputs = _apply(params, parallel.split(padded, devices), dialect)
    pool3, logits = (np.asarray(rows)[: len(part)] for rows in outputs)
    report(len(part))
    yield Features(pool3, logits)


def extract(
  params: Parameters,
  images: np.ndarray,
  *,
  dialect: str,
  batch: int,
  devices: Sequence[parallel.Device],
  report: Report = lambda done: None,
) -> Features:
  """Features of all images at once: 12 KB of each.

  Args:
    params: as in `stream`.
    images: as in `stream`.
    dialect: as in `stream`.
    batch: as in `stream`.
    devices: as in `stream`.
    report: as in `stream`.

  Returns:
    Features of all N.
  """
  size = len(images)
  found = Features(
    np.empty((size, network.WIDTH), np.float32),
    np.empty((size, network.CLASSES), np.float32),
  )
  parts = stream(
    params,
    images,
    dialect=dialect,
    batch=batch,
    devices=devices,
    report=report,
  )
  start = 0
  for part in parts:
    end = start + len(part.pool3)
    found.pool3[start:end], found.logits[start:end] = part
    start = end
  return found


@functools.partial(jax.jit, static_argnames="dialect")
def _apply(
  params: Parameters, images: jax.Array, dialect: str
) -> network.Outputs:
  return network.apply(params, dialects.prepare(images, dialect))
