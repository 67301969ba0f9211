"""A dictionary of patches: what faces are made of, learnt in seconds.

Patches of 6×6 grey pixels, made alike in brightness and contrast and whitened,
are gathered around words by spherical k-means. A face is described by how much
of each word there is in each of 8×8 cells. No network is in it: what stands
beside it says what depth is worth.

Reference: Coates & Ng, "Learning Feature Representations with K-means", 2012.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from jaxfer import untrusted
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
_PIECE = 4  # faces that a CPU describes at once
_NOISE = 0.01  # added to the variances of patches before they are whitened
_MOST_BYTES = 2**20  # that a file of words may unpack to


def learn(
  faces: np.ndarray, seed: int, *, rounds: int = _ROUNDS
) -> dict[str, np.ndarray]:
  """Learns a dictionary.

  Args:
    faces: (N, H, W, 3) uint8, of which 4,096 are looked at.
    seed: of what is looked at.
    rounds: of k-means; with 0 words are random directions.

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
  return untrusted.load_arrays(folder / FILE, _MOST_BYTES)


def blank() -> dict[str, np.ndarray]:
  """A dictionary of the same shapes that tells nothing apart."""
  size = SIDE**2
  shapes = {"mean": (size,), "whiten": (size, size), "words": (WORDS, size)}
  return {name: np.zeros(shape, np.float32) for name, shape in shapes.items()}


def describe(learnt: Mapping[str, Any], images: jax.Array) -> jax.Array:
  """How much of each word of a dictionary there is in each cell of a face.

  Of (N, H, W, 3) uint8 images, (N, 8, 8, W): the mean over a cell's pixels of
  what the patch around each shares with the word, in deviations of whitened
  patches.
  """
  words = jnp.asarray(learnt["whiten"]) @ learnt["words"].T
  middle = (learnt["mean"] @ words).reshape(1, 1, -1)

  def described(images: jax.Array) -> jax.Array:
    count, *sides = images.shape[:3]
    height, width = (side // CELLS for side in sides)
    # By cell, then by pixel, so that a cell's mean is over rows side by side.
    patches = _around(pixels.grey(images))
    patches = patches.reshape(count, CELLS, height, CELLS, width, -1)
    patches = patches.swapaxes(2, 3).reshape(-1, height * width, SIDE**2)
    there = jax.nn.relu(patches @ words - middle - _LEAST)
    return there.mean(1).reshape(count, CELLS, CELLS, -1)

  return pixels.in_pieces(described, images, _PIECE)


def _around(grey: jax.Array) -> jax.Array:
  """(N, H, W, P) the patch around each pixel, alike in contrast."""
  height, width = grey.shape[1:]
  before = (SIDE - 1) // 2
  ends = (before, SIDE - 1 - before)
  padded = jnp.pad(grey, ((0, 0), ends, ends), mode="edge")

  def mean(x: jax.Array) -> jax.Array:
    """Of each patch."""
    window, steps = (1, SIDE, SIDE), (1, 1, 1)
    total = jax.lax.reduce_window(x, 0.0, jax.lax.add, window, steps, "VALID")
    return total / SIDE**2

  middle = mean(padded)
  variance = jnp.maximum(mean(padded**2) - middle**2, 0)
  scale = jax.lax.rsqrt(variance + _PLAIN)
  at = itertools.product(range(SIDE), repeat=2)
  parts = [padded[:, y : y + height, x : x + width] for y, x in at]
  return jnp.stack([(part - middle) * scale for part in parts], axis=-1)


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
