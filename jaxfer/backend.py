"""JAX as jaxfer needs it: its devices, and numbers of 32 bits."""

from __future__ import annotations

import logging
import os
from typing import Any

from jaxfer import compiled
from jaxfer.errors import UserError

_log = logging.getLogger(__name__)

_PLATFORMS, _X64 = "JAX_PLATFORMS", "JAX_ENABLE_X64"


def devices(wanted: int = 0) -> list[Any]:
  """`run.devices` devices, of all processes, or 0: all; starts JAX's backend.

  Raises:
    UserError: if `JAX_PLATFORMS` asks for devices that are not there, naming
      those that are; if there are fewer than wanted; or if several processes
      have not the same number.
  """
  # Here and not above: what only asks for help should not wait for JAX.
  import jax

  if jax.config.read("jax_enable_x64"):
    # What is made must not depend on the shell that it is made from.
    jax.config.update("jax_enable_x64", False)
    _log.warning(
      "%s=%s is switched off: jaxfer's networks are of 32 bits",
      _X64,
      os.environ.get(_X64, True),
    )
  found = start()
  if wanted > len(found):
    raise UserError(
      f"run.devices={wanted}, but there are {len(found)}: set it to"
      f" {len(found)} or less, or 0 for all"
    )
  ranks = [device.process_index for device in found]
  counts = [ranks.count(rank) for rank in sorted({*ranks})]
  if len({*counts}) > 1:
    raise UserError(
      f"processes 0 to {len(counts) - 1} have {counts} devices: give each the"
      " same number"
    )
  if len(counts) > 1 and wanted not in (0, len(found)):
    raise UserError(
      f"run.devices={wanted}, but several processes share all {len(found)}:"
      " set it to 0, or start fewer processes"
    )
  return found[: wanted or None]


def start() -> list[Any]:
  """Starts JAX's backend, which keeps programs; returns the devices.

  Raises:
    UserError: if `JAX_PLATFORMS` asks for devices that are not there.
  """
  import jax

  compiled.remember()
  wanted = os.environ.get(_PLATFORMS)
  try:
    return jax.devices()
  except (RuntimeError, AssertionError) as error:
    if not wanted:
      raise
    jax.config.update("jax_platforms", None)
    there = ", ".join(sorted({one.platform for one in jax.devices()}))
    raise UserError(
      f"{_PLATFORMS}={wanted}, but JAX finds only {there} here: unset it to"
      " take what there is"
    ) from error
