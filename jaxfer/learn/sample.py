"""Drawing faces from a generator: of which latents and labels, and how."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np

from jaxfer.data import conditions
from jaxfer.learn import keys, pixels
from jaxfer.learn.keys import Purpose
from jaxfer.learn.learners import Drawer, State

LABELS = "labels.npy"
"""File of (N, K) int8, as `conditions.encode` has them.

Beside a conditional DCGAN, what it was told of each face that it learnt from;
beside the faces that it generated, what each was to show.
"""

_BATCH = 256  # latents per call; it bounds the memory of large draws


def latents(
  seed: int, count: int, dimension: int, purpose: Purpose = Purpose.FACES
) -> jax.Array:
  """Standard normal latents (count, dimension), the same for a seed.

  Of fewer, the first; of other purposes, others.
  """
  return jax.random.normal(keys.of(seed, purpose), (count, dimension))


def spherical(a: np.ndarray, b: np.ndarray, steps: int) -> np.ndarray:
  """Latents on the arc from one, (D,), to another: (steps, D) float32.

  Standard normal latents of many dimensions all have about the same length; the
  straight line between two leaves that shell, an arc does not. Lengths go from
  one to the other evenly. Both ends are among the steps.

  Raises:
    ValueError: if there are fewer than two steps.

  Reference: Shoemake, Computer Graphics 19(3), 1985; White, arXiv:1609.04468.
  """
  if steps < 2:
    raise ValueError(f"a path has two ends: steps={steps} must be 2 or more")
  a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
  lengths = np.linalg.norm(a), np.linalg.norm(b)
  cosine = np.clip(a @ b / max(lengths[0] * lengths[1], 1e-12), -1, 1)
  angle = np.arccos(cosine)
  t = np.linspace(0, 1, steps)[:, None]
  if np.sin(angle) < 1e-6:  # the same direction, or opposite ones
    return ((1 - t) * a + t * b).astype(np.float32)
  ends = a / lengths[0], b / lengths[1]
  turned = np.sin((1 - t) * angle) * ends[0] + np.sin(t * angle) * ends[1]
  path = ((1 - t) * lengths[0] + t * lengths[1]) * turned / np.sin(angle)
  return path.astype(np.float32)


def labels_for(run: Path, seed: int, count: int) -> np.ndarray | None:
  """Labels to draw with, as frequent as those in the folder of a training.

  (count, K) int8 as `conditions.encode` has them; None where there are none.
  """
  learnt = read_labels(run)
  return None if learnt is None else conditions.draw(learnt, count, seed)


def read_labels(folder: Path) -> np.ndarray | None:
  """The (N, K) int8 labels in the folder of a training, or of faces, if any."""
  path = folder / LABELS
  return np.load(path, allow_pickle=False) if path.exists() else None


def grid_of(
  seed: int,
  rows: int,
  columns: int,
  dimension: int,
  labels: np.ndarray | None = None,
  purpose: Purpose = Purpose.FACES,
) -> tuple[jax.Array, np.ndarray | None]:
  """Latents (rows · columns, dimension) and labels of a sample grid.

  With the labels (N, K) of the faces learnt from, every row has one vector of
  labels, every column one latent; without, each face has its own latent.
  """
  if labels is None:
    return latents(seed, rows * columns, dimension, purpose), None
  z = jnp.tile(latents(seed, columns, dimension, purpose), (rows, 1))
  return z, conditions.by_row(labels, rows, columns)


@functools.partial(jax.jit, static_argnums=0)
def _draw(
  learner: Drawer, state: State, z: jax.Array, labels: jax.Array | None
) -> jax.Array:
  return pixels.to_uint8(learner.draw(state, z, labels))


def draw(
  learner: Drawer,
  state: State,
  z: np.ndarray | jax.Array,
  labels: np.ndarray | None = None,
) -> np.ndarray:
  """Draws one face per latent, of (N, latent) standard normal.

  Of a learner that is told labels, (N, K) are what each face should show.

  Returns:
    (N, H, W, C) uint8, of clips (N, T, H, W, C); a face depends on its own
    latent and labels alone.
  """
  return joined(drawing(learner, state, z, labels), len(z))


def joined(parts: Iterable[jax.Array], count: int) -> np.ndarray:
  """The first faces of what `drawing` gives, on the host."""
  return np.concatenate(jax.device_get(list(parts)))[:count]


def drawing(
  learner: Drawer,
  state: State,
  z: np.ndarray | jax.Array,
  labels: np.ndarray | None = None,
) -> Iterator[jax.Array]:
  """What `draw` draws, on the device and part by part.

  Each part is begun when it is asked for; the last ends in faces of no latent.
  """
  batch = max(_BATCH // (getattr(learner, "frames", 0) or 1), 1)

  def padded(rows: np.ndarray) -> np.ndarray:
    return np.pad(rows, ((0, min(batch, len(z)) - len(rows)), (0, 0)))

  z = np.asarray(z)
  for start in range(0, len(z), batch):
    part, told = padded(z[start : start + batch]), None
    if labels is not None:
      told = padded(labels[start : start + batch].astype(np.float32))
    yield _draw(learner, state, part, told)


def write(
  learner: Drawer,
  state: State,
  run: Path,
  out: Path,
  *,
  seed: int,
  count: int,
) -> np.ndarray:
  """Draws (count, H, W, C) uint8 into `faces.npy`, and labels into `LABELS`.

  These are as frequent as in `run`, the folder that `train` wrote, if any.
  """
  labels = labels_for(run, seed, count)
  faces = draw(learner, state, latents(seed, count, learner.latent), labels)
  np.save(out / "faces.npy", faces)
  if labels is not None:
    np.save(out / LABELS, labels)
  return faces
