"""A learner's encoder as a feature extractor: faces to vectors, in order.

Batch norm uses statistics recomputed exactly over the real pretraining faces,
layer by layer, rather than training's running averages: those lag behind the
weights, and an untrained network has none.
"""

from __future__ import annotations

import dataclasses
import functools
import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from jaxfer import logs, parallel, untrusted
from jaxfer.learn.encoding import BEFORE_NORM, PRECISION, activations, join
from jaxfer.learn.learners import Learner
from jaxfer.learn.networks import NetState

Report = Callable[[int], None]
_MOST_BYTES = 2**24  # that a file of statistics may unpack to


def recompute_statistics(
  learner: Learner,
  net: NetState,
  faces: np.ndarray,
  *,
  batch: int,
  devices: Sequence[parallel.Device],
  report: Report = lambda done: None,
) -> NetState:
  """Exact mean and variance before every batch norm, over all faces.

  Each layer's statistics are taken with the layers before it normalised by
  theirs, so there is a pass for each.

  Args:
    learner: whose encoder it is.
    net: the encoder; of its statistics only the structure is used.
    faces: (N, H, W, 3) uint8.
    batch: faces per call; rounding aside, the result does not depend on it.
    devices: those that share each batch.
    report: called with each further number of faces done.

  Returns:
    The encoder with these statistics, float32.
  """
  stats = {norm: dict(values) for norm, values in net.batch_stats.items()}
  for norm in sorted(stats):
    layer = BEFORE_NORM + norm.removeprefix("norm")
    known = dataclasses.replace(net, batch_stats=stats)
    count, mean, squares = 0.0, 0.0, 0.0
    for images, valid in _padded(faces, batch, devices):
      part = _moments(learner, known, images, valid, layer)
      n, m, s = (np.asarray(x, np.float64) for x in part)
      # Chan's rule for joining two sets' means and squared deviations.
      delta, total = m - mean, count + n
      squares = squares + s + delta**2 * count * n / total
      mean, count = mean + delta * n / total, total
      report(valid)
    stats[norm]["mean"] = jnp.asarray(mean, jnp.float32)
    stats[norm]["var"] = jnp.asarray(squares / count, jnp.float32)
  return dataclasses.replace(net, batch_stats=stats)


def extract(
  learner: Learner,
  net: NetState,
  faces: np.ndarray,
  out: Path,
  *,
  readout: str,
  batch: int,
  devices: Sequence[parallel.Device],
  report: Report = lambda done: None,
) -> None:
  """Writes the features of every face, in order.

  Arguments are those of `recompute_statistics`, which gives `net`, and:

    out: file to write: .npy, float32 (N, D), maps flattened channel first.
    readout: as in `encoding.shape`.
  """

  def described() -> Iterator[tuple[list[jax.Array], int]]:
    for images, valid in _padded(faces, batch, devices):
      arrays = activations(learner, net, images, readout)
      for array in arrays:
        array.copy_to_host_async()
      yield arrays, valid

  # Devices are at the second of a pair while the first is written.
  pairs = itertools.pairwise(itertools.chain(described(), [([], 0)]))
  # Through a file rather than a map: a full disk is then an error, which in a
  # map would be the end of the process.
  with out.open("wb") as file:
    done = 0
    for (arrays, valid), _ in pairs:
      found = [np.asarray(x)[:valid] for x in arrays]
      rows = join(found, faces[done : done + valid], readout)
      if done == 0:
        shape = (len(faces), rows.shape[1])
        header = {"descr": "<f4", "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(file, header)
      file.write(np.ascontiguousarray(rows, "<f4").data)
      report(valid)
      done += valid


def write_statistics(
  learner: Learner, net: NetState, pool: np.ndarray, out: Path, **how: Any
) -> None:
  """Leaves `statistics.npz` in a folder, for `with_statistics`.

  Of the encoder and the faces that it learnt from, (M, H, W, 3) uint8. `how` is
  `batch` and `devices`; and `label`, what progress is reported under.
  """
  passes = len(net.batch_stats) * len(pool)
  how["report"] = _progress(how.pop("label"), passes)
  net = recompute_statistics(learner, net, pool, **how)
  flat = {
    f"{norm}.{name}": np.asarray(value)
    for norm, values in net.batch_stats.items()
    for name, value in values.items()
  }
  np.savez(out / "statistics.npz", allow_pickle=False, **flat)


def with_statistics(net: NetState, folder: Path) -> NetState:
  """An encoder with the statistics that `write_statistics` left."""
  stats: dict[str, dict[str, jax.Array]] = {}
  flat = untrusted.load_arrays(folder / "statistics.npz", _MOST_BYTES)
  for key, value in flat.items():
    norm, _, name = key.partition(".")
    stats.setdefault(norm, {})[name] = jnp.asarray(value)
  return dataclasses.replace(net, batch_stats=stats)


def write(
  learner: Learner,
  net: NetState,
  faces: np.ndarray,
  out: Path,
  *,
  label: str,
  **how: Any,
) -> None:
  """Leaves `features.npy` and `timing.json` in a folder.

  Progress is reported under the label; `how` is `readout`, `batch` and
  `devices`, as in `extract`.
  """
  how["report"], clock = _progress(label, len(faces)), logs.Clock()
  with clock("extract"):
    extract(learner, net, faces, out / "features.npy", **how)
  rate = {"images_per_s": round(len(faces) / clock.seconds["extract"], 1)}
  logs.write_json(out / "timing.json", rate)


def _progress(label: str, total: int) -> Report:
  """Reports each further number of faces done, but no rate of compiling."""
  progress, done = logs.Progress(label, total, "passes"), 0

  def report(more: int) -> None:
    nonlocal done
    compiled, done = bool(done), done + more
    if compiled or done == total:
      progress(done)
    else:
      progress.resume(done)

  return report


@functools.partial(jax.jit, static_argnums=(0, 4))
def _moments(
  learner: Learner,
  net: NetState,
  images: jax.Array,
  valid: jax.Array,
  layer: str,
) -> tuple[jax.Array, jax.Array, jax.Array]:
  """Count, mean and summed squared deviation of each map, padding left out."""
  with jax.default_matmul_precision(PRECISION):
    out = learner.encode(net, images)
  x = out[layer]
  weight = (jnp.arange(len(images)) < valid).astype(x.dtype)
  weight = weight.reshape(-1, *(1,) * (x.ndim - 1))
  count = weight.sum() * math.prod(x.shape[1:-1])
  places = tuple(range(x.ndim - 1))
  mean = (weight * x).sum(places) / count
  centre = mean.reshape(*(1,) * (x.ndim - 1), -1)
  deviation = weight * (x - centre) ** 2
  return count, mean, deviation.sum(places)


def _padded(
  faces: np.ndarray, batch: int, devices: Sequence[parallel.Device]
) -> Iterator[tuple[jax.Array, int]]:
  """Batches of one shape on the devices, and how many faces each holds."""
  batch = -(-batch // len(devices)) * len(devices)
  for images, valid in parallel.padded(faces, batch):
    yield parallel.split(images, devices), valid
