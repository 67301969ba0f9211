"""Matrix products of narrow numbers, summed and returned in wide ones.

Besides digits that gains time: XLA:CPU has a product of bfloat16 that sums in
float32, and none that rounds to bfloat16, for which it widens its arguments
first. Nor has it one whose first matrix is transposed: there the matrix is
written anew, by rows (`benchmarks/NOTES.md`).
"""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax import lax
from jax.experimental.layout import Layout, with_layout_constraint

_BY_ROWS = Layout(major_to_minor=(0, 1))


@jax.named_scope("product")
def product(
  first: jax.Array, second: jax.Array, axis: int, other: int
) -> jax.Array:
  """The product of two matrices of one type, summed over an axis of each.

  `axis`, of the first, is 1, or 0 for its transpose; `other`, of the second, 0,
  or 1 for its transpose.

  Returns:
    The axes that are left, the first's first, in at least float32.
  """
  wide = jnp.promote_types(first.dtype, jnp.float32)
  if axis == 0 and first.dtype != wide:
    # Of a transpose XLA would only change the layout, and be no faster.
    first, axis = with_layout_constraint(first.T, _BY_ROWS), 1
  axes = (((axis,), (other,)), ((), ()))
  return lax.dot_general(first, second, axes, preferred_element_type=wide)
