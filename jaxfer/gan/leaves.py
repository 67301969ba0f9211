"""A training state as named arrays, which is what a checkpoint holds."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import jax
import numpy as np

from jaxfer.errors import UserError
from jaxfer.gan.state import GANState


class MisfitError(UserError):
  """A checkpoint belongs to other networks."""


def of(state: GANState) -> dict[str, np.ndarray]:
  """The arrays of a state by their path, such as `disc.params.conv1.kernel`."""
  flat, _ = jax.tree.flatten_with_path(state)
  return {_name(path): np.asarray(leaf) for path, leaf in flat}


def described(arrays: Mapping[str, Any]) -> dict[str, str]:
  """Types and shapes by name, such as `float32[4, 3]`, of arrays or the like.

  Args:
    arrays: by name, what has a `dtype` and a `shape`.
  """
  return {k: f"{v.dtype}{list(v.shape)}" for k, v in arrays.items()}


def refuse_others(like: GANState, found: Mapping[str, str]) -> None:
  """Compares a checkpoint's arrays with what a state has.

  Args:
    like: a state of the expected structure, shapes and types.
    found: what `described` gives for the checkpoint's arrays.

  Raises:
    MisfitError: if they belong to other networks, naming the leaf.
  """
  flat, _ = jax.tree.flatten_with_path(like)
  expected = described({_name(path): leaf for path, leaf in flat})
  for name, wanted in expected.items():
    have = found.get(name, "nothing")
    if wanted != have:
      raise MisfitError(
        f"the checkpoint does not fit these networks: {name} should be"
        f" {wanted}, the checkpoint has {have}; use the config it was made with"
      )
  for name in found.keys() - expected.keys():
    raise MisfitError(
      f"the checkpoint does not fit these networks: it has {name}, which they"
      " have not; use the config it was made with"
    )


def fit(like: GANState, arrays: Mapping[str, np.ndarray]) -> GANState:
  """The state that `of` gave these arrays for.

  Args:
    like: a state of the expected structure, shapes and types.
    arrays: by name.

  Raises:
    MisfitError: if they belong to other networks, naming the leaf.
  """
  refuse_others(like, described(arrays))
  flat, structure = jax.tree.flatten_with_path(like)
  return jax.tree.unflatten(
    structure, [arrays[_name(path)] for path, _ in flat]
  )


def checksum(arrays: Mapping[str, np.ndarray]) -> str:
  """SHA-256 over names, types, shapes and values, in hex."""
  whole = hashlib.sha256()
  for name in sorted(arrays):
    leaf = arrays[name]
    whole.update(f"{name} {leaf.dtype} {leaf.shape}".encode())
    flat = np.ascontiguousarray(leaf).reshape(-1)
    whole.update(flat.view(np.uint8).data)
  return whole.hexdigest()


def _name(path: tuple[Any, ...]) -> str:
  return jax.tree_util.keystr(path, simple=True, separator=".")
