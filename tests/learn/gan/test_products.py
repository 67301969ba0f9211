"""Products of narrow matrices, either of them transposed."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxfer.learn.gan.products import product


@pytest.mark.parametrize("axes", [(0, 0), (0, 1), (1, 0), (1, 1)])
@pytest.mark.parametrize("dtype", ["bfloat16", "float32"])
def test_a_product_is_that_of_its_arguments_in_full(dtype, axes):
  rng = np.random.default_rng(0)
  shapes = [(300, 7) if axes[0] == 0 else (7, 300)]
  shapes += [(300, 5) if axes[1] == 0 else (5, 300)]
  pair = [jnp.asarray(rng.normal(size=shape), dtype) for shape in shapes]
  first, second = (np.asarray(x, np.float64) for x in pair)
  first = first.T if axes[0] == 0 else first
  second = second if axes[1] == 0 else second.T
  found = jax.jit(product, static_argnums=(2, 3))(*pair, *axes)
  assert found.dtype == jnp.float32
  # Rounding each sum to bfloat16 would err by 2 in 1,000.
  assert np.abs(found - first @ second).max() < 1e-5 * np.abs(found).max()


def test_a_transposed_first_matrix_is_written_by_rows():
  # Else XLA:CPU takes the product two to four times slower, in silence.
  first, second = (
    jnp.ones((64, 8), jnp.bfloat16),
    jnp.ones((64, 4), jnp.bfloat16),
  )
  program = jax.jit(product, static_argnums=(2, 3)).lower(first, second, 0, 0)
  lines = str(program.compile().as_text()).splitlines()
  [line] = [line for line in lines if " dot(" in line]
  assert "lhs_contracting_dims={1}" in line
