"""Checkpoints of a training state, by Orbax, with checksums.

A state is saved as arrays by their path, such as `disc.params.conv1.kernel`.
Orbax writes atomically but does not notice a flipped bit, and it takes an
empty folder for a step. So each checkpoint carries a checksum of its arrays
and says whose it is, and restoring goes back to the newest one that holds.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import logging
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import jax
import numpy as np
import orbax.checkpoint as ocp
from orbax.checkpoint import checkpoint_managers

from jaxfer import disk
from jaxfer.artifacts import DamagedError
from jaxfer.errors import UserError
from jaxfer.learn.learners import State

_ITEMS = ("state", "check")  # folders of a checkpoint

_log = logging.getLogger(__name__)


class MisfitError(UserError):
  """A checkpoint belongs to other networks."""


class Checkpoints:
  """The checkpoints of one training run: the newest, and a regular one before.

  Args:
    folder: where they lie; made if absent.
    every: steps between regular ones; others are of interruptions.
    run: tells this training from others; a checkpoint of another one that lies
      here does not count. Empty where any will do.
    read_only: change nothing, not even where something is damaged.
  """

  def __init__(
    self,
    folder: Path,
    every: int = 1,
    *,
    run: str = "",
    read_only: bool = False,
  ):
    self._folder = folder.absolute()
    self._run, self._every, self._read_only = run, every, read_only
    if not read_only:
      self._folder.mkdir(parents=True, exist_ok=True)
    self._ignore_impostors()
    # Of several processes the one that opens the folder is the only one.
    own = jax.process_index()
    options = ocp.CheckpointManagerOptions(
      create=False,
      multiprocessing_options=ocp.options.MultiprocessingOptions(
        primary_host=own, active_processes={own}
      ),
      preservation_policy=_NewestAndRegular(every),
      cleanup_tmp_directories=not read_only,
    )
    self._manager = ocp.CheckpointManager(self._folder, options=options)

  def save(self, state: State) -> None:
    """Saves a state under its step; writing goes on in the background.

    Raises:
      OSError: if it, or the one before it, cannot be written.
    """
    arrays = named(jax.device_get(state))
    record = {
      "sha256": checksum(arrays),
      "leaves": _described(arrays),
      "run": self._run,
    }
    with _as_os_error():
      saved = self._manager.save(
        int(state.step),
        args=ocp.args.Composite(
          state=ocp.args.PyTreeSave(arrays), check=ocp.args.JsonSave(record)
        ),
      )
    assert saved, f"there is a checkpoint of a later step than {state.step}"

  def restore(self, like: State, most: float = math.inf) -> State | None:
    """The newest intact state, on the host, or None where there is none.

    A damaged checkpoint is set aside under another name, with a warning; one
    after `most` steps, of which there is a log, counts as damaged. What a later
    one has replaced goes: a run may have ended while it was deleted.

    Raises:
      MisfitError: if a checkpoint's structure, shapes or types are not those of
        `like`, naming the leaf.
    """
    lost, state, left = [], None, "there is none before it"
    for step in sorted(self._manager.all_steps(), reverse=True):
      try:
        if step > most:
          raise DamagedError(f"the log of its steps ends at {most}")
        state = self._read(step, like)
        left = f"the run goes on from step {step}"
        break
      except MisfitError:
        raise
      # Orbax raises many kinds of errors on damaged files.
      except Exception as error:
        path, reason = self._folder / str(step), str(error).partition("\n")[0]
        self._set_aside(path, f"checkpoint {path} is damaged ({reason})")
        lost.append(str(step))
    if lost:
      self._manager.reload()  # without those set aside
      what = ", ".join(lost)
      _log.warning("lost: the checkpoint of step %s; %s", what, left)
    if not self._read_only:
      steps = list(self._manager.all_steps())
      for step in {*steps} - _kept(steps, self._every):
        self._manager.delete(step)
    return state

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

  def _read(self, step: int, like: State) -> State:
    """One checkpoint, opened once it is known what its arrays are.

    A few bytes may unfold to more than there is memory for.
    """
    (record,) = self._restored(step, check=ocp.args.JsonRestore())
    if self._run and record["run"] != self._run:
      raise DamagedError("it is another training's")
    found = self._found(step)
    if record.get("leaves", found) != found:
      raise DamagedError("the arrays are not those that were saved")
    _refuse_others(like, found)
    (saved,) = self._restored(step, state=ocp.args.PyTreeRestore())
    arrays = {name: np.asarray(array) for name, array in saved.items()}
    if checksum(arrays) != record["sha256"]:
      raise DamagedError("the arrays do not match their checksum")
    if (found_step := int(arrays["step"])) != step:
      raise DamagedError(f"it holds step {found_step}")
    return jax.tree.unflatten(
      jax.tree.structure(like), [arrays[name] for name in named(like)]
    )

  def _restored(self, step: int, **items: Any) -> list[Any]:
    found = self._manager.restore(step, args=ocp.args.Composite(**items))
    return [found[name] for name in items]

  def _found(self, step: int) -> dict[str, str]:
    """What the checkpoint says that its arrays are."""
    handler = ocp.PyTreeCheckpointHandler()
    tree = handler.metadata(self._manager.directory / str(step) / "state").tree
    for name, one in tree.items():
      chunk = one.storage.chunk_shape if one.storage else one.shape
      sides = zip(chunk, one.shape, strict=True)
      if any(part > max(side, 1) for part, side in sides):
        raise DamagedError(f"{name} lies in pieces larger than itself")
    return _described(tree)

  def _ignore_impostors(self) -> None:
    """Moves away what Orbax would take for a checkpoint by its name alone."""
    numbers = [p for p in self._folder.iterdir() if p.name.isdecimal()]
    for path in sorted(numbers):
      plain = str(int(path.name)) == path.name
      if not plain or not any((path / item).is_dir() for item in _ITEMS):
        why = f"{path} is named like a checkpoint but holds none: ignored"
        self._set_aside(path, why)

  def _set_aside(self, path: Path, why: str) -> None:
    """Moves a thing out of Orbax's sight, unless nothing is to be changed."""
    folder = self._folder
    if not self._read_only:
      away = disk.unused(folder.with_name(f"{folder.name}-damaged-{path.name}"))
      path.rename(away)
      why += f"; set aside as {away.name}"
    _log.warning("%s", why)


