"""Strict once, for all tests."""

import jax

# Sharding and synchronised batch norm are tested on four devices.
jax.config.update("jax_num_cpu_devices", 4)
# A shape that is broadcast by accident is an error.
jax.config.update("jax_numpy_rank_promotion", "raise")
