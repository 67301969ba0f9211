"""Strict once, for all tests."""

import atexit
import tempfile

import jax

# Sharding and synchronised batch norm are tested on four devices.
jax.config.update("jax_num_cpu_devices", 4)
# A shape that is broadcast by accident is an error.
jax.config.update("jax_numpy_rank_promotion", "raise")

# Many tests train the same tiny network anew; it is compiled once. The cache
# lives as long as the session: programs compiled for another CPU may crash.
_CACHE = tempfile.TemporaryDirectory(prefix="jaxfer-tests-")
atexit.register(_CACHE.cleanup)
jax.config.update("jax_compilation_cache_dir", _CACHE.name)
jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.1)
jax.config.update("jax_persistent_cache_min_entry_size_bytes", 0)
