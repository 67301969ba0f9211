"""Checkpoints of a training state, by Orbax, with checksums.

Orbax writes atomically but does not notice a flipped bit, and it takes an
empty folder for a step. So each checkpoint carries a checksum of its arrays,
and restoring goes back to the newest one that holds.
"""

from __future__ import annotations

import dataclasses
import hashlib
import logging
from pathlib import Path
from typing import Any

import jax
import numpy as np
import orbax.checkpoint as ocp
from orbax.checkpoint import checkpoint_managers

from jaxfer.artifacts import DamagedError
from jaxfer.gan.state import GANState

_log = logging.getLogger(__name__)


class Checkpoints:
  """The checkpoints of one training run.

  Args:
    folder: where they lie; made if absent.
    every: steps between regular ones; others are of interruptions.
    keep: how many of the newest are kept, and the newest regular one.
  """

  def __init__(self, folder: Path, every: int = 1, keep: int = 2):
    self._folder, self._every = folder.absolute(), every
    self._folder.mkdir(parents=True, exist_ok=True)
    # Of several processes the one that opens the folder is the only one.
    own = jax.process_index()
    policies = [checkpoint_managers.LatestN(keep), _LatestRegular(every)]
    options = ocp.CheckpointManagerOptions(
      create=False,
      multiprocessing_options=ocp.options.MultiprocessingOptions(
        primary_host=own, active_processes={own}
      ),
      preservation_policy=checkpoint_managers.AnyPreservationPolicy(policies),
      cleanup_tmp_directories=True,
    )
    self._manager = ocp.CheckpointManager(self._folder, options=options)

  def save(self, state: GANState) -> None:
    """Saves a state under its step; writing goes on in the background."""
    leaves = _leaves(jax.device_get(state))
    self._manager.save(
      int(state.step),
      args=ocp.args.Composite(
        state=ocp.args.PyTreeSave(leaves),
        check=ocp.args.JsonSave({"sha256": _checksum(leaves)}),
      ),
    )

  def restore(
    self, like: GANState, *, regular: bool = False
  ) -> GANState | None:
    """The newest intact state, or None where there is none.

    A damaged checkpoint is set aside under another name, with a warning.

    Args:
      like: a state of the expected structure, shapes and types.
      regular: pass over those of interruptions.

    Returns:
      A state of arrays on the host.

    Raises:
      ValueError: if a checkpoint belongs to other networks, naming the leaf.
    """
    self._manager.wait_until_finished()
    for step in sorted(self._manager.all_steps(), reverse=True):
      if regular and step % self._every:
        continue
      try:
        leaves = self._read(step)
      # Orbax raises many kinds of errors on damaged files.
      except Exception as error:
        self._set_aside(step, error)
        continue
      return _unflatten(like, leaves)
    return None

  def delete_after(self, step: int) -> None:
    """Deletes the checkpoints of later steps."""
    for later in self._manager.all_steps():
      if later > step:
        self._manager.delete(later)

  def close(self) -> None:
    """Waits until everything is on disk."""
    self._manager.wait_until_finished()
    self._manager.close()

  def _read(self, step: int) -> dict[str, np.ndarray]:
    restored = self._manager.restore(
      step,
      args=ocp.args.Composite(
        state=ocp.args.PyTreeRestore(), check=ocp.args.JsonRestore()
      ),
    )
    arrays = restored["state"]
    leaves = {name: np.asarray(array) for name, array in arrays.items()}
    if _checksum(leaves) != restored["check"]["sha256"]:
      raise ValueError("the arrays do not match their checksum")
    return leaves

  def _set_aside(self, step: int, error: Exception) -> None:
    damaged = self._folder / str(step)
    aside = self._folder.with_name(f"{self._folder.name}-damaged-{step}")
    _log.warning(
      "checkpoint %s is damaged (%s); set aside as %s",
      damaged,
      str(error).partition("\n")[0],
      aside.name,
    )
    damaged.rename(aside)
    self._manager.reload()


@dataclasses.dataclass
class _LatestRegular(checkpoint_managers.PreservationPolicy):
  """Keeps the newest checkpoint at a multiple of so many steps."""

  every: int

  def should_preserve(self, checkpoints, *, context) -> list[bool]:
    del context
    steps = [one.step for one in checkpoints]
    newest = max((s for s in steps if s % self.every == 0), default=None)
    return [step == newest for step in steps]


def load(run: Path, like: GANState) -> GANState:
  """The newest intact state of a finished training.

  Args:
    run: the folder that `train` wrote.
    like: a state of the expected structure, shapes and types.

  Raises:
    DamagedError: if there is none.
    ValueError: if it belongs to other networks, naming the leaf.
  """
  # Opening a folder of checkpoints makes it where it is not there.
  restored = None
  if (run / "checkpoints").is_dir():
    checkpoints = Checkpoints(run / "checkpoints")
    restored = checkpoints.restore(like)
    checkpoints.close()
  if restored is None:
    raise DamagedError(
      f"{run} holds no intact checkpoint: delete it and run again, or name the"
      " folder of another trained DCGAN"
    )
  return restored


def _leaves(state: GANState) -> dict[str, np.ndarray]:
  """The arrays of a state by their path, such as `disc.params.conv1.kernel`."""
  flat, _ = jax.tree.flatten_with_path(state)
  return {_name(path): np.asarray(leaf) for path, leaf in flat}


def _unflatten(like: GANState, leaves: dict[str, np.ndarray]) -> GANState:
  flat, structure = jax.tree.flatten_with_path(like)
  ordered = []
  for path, expected in flat:
    name = _name(path)
    found = leaves.get(name)
    wanted = f"{expected.dtype}{list(expected.shape)}"
    have = "nothing" if found is None else f"{found.dtype}{list(found.shape)}"
    if wanted != have:
      raise ValueError(
        f"the checkpoint does not fit these networks: {name} should be"
        f" {wanted}, the checkpoint has {have}; use the config it was made with"
      )
    ordered.append(found)
  return jax.tree.unflatten(structure, ordered)


def _name(path: tuple[Any, ...]) -> str:
  return jax.tree_util.keystr(path, simple=True, separator=".")


def _checksum(leaves: dict[str, np.ndarray]) -> str:
  whole = hashlib.sha256()
  for name in sorted(leaves):
    leaf = leaves[name]
    whole.update(f"{name} {leaf.dtype} {leaf.shape}".encode())
    whole.update(np.ascontiguousarray(leaf).tobytes())
  return whole.hexdigest()
