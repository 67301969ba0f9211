"""The discriminator as a feature extractor: faces to vectors, in order.

Batch norm uses statistics recomputed exactly over the real pretraining faces,
layer by layer, rather than training's running averages: those lag behind the
weights, and an untrained network has none.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np

from jaxfer import logs, parallel
from jaxfer.errors import UserError
from jaxfer.gan import sample
from jaxfer.gan.describe import POOLED, PRECISION, activations
from jaxfer.gan.networks import SMALLEST_MAP, depth
from jaxfer.gan.state import NetState, Network, Tree

Report = Callable[[int], None]


def shape(layer: str, image_size: int, width: int) -> tuple[int, int, int]:
  """What a feature vector is before it is flattened.

  Args:
    layer: `conv1` … of the discriminator, or `POOLED`.
    image_size: height and width of the faces in pixels.
    width: maps of the first layer.

  Returns:
    (maps, height, width) of the layer: conv4 of the paper's size and width is
    (512, 4, 4), of 128 pixels (512, 8, 8).

  Raises:
    ValueError: if there is no such layer, or no network of that image size.
  """
  count = depth(image_size)
  layers = {
    f"conv{i}": (width * 2 ** (i - 1), image_size >> i, image_size >> i)
    for i in range(1, count + 1)
  }
  layers[POOLED] = (width * (2**count - 1), SMALLEST_MAP, SMALLEST_MAP)
  if layer not in layers:
    raise UserError(
      f"features.layer={layer!r} is not one of {', '.join(layers)} at"
      f" crop.size={image_size}"
    )
  return layers[layer]


def dimension(layer: str, image_size: int, width: int) -> int:
  """Length of a feature vector: 8,192 for conv4 at the paper's size.

  Arguments and errors are those of `shape`.
  """
  return math.prod(shape(layer, image_size, width))


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
    layer: `conv1` … of the discriminator, or `POOLED`.
    batch: faces per call; the result does not depend on it.
    devices: the devices that share each batch.
    report: called with each further number of faces done.
  """
  described = (
    (activations(disc, params, batch_stats, images, layer), valid)
    for images, valid in _padded(faces, batch, devices)
  )
  # Through a file rather than a map: a full disk is then an error, which in a
  # map would be the end of the process.
  with out.open("wb") as file:
    for part, (rows, valid) in enumerate(_on_host(described)):
      if part == 0:
        shape = (len(faces), rows.shape[1])
        header = {"descr": "<f4", "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(file, header)
      file.write(np.ascontiguousarray(rows[:valid], "<f4").data)
      report(valid)


def _on_host(
  found: Iterable[tuple[jax.Array, int]],
) -> Iterator[tuple[np.ndarray, int]]:
  """The arrays on the host, each while devices are at the one after it."""
  before = None
  for array, valid in found:
    array.copy_to_host_async()
    if before:
      yield np.asarray(before[0]), before[1]
    before = array, valid
  if before:
    yield np.asarray(before[0]), before[1]


def write(
  disc: Network,
  state: NetState,
  pool: np.ndarray,
  faces: np.ndarray,
  out: Path,
  *,
  layer: str,
  batch: int,
  devices: Sequence[parallel.Device],
  label: str,
) -> None:
  """Features of a set, and the statistics that batch norm used for them.

  Leaves `features.npy`, `statistics.npz` and `timing.json` in `out`.

  Args:
    disc: the discriminator.
    state: its weights.
    pool: (M, H, W, 3) uint8, the faces that it learnt from.
    faces: (N, H, W, 3) uint8, those to describe.
    out: an existing folder.
    layer: as in `extract`.
    batch: faces per call.
    devices: the devices that share each batch.
    label: what progress is reported under.
  """
  total = len(state.batch_stats) * len(pool) + len(faces)
  progress, done = logs.Progress(label, total, "passes"), 0

  def report(more: int) -> None:
    nonlocal done
    compiled, done = bool(done), done + more
    if compiled or done == total:
      progress(done)
    else:
      progress.resume(done)  # no rate of compiling

  common = {"batch": batch, "devices": devices, "report": report}
  stats = recompute_statistics(
    disc, state.params, state.batch_stats, pool, **common
  )
  flat = {
    f"{norm}.{name}": np.asarray(value)
    for norm, values in stats.items()
    for name, value in values.items()
  }
  np.savez(out / "statistics.npz", allow_pickle=False, **flat)
  clock = logs.Clock()
  with clock("extract"):
    path = out / "features.npy"
    extract(disc, state.params, stats, faces, path, layer=layer, **common)
  rate = {"images_per_s": round(len(faces) / clock.seconds["extract"], 1)}
  logs.write_json(out / "timing.json", rate)


def load_statistics(folder: Path) -> Tree:
  """What batch norm used for an artifact's features, as `write` left it."""
  stats: dict[str, dict[str, jax.Array]] = {}
  path = folder / "statistics.npz"
  with np.load(path, allow_pickle=False) as flat:
    for key, value in flat.items():
      norm, _, name = key.partition(".")
      stats.setdefault(norm, {})[name] = jnp.asarray(value)
  return stats


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
  with jax.default_matmul_precision(PRECISION):
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
