"""Many dual problems over some kernels, solved side by side by one program.

Each step moves two coefficients of every problem that is not solved yet, those
of second-order working sets. Rows that a problem does not have are masked.

Reference: Fan, Chen & Lin, JMLR 6, 2005, for the working sets.
"""

from __future__ import annotations

import functools
from typing import NamedTuple

import jax
import jax.numpy as jnp

_FLAT = 1e-12  # least curvature between two rows, as libsvm has it
_ROUND = 1000  # steps after which decision values are computed afresh
_ROUNDS = 100


class Solved(NamedTuple):
  """What P problems over each of F kernels ended with."""

  coefficients: jax.Array  # (F, P, n) labels times dual variables; 0: not had
  biases: jax.Array  # (F, P)
  # (F, P) how far the most violating two rows are apart; minus infinity where
  # no two can move, as in a problem of one class.
  gaps: jax.Array


@functools.partial(jax.jit, static_argnames="tolerance")
def solve(
  kernels: jax.Array, signs: jax.Array, C: jax.Array, tolerance: float
) -> Solved:
  """Solves max sum(a) - a'Qa / 2 with 0 <= a <= C and y'a = 0, F × P times.

  Args:
    kernels: (F, n, n) float32, each of all rows of its P problems.
    signs: (F, P, n) float32 labels y, 1 or -1; 0 for a row that a problem has
      not.
    C: (F, P) float32 box constraints.
    tolerance: the gap at which a problem is solved; 100,000 steps are the
      limit.
  """
  shape, which = signs.shape, jnp.repeat(jnp.arange(len(signs)), C.shape[1])
  signs, C = signs.reshape(-1, shape[-1]), C.ravel()
  diagonal = jnp.diagonal(kernels, axis1=1, axis2=2)[which]
  # Of y a: what each may become at least and at most.
  low = jnp.where(signs < 0, -C[:, None], 0.0)
  high = jnp.where(signs > 0, C[:, None], 0.0)
  count = jnp.arange(len(signs))

  def ends(had: jax.Array, values: jax.Array) -> tuple[jax.Array, jax.Array]:
    """Decision values still missing, of rows that may rise, and may fall."""
    lack = signs - values
    up = jnp.where(had < high, lack, -jnp.inf)
    down = jnp.where(had > low, lack, jnp.inf)
    return up, down

  def step(state):
    had, values, taken, _ = state
    up, down = ends(had, values)
    i = up.argmax(1)
    most = up[count, i]
    gap = most - down.min(1)
    row = kernels[which, i]
    apart = diagonal[count, i][:, None] + diagonal - 2 * row
    apart = jnp.maximum(apart, _FLAT)
    rise = most[:, None] - down
    gain = jnp.where(rise > 0, rise**2 / apart, -jnp.inf)
    j = gain.argmax(1)
    room_i = high[count, i] - had[count, i]
    room_j = had[count, j] - low[count, j]
    move = rise[count, j] / apart[count, j]
    move = jnp.minimum(jnp.minimum(move, room_i), room_j)
    move = jnp.where(gap > tolerance, move, 0.0)
    # At a bound exactly, whatever rounding makes of the sum.
    at_i = jnp.where(move >= room_i, high[count, i], had[count, i] + move)
    at_j = jnp.where(move >= room_j, low[count, j], had[count, j] - move)
    moved = had.at[count, i].set(at_i).at[count, j].set(at_j)
    had = jnp.where((gap > tolerance)[:, None], moved, had)
    values += move[:, None] * (row - kernels[which, j])
    return had, values, taken + 1, (gap > tolerance).any()

  def computed(had: jax.Array) -> jax.Array:
    found = jnp.matmul(had.reshape(shape), kernels, precision="highest")
    return found.reshape(had.shape)

  def some(state):
    had, rounds, _ = state
    start = had, computed(had), 0, True
    found, _, _, left = jax.lax.while_loop(
      lambda inner: inner[3] & (inner[2] < _ROUND), step, start
    )
    return found, rounds + 1, left

  had, _, _ = jax.lax.while_loop(
    lambda outer: outer[2] & (outer[1] < _ROUNDS),
    some,
    (jnp.zeros_like(signs), 0, True),
  )
  values = computed(had)
  up, down = ends(had, values)
  free = (had > low) & (had < high)
  most, least = up.max(1), down.min(1)
  inside = jnp.where(free, signs - values, 0.0).sum(1)
  # Between both ends, or at the one there is, where no row is free.
  most = jnp.where(jnp.isfinite(most), most, least)
  least = jnp.where(jnp.isfinite(least), least, most)
  middle = jnp.where(jnp.isfinite(most), (most + least) / 2, 0.0)
  some_free = free.sum(1)
  biases = jnp.where(some_free > 0, inside / jnp.maximum(some_free, 1), middle)
  gaps = up.max(1) - down.min(1)
  return Solved(
    had.reshape(shape), biases.reshape(shape[:2]), gaps.reshape(shape[:2])
  )
