"""A dictionary of patches: what faces are made of, learnt in seconds.

Patches of 6×6 grey pixels, made alike in brightness and contrast and whitened,
are gathered around words by spherical k-means. A face is described by how much
of each word there is in each of 8×8 cells. No network is in it: what stands
beside it says what depth is worth.

Reference: Coates & Ng, "Learning Feature Representations with K-means", 2012.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from jaxfer.learn import pixels

SIDE = 6  # of a patch in pixels
WORDS = 128
CELLS = 8  # along each side of a face
FILE = "patches.npz"
_FACES = 4096  # most that patches are taken from,
_EACH = 64  # and of each of them as many
_ROUNDS = 15  # of k-means
_LEAST = 0.5  # what a word shares with a patch beyond that counts
_PLAIN = 6e-4  # variance, of a range from -1 to 1, that noise has
_NOISE = 0.01  # added to the variances of patches before they are whitened


def learn(
  faces: np.ndarray, seed: int, *, rounds: int = _ROUNDS
) -> dict[str, np.ndarray]:
  """Learns a dictionary.

  Args:
    faces: (N, H, W, 3) uint8, of which 4,096 are looked at.
    seed: of what is looked at.
    rounds: of k-means; 0 leaves words at random directions.

  Returns:
    `mean` (P,) and `whiten` (P, P), which make patches of P pixels alike; and
    `words` (W, P) of length 1. All float32.
  """
  rng = np.random.default_rng(seed)
  few = min(len(faces), _FACES)
  chosen = np.sort(rng.choice(len(faces), few, replace=False))
  grey = np.asarray(pixels.grey(jnp.asarray(faces[chosen])))
  rows, columns = (
    rng.integers(0, side - SIDE + 1, (few, _EACH, 1, 1))
    for side in grey.shape[1:]
  )
  at = np.arange(SIDE)
  each = np.arange(few).reshape(-1, 1, 1, 1)
  patches = grey[each, rows + at[:, None], columns + at].reshape(-1, SIDE**2)
  patches = patches - patches.mean(1, keepdims=True)
  patches /= np.sqrt((patches**2).mean(1, keepdims=True) + _PLAIN)
  mean = patches.mean(0)
  variances, axes = np.linalg.eigh(np.cov(patches - mean, rowvar=False))
  whiten = ((axes / np.sqrt(variances + _NOISE)) @ axes.T).astype(np.float32)
  white = (patches - mean) @ whiten
  if rounds:
    words = _unit(white[rng.choice(len(white), WORDS)])
  else:
    words = _unit(rng.standard_normal((WORDS, SIDE**2)).astype(np.float32))
  words = np.asarray(_gathered(white, words, rounds))
  return {"mean": mean, "whiten": whiten, "words": words}


def read(folder: Path) -> dict[str, np.ndarray]:
  """The dictionary that lies in a folder."""
  with np.load(folder / FILE, allow_pickle=False) as found:
    return dict(found)


def blank() -> dict[str, np.ndarray]:
  """A dictionary of the same shapes that tells nothing apart."""
  size = SIDE**2
  shapes = {"mean": (size,), "whiten": (size, size), "words": (WORDS, size)}
  return {name: np.zeros(shape, np.float32) for name, shape in shapes.items()}


def describe(learnt: Mapping[str, Any], images: jax.Array) -> jax.Array:
  """How much of each word there is in each cell of a face.

  Args:
    learnt: as `learn` returns it.
    images: (N, H, W, 3) uint8.

  Returns:
    (N, 8, 8, W), the mean over a cell's pixels of what the patch around each
    shares with the word, in deviations of whitened patches.
  """
  before = (SIDE - 1) // 2
  ends = (before, SIDE - 1 - before)
  grey = jnp.pad(pixels.grey(images), ((0, 0), ends, ends), mode="edge")

  def along(image: jax.Array, kernels: jax.Array) -> jax.Array:
    """What (P, K) kernels share with the patch around each pixel."""
    return jax.lax.conv_general_dilated(
      image[..., None],
      kernels.reshape(SIDE, SIDE, 1, -1),
      (1, 1),
      "VALID",
      dimension_numbers=("NHWC", "HWIO", "NHWC"),
    )

  # Made alike, whitened and compared with the words, by one product.
  words = learnt["whiten"] @ learnt["words"].T
  box = jnp.full((SIDE**2, 1), 1 / SIDE**2)
  variance = along(grey**2, box) - along(grey, box) ** 2
  alike = along(grey, words - words.mean(0, keepdims=True))
  alike = alike / jnp.sqrt(jnp.maximum(variance, 0) + _PLAIN)
  middle = (learnt["mean"] @ words).reshape(1, 1, 1, -1)
  there = jax.nn.relu(alike - middle - _LEAST)
  height, width = (side // CELLS for side in images.shape[1:3])
  there = there.reshape(len(images), CELLS, height, CELLS, width, -1)
  return there.mean((2, 4))


@functools.partial(jax.jit, static_argnums=2)
def _gathered(white: jax.Array, words: jax.Array, rounds: int) -> jax.Array:
  """Words after as many rounds of spherical k-means."""

  def once(_: int, words: jax.Array) -> jax.Array:
    shared = white @ words.T
    nearest = jax.nn.one_hot(shared.argmax(1), len(words))
    total = (nearest * shared.max(1, keepdims=True)).T @ white
    # A word that no patch is nearest to stays.
    return jnp.where((total == 0).all(1, keepdims=True), words, _unit(total))

  return jax.lax.fori_loop(0, rounds, once, words)


def _unit(rows: Any) -> Any:
  # Of plain faces nothing is left that has a direction.
  return rows / ((rows * rows).sum(1, keepdims=True) + 1e-12) ** 0.5
