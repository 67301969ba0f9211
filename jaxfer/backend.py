"""JAX as jaxfer needs it: its devices, and numbers of 32 bits."""

from __future__ import annotations

import logging
import os
from typing import Any

from jaxfer.errors import UserError

_log = logging.getLogger(__name__)

_PLATFORMS, _X64 = "JAX_PLATFORMS", "JAX_ENABLE_X64"


def devices() -> list[Any]:
  """The devices that JAX finds, of all processes; starts its backend.

  Raises:
    UserError: if `JAX_PLATFORMS` asks for devices that are not there, naming
      those that are.
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
