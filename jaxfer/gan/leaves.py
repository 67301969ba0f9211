"""A training state as named arrays, which is what a checkpoint holds."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import jax
import numpy as np

from jaxfer.gan.state import GANState


def of(state: GANState) -> dict[str, np.ndarray]:
  """The arrays of a state by their path, such as `disc.params.conv1.kernel`."""
  flat, _ = jax.tree.flatten_with_path(state)
  return {_name(path): np.asarray(leaf) for path, leaf in flat}


def fit(like: GANState, arrays: Mapping[str, np.ndarray]) -> GANState:
  """The state that `of` gave these arrays for.

  Args:
    like: a state of the expected structure, shapes and types.
    arrays: by name.

  Raises:
    ValueError: if they belong to other networks, naming the leaf.
  """
  flat, structure = jax.tree.flatten_with_path(like)
  ordered = []
  for path, expected in flat:
    name = _name(path)
    found = arrays.get(name)
    wanted = f"{expected.dtype}{list(expected.shape)}"
    have = "nothing" if found is None else f"{found.dtype}{list(found.shape)}"
    if wanted != have:
      raise ValueError(
        f"the checkpoint does not fit these networks: {name} should be"
        f" {wanted}, the checkpoint has {have}; use the config it was made with"
      )
    ordered.append(found)
  for name in arrays.keys() - {_name(path) for path, _ in flat}:
    raise ValueError(
      f"the checkpoint does not fit these networks: it has {name}, which they"
      " have not; use the config it was made with"
    )
  return jax.tree.unflatten(structure, ordered)


def checksum(arrays: Mapping[str, np.ndarray]) -> str:
  """SHA-256 over names, types, shapes and values, in hex."""
  whole = hashlib.sha256()
  for name in sorted(arrays):
    leaf = arrays[name]
    whole.update(f"{name} {leaf.dtype} {leaf.shape}".encode())
    whole.update(np.ascontiguousarray(leaf).tobytes())
  return whole.hexdigest()


def _name(path: tuple[Any, ...]) -> str:
  return jax.tree_util.keystr(path, simple=True, separator=".")
