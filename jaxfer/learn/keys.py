"""Where random numbers come from: of a seed, a key for each purpose.

No two uses share a key. Under threefry `split(k)[i]` is `fold_in(k, i)`, so a
key is never both split and folded: every key of a seed is its purpose folded
in, and what is drawn anew each time has its number folded into that.
"""

from __future__ import annotations

import enum

import jax


class Purpose(enum.IntEnum):
  """What is drawn; a number once given stays what it is."""

  GENERATOR = 0  # initial weights
  DISCRIMINATOR = 1
  TRAINING = 2  # latents of a training step, whose number is folded in
  GRID = 3  # latents of the sample grids along training
  LOOK = 4  # latents of the faces by which a collapse is told
  FACES = 5  # latents of the faces that a trained generator draws
  PATHS = 6  # ends of the paths along which its smoothness is measured
  HEAD = 7  # initial weights of what views are compared behind
  FAKE_HEAD = 8  # and of what generated faces are told behind
  INVERSION = 9  # latents of the faces from which a generator is inverted


def of(seed: int, purpose: Purpose) -> jax.Array:
  """The key of a purpose, of a run's seed."""
  return jax.random.fold_in(jax.random.key(seed), purpose)