@dataclasses.dataclass
class _NewestAndRegular(checkpoint_managers.PreservationPolicy):
  """Keeps the newest checkpoint, and the one of a multiple of steps before."""

  every: int

  def should_preserve(self, checkpoints, *, context) -> list[bool]:
    del context
    steps = [one.step for one in checkpoints]
    kept = _kept(steps, self.every)
    return [step in kept for step in steps]


def _kept(steps: Sequence[int], every: int) -> set[int]:
  """The newest step, and the last multiple of `every` before it."""
  newest = {max(steps)} if steps else set()
  regular = [s for s in steps if s % every == 0 and s not in newest]
  return newest | {*sorted(regular)[-1:]}


def load(run: Path, like: State) -> State:
  """The newest intact state that `train` left; nothing there is changed.

  Raises:
    DamagedError: if there is none.
    MisfitError: if its structure, shapes or types are not those of `like`.
  """
  restored = None
  if (run / "checkpoints").is_dir():
    checkpoints = Checkpoints(run / "checkpoints", read_only=True)
    restored = checkpoints.restore(like)
    checkpoints.close()
  if restored is None:
    raise DamagedError(
      f"{run} holds no intact checkpoint: delete it and run again, or name the"
      " folder of another trained one"
    )
  return restored


def checksum(arrays: Mapping[str, np.ndarray]) -> str:
  """SHA-256 over names, types, shapes and values, in hex."""
  whole = hashlib.sha256()
  for name in sorted(arrays):
    leaf = arrays[name]
    whole.update(f"{name} {leaf.dtype} {leaf.shape}".encode())
    flat = np.ascontiguousarray(leaf).reshape(-1)
    whole.update(flat.view(np.uint8).data)
  return whole.hexdigest()


def named(state: State) -> dict[str, Any]:
  """The arrays of a state by their path, in its own order."""
  flat, _ = jax.tree.flatten_with_path(state)
  return {
    jax.tree_util.keystr(path, simple=True, separator="."): leaf
    for path, leaf in flat
  }


def _described(arrays: Mapping[str, Any]) -> dict[str, str]:
  """By name, type and shape of what has them, such as `float32[4, 3]`."""
  return {k: f"{v.dtype}{list(v.shape)}" for k, v in arrays.items()}


def _refuse_others(like: State, found: Mapping[str, str]) -> None:
  """Raises MisfitError where `found`, of `_described`, is of other networks."""
  expected = _described(named(like))
  for name in [*expected, *sorted(found.keys() - expected.keys())]:
    wanted, have = (named.get(name, "nothing") for named in (expected, found))
    if wanted != have:
      raise MisfitError(
        f"the checkpoint does not fit these networks: {name} should be"
        f" {wanted}, the checkpoint has {have}; use the config it was made with"
      )


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
