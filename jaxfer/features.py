"""The discriminator as a feature extractor: faces to vectors, in order.

Batch norm uses statistics recomputed exactly over the real pretraining faces,
layer by layer, rather than training's running averages: those lag behind the
weights, and an untrained network has none.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np

from jaxfer import parallel
from jaxfer.gan import sample
from jaxfer.gan.networks import depth
from jaxfer.gan.state import Network, Tree

Report = Callable[[int], None]

# GPUs otherwise multiply in TF32, whose three digits less would be visible.
_PRECISION = "highest"


def dimension(layer: str, image_size: int, width: int) -> int:
  """Length of a feature vector.

  Args:
    layer: `conv1` … of the discriminator.
    image_size: height and width of the faces in pixels.
    width: maps of the first layer.

  Returns:
    maps × height × width of the layer; 8,192 for conv4 at the paper's size.

  Raises:
    ValueError: if there is no such layer, or no network of that image size.
  """
  layers = {
    f"conv{i}": width * 2 ** (i - 1) * (image_size >> i) ** 2
    for i in range(1, depth(image_size) + 1)
  }
  if layer not in layers:
    raise ValueError(
      f"features.layer={layer!r} is not one of {', '.join(layers)}"
    )
  return layers[layer]


def recompute_statistics(
  disc: Network,
  params: Tree,
  batch_stats: Tree,
  faces: np.ndarray,
  *,
  batch: int,
  devices: Sequence[parallel.Device],
  report: Report = lambda done: None,
) -> Tree:
  """Exact mean and variance before every batch norm, over all faces.

  Each layer's statistics are taken with the layers before it normalised by
  theirs, so there is a pass for each.

  Args:
    disc: the discriminator.
    params: its weights.
    batch_stats: statistics of the same structure; only that is used.
    faces: (N, H, W, 3) uint8.
    batch: faces per call; rounding aside, the result does not depend on it.
    devices: the devices that share each batch.
    report: called with each further number of faces done.

  Returns:
    Statistics like `batch_stats`, float32.
  """
  stats = {norm: dict(values) for norm, values in batch_stats.items()}
  for norm in sorted(stats):
    layer = f"pre{norm.removeprefix('norm')}"
    count, mean, squares = 0.0, 0.0, 0.0
    for images, valid in _padded(faces, batch, devices):
      part = _moments(disc, params, stats, images, valid, layer)
      n, m, s = (np.asarray(x, np.float64) for x in part)
      # Chan's rule for joining two sets' means and squared deviations.
      delta, total = m - mean, count + n
      squares = squares + s + delta**2 * count * n / total
      mean, count = mean + delta * n / total, total
      report(valid)
    stats[norm]["mean"] = jnp.asarray(mean, jnp.float32)
    stats[norm]["var"] = jnp.asarray(squares / count, jnp.float32)
  return stats


def extract(
  disc: Network,
  params: Tree,
  batch_stats: Tree,
  faces: np.ndarray,
  out: Path,
  *,
  layer: str,
  batch: int,
  devices: Sequence[parallel.Device],
  report: Report = lambda done: None,
) -> None:
  """Writes the features of every face, in order.

  Args:
    disc: the discriminator.
    params: its weights.
    batch_stats: what batch norm uses; see `recompute_statistics`.
    faces: (N, H, W, 3) uint8; any N.
    out: file to write: .npy, float32 (N, D), the layer's activations flattened
      channel first.
    layer: `conv1` … of the discriminator.
    batch: faces per call; the result does not depend on it.
    devices: the devices that share each batch.
    report: called with each further number of faces done.
  """
  features, start = None, 0
  for images, valid in _padded(faces, batch, devices):
    rows = np.asarray(_activations(disc, params, batch_stats, images, layer))
    if features is None:
      shape = (len(faces), rows.shape[1])
      features = np.lib.format.open_memmap(out, "w+", np.float32, shape)
    features[start : start + valid] = rows[:valid]
    start += valid
    report(valid)
  if features is not None:
    features.flush()


@functools.partial(jax.jit, static_argnums=(0, 4))
def _activations(
  disc: Network, params: Tree, stats: Tree, images: jax.Array, layer: str
) -> jax.Array:
  with jax.default_matmul_precision(_PRECISION):
    x = sample.from_uint8(images)
    (_, out), _ = disc(params, stats, x, train=False)
  return out[layer].transpose(0, 3, 1, 2).reshape(len(images), -1)


@functools.partial(jax.jit, static_argnums=(0, 5))
def _moments(
  disc: Network,
  params: Tree,
  stats: Tree,
  images: jax.Array,
  valid: jax.Array,
  layer: str,
) -> tuple[jax.Array, jax.Array, jax.Array]:
  """Count, mean and summed squared deviation of each map, padding left out."""
  with jax.default_matmul_precision(_PRECISION):
    x = sample.from_uint8(images)
    (_, out), _ = disc(params, stats, x, train=False)
  x = out[layer]
  weight = (jnp.arange(len(images)) < valid).astype(x.dtype)
  weight = weight.reshape(-1, 1, 1, 1)
  count = weight.sum() * x.shape[1] * x.shape[2]
  mean = (weight * x).sum((0, 1, 2)) / count
  deviation = weight * (x - mean.reshape(1, 1, 1, -1)) ** 2
  return count, mean, deviation.sum((0, 1, 2))


def _padded(
  faces: np.ndarray, batch: int, devices: Sequence[parallel.Device]
) -> Iterator[tuple[jax.Array, int]]:
  """Batches of one shape on the devices, and how many faces each holds."""
  batch = -(-batch // len(devices)) * len(devices)
  for start in range(0, len(faces), batch):
    part = faces[start : start + batch]
    images = np.zeros((batch, *faces.shape[1:]), np.uint8)
    images[: len(part)] = part
    yield parallel.split(images, devices), len(part)
