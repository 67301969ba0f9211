"""Checkpoints of a training state, by Orbax, with checksums.

Orbax writes atomically but does not notice a flipped bit, and it takes an
empty folder for a step. So each checkpoint carries a checksum of its arrays
and says whose it is, and restoring goes back to the newest one that holds.
"""

from __future__ import annotations

import contextlib
import dataclasses
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jax
import numpy as np
import orbax.checkpoint as ocp
from orbax.checkpoint import checkpoint_managers

from jaxfer import disk
from jaxfer.artifacts import DamagedError
from jaxfer.gan import leaves
from jaxfer.gan.beside import Seal
from jaxfer.gan.state import GANState

_ITEMS = ("state", "check")  # folders of a checkpoint

_log = logging.getLogger(__name__)


class Checkpoints:
  """The checkpoints of one training run.

  Args:
    folder: where they lie; made if absent.
    every: steps between regular ones; others are of interruptions.
    keep: how many of the newest are kept, and the newest regular one.
    run: tells this training from others; a checkpoint of another one that lies
      here does not count. Empty where any will do.
    read_only: change nothing, not even where something is damaged.
  """

  def __init__(
    self,
    folder: Path,
    every: int = 1,
    keep: int = 2,
    *,
    run: str = "",
    read_only: bool = False,
  ):
    self._folder, self._every = folder.absolute(), every
    self._run, self._read_only = run, read_only
    if not read_only:
      self._folder.mkdir(parents=True, exist_ok=True)
    self._ignore_impostors()
    # Of several processes the one that opens the folder is the only one.
    own = jax.process_index()
    policies = [checkpoint_managers.LatestN(keep), _LatestRegular(every)]
    options = ocp.CheckpointManagerOptions(
      create=False,
      multiprocessing_options=ocp.options.MultiprocessingOptions(
        primary_host=own, active_processes={own}
      ),
      preservation_policy=checkpoint_managers.AnyPreservationPolicy(policies),
      cleanup_tmp_directories=not read_only,
    )
    self._manager = ocp.CheckpointManager(self._folder, options=options)

  def save(self, state: GANState, beside: Seal | None = None) -> None:
    """Saves a state under its step; writing goes on in the background.

    Args:
      state: what to save.
      beside: files without which it is worth nothing, as `beside.seal` names
        them.

    Raises:
      OSError: if it, or the one before it, cannot be written.
    """
    arrays = leaves.of(jax.device_get(state))
    record = {
      "sha256": leaves.checksum(arrays),
      "leaves": leaves.described(arrays),
      "run": self._run,
      "beside": dict(beside or {}),
    }
    with _as_os_error():
      saved = self._manager.save(
        int(state.step),
        args=ocp.args.Composite(
          state=ocp.args.PyTreeSave(arrays), check=ocp.args.JsonSave(record)
        ),
      )
    assert saved, f"there is a checkpoint of a later step than {state.step}"

  def restore(
    self,
    like: GANState,
    holds: Callable[[Seal], None] | None = None,
    *,
    regular: bool = False,
  ) -> GANState | None:
    """The newest intact state, or None where there is none.

    A damaged checkpoint is set aside under another name, with a warning.

    Args:
      like: a state of the expected structure, shapes and types.
      holds: raises DamagedError where the files saved `beside` are not what
        they were.
      regular: pass over those of interruptions.

    Returns:
      A state of arrays on the host.

    Raises:
      MisfitError: if a checkpoint belongs to other networks, naming the leaf.
    """
    self._manager.wait_until_finished()
    lost = []
    for step in sorted(self._manager.all_steps(), reverse=True):
      if regular and step % self._every:
        continue
      try:
        arrays = self._read(step, holds, like)
      except leaves.MisfitError:
        raise
      # Orbax raises many kinds of errors on damaged files.
      except Exception as error:
        self._set_aside(step, error)
        lost.append(step)
        continue
      _say_what_is_lost(lost, f"the run goes on from step {step}")
      return leaves.fit(like, arrays)
    _say_what_is_lost(lost, "there is none before it")
    return None

  def delete_after(self, step: int) -> None:
    """Deletes the checkpoints of later steps."""
    for later in self._manager.all_steps():
      if later > step:
        self._manager.delete(later)

  def close(self) -> None:
    """Waits until everything is on disk.

    Raises:
      OSError: if the last one cannot be written.
    """
    try:
      with _as_os_error():
        self._manager.wait_until_finished()
    finally:
      self._manager.close()

  def _read(
    self,
    step: int,
    holds: Callable[[Seal], None] | None = None,
    like: GANState | None = None,
  ) -> dict[str, np.ndarray]:
    """The arrays of one checkpoint, once it is known what they are.

    A few bytes may unfold to more than there is memory for.
    """
    (record,) = self._restored(step, check=ocp.args.JsonRestore())
    if self._run and record["run"] != self._run:
      raise DamagedError("it is another training's")
    if holds is not None:
      holds(record["beside"])
    found = self._described(step)
    if record.get("leaves", found) != found:
      raise DamagedError("the arrays are not those that were saved")
    if like is not None:
      leaves.refuse_others(like, found)
    (saved,) = self._restored(step, state=ocp.args.PyTreeRestore())
    arrays = {name: np.asarray(array) for name, array in saved.items()}
    if leaves.checksum(arrays) != record["sha256"]:
      raise DamagedError("the arrays do not match their checksum")
    if (found_step := int(arrays["step"])) != step:
      raise DamagedError(f"it holds step {found_step}")
    return arrays

  def _restored(self, step: int, **items: Any) -> list[Any]:
    found = self._manager.restore(step, args=ocp.args.Composite(**items))
    return [found[name] for name in items]

  def _described(self, step: int) -> dict[str, str]:
    """What the arrays are, by what the checkpoint says of them."""
    handler = ocp.PyTreeCheckpointHandler()
    tree = handler.metadata(self._manager.directory / str(step) / "state").tree
    for name, one in tree.items():
      chunk = one.storage.chunk_shape if one.storage else one.shape
      sides = zip(chunk, one.shape, strict=True)
      if any(part > max(side, 1) for part, side in sides):
        raise DamagedError(f"{name} lies in pieces larger than itself")
    return leaves.described(tree)

  def _ignore_impostors(self) -> None:
    """Moves away what Orbax would take for a checkpoint by its name alone."""
    for path in sorted(self._folder.iterdir()):
      if not path.name.isdecimal():
        continue
      plain = str(int(path.name)) == path.name
      if not plain or not any((path / item).is_dir() for item in _ITEMS):
        _log.warning(
          "%s is named like a checkpoint but holds none: ignored%s",
          path,
          self._moved(path),
        )

  def _set_aside(self, step: int, error: Exception) -> None:
    damaged = self._folder / str(step)
    _log.warning(
      "checkpoint %s is damaged (%s)%s",
      damaged,
      str(error).partition("\n")[0],
      self._moved(damaged),
    )
    if not self._read_only:
      self._manager.reload()

  def _moved(self, path: Path) -> str:
    """Sets a thing aside, out of Orbax's sight; says so in words."""
    if self._read_only:
      return ""
    folder = self._folder
    away = disk.unused(folder.with_name(f"{folder.name}-damaged-{path.name}"))
    path.rename(away)
    return f"; set aside as {away.name}"


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
  """The newest intact state of a finished training; nothing there is changed.

  Args:
    run: the folder that `train` wrote.
    like: a state of the expected structure, shapes and types.

  Raises:
    DamagedError: if there is none.
    MisfitError: if it belongs to other networks, naming the leaf.
  """
  restored = None
  if (run / "checkpoints").is_dir():
    checkpoints = Checkpoints(run / "checkpoints", read_only=True)
    restored = checkpoints.restore(like)
    checkpoints.close()
  if restored is None:
    raise DamagedError(
      f"{run} holds no intact checkpoint: delete it and run again, or name the"
      " folder of another trained DCGAN"
    )
  return restored


def _say_what_is_lost(steps: list[int], left: str) -> None:
  if steps:
    what = ", ".join(map(str, steps))
    _log.warning("lost: the checkpoint of step %s; %s", what, left)


@contextlib.contextmanager
def _as_os_error() -> Iterator[None]:
  """What Orbax's writing threads raise where the disk fails, as one kind."""
  try:
    yield
  except OSError:
    raise
  except Exception as error:
    words = str(error).partition("\n")[0].partition(" [tensorstore_spec")[0]
    raise OSError(f"the checkpoint could not be written: {words}") from error
