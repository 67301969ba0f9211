"""XLA programs kept between processes, in the user's cache folder.

What is loaded from there is run, so the folder must be the user's own, and
nobody else may write to it or to what leads there.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import platform
import stat
import sys
from pathlib import Path

from jaxfer.errors import UserError

VARIABLE = "JAXFER_COMPILED"
"""`off`: nothing is kept; else a folder of the user's in place of the usual."""

_MOST_BYTES = 2 << 30
_LEAST_SECONDS = 0.1  # of compiling, from which a program is worth a file
_OTHERS = stat.S_IWGRP | stat.S_IWOTH

_log = logging.getLogger(__name__)


def remember() -> Path | None:
  """Tells JAX to keep programs, before it compiles the first, in this folder.

  None where JAX was told of one already, as by `JAX_COMPILATION_CACHE_DIR`, or
  nothing is kept; a warning says why.
  """
  import jax

  if jax.config.jax_compilation_cache_dir:  # pyright: ignore
    return None
  asked = os.environ.get(VARIABLE, "")
  if asked.lower() in ("off", "0", "no") or not hasattr(os, "getuid"):
    return None
  try:
    folder = _own(Path(asked) if asked else _usual()) / _machine()
    folder.mkdir(mode=0o700, exist_ok=True)
    _trim(folder.parent)
  except (OSError, RuntimeError, UserError) as error:
    _log.warning(
      "compiled programs are not kept: %s; %s=off says no more of it",
      error,
      VARIABLE,
    )
    return None
  jax.config.update("jax_compilation_cache_dir", str(folder))
  jax.config.update(
    "jax_persistent_cache_min_compile_time_secs", _LEAST_SECONDS
  )
  return folder


def _usual() -> Path:
  """As the XDG base directory specification has it, and macOS."""
  if given := os.environ.get("XDG_CACHE_HOME", ""):
    return Path(given) / "jaxfer"
  home = Path.home()
  base = "Library/Caches" if sys.platform == "darwin" else ".cache"
  return home / base / "jaxfer"


def _own(folder: Path) -> Path:
  """The folder, made where it is not there.

  Raises:
    UserError: if somebody else owns it, or could write to it or replace it.
  """
  folder.parent.mkdir(parents=True, exist_ok=True)
  with contextlib.suppress(FileExistsError):
    folder.mkdir(mode=0o700)
  above, found = folder.parent.stat(), folder.lstat()
  mode = stat.S_IMODE(found.st_mode)
  if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
    raise UserError(
      f"{folder} is no folder of user {os.getuid()}'s own, but of user"
      f" {found.st_uid}: remove it, or name another by {VARIABLE}"
    )
  if mode & 0o077:
    raise UserError(
      f"{folder} is of mode {mode:04o}, and may be of 0700 only: chmod 700"
    )
  sticky = above.st_mode & stat.S_ISVTX
  if above.st_uid not in (0, os.getuid()) or (
    above.st_mode & _OTHERS and not sticky
  ):
    raise UserError(
      f"{folder.parent} lets other users replace {folder.name}: name another"
      f" folder by {VARIABLE}"
    )
  return folder


def _machine() -> str:
  """A name for processors that run each other's programs."""
  flags = platform.processor()
  with contextlib.suppress(OSError):
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    told = ("flags", "Features", "model name")
    flags += "".join(sorted({one for one in lines if one.startswith(told)}))
  digest = hashlib.sha256(flags.encode()).hexdigest()[:12]
  return f"{platform.machine()}-{digest}"


def _trim(folder: Path) -> None:
  """Removes what was used longest ago, until the rest is small enough."""
  found = []
  for path in folder.rglob("*"):
    with contextlib.suppress(FileNotFoundError):  # of another process's trim
      seen = path.lstat()
      if stat.S_ISREG(seen.st_mode):
        found.append((max(seen.st_atime, seen.st_mtime), seen.st_size, path))
  total = sum(size for _, size, _ in found)
  for _, size, path in sorted(found):
    if total <= _MOST_BYTES:
      break
    path.unlink(missing_ok=True)
    total -= size
