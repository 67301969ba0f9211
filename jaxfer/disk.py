"""Files and folders that are renamed, replaced and kept, whatever happens."""

from __future__ import annotations

import os
import shutil
from pathlib import Path


def set_aside(path: Path) -> Path:
  """Renames a damaged file or folder, so that it is neither used nor lost.

  Returns:
    Where it lies now: beside, as `damaged-<name>`, with a number behind where
    there is one already.
  """
  return path.rename(unused(path.with_name(f"damaged-{path.name}")))


def unused(path: Path) -> Path:
  """That path, with a number behind where there is something already."""
  candidate, count = path, 1
  while os.path.lexists(candidate):
    count += 1
    candidate = path.with_name(f"{path.name}-{count}")
  return candidate


def swap_directory(new: Path, final: Path) -> None:
  """Puts a finished folder in the place of an older one.

  There is a moment at which neither has the final name; a run that dies in it
  leaves the old folder under `.<name>.old`, from which the next takes it back.

  Raises:
    OSError: if the new folder cannot be put there; the older one then stays.
  """
  old = final.with_name(f".{final.name}.old")
  if old.exists() and final.exists():
    shutil.rmtree(old)
  elif old.exists():
    old.rename(final)
  if final.exists():
    final.rename(old)
  try:
    new.rename(final)
  except OSError:
    if old.exists():
      old.rename(final)
    raise
  shutil.rmtree(old, ignore_errors=True)


def sync_tree(path: Path) -> None:
  """Asks the disk to keep a folder and everything below it."""
  for below in path.rglob("*"):
    if below.is_file() or below.is_dir():
      sync(below)
  sync(path)


def sync(path: Path) -> None:
  """Asks the disk to keep one file, or the names in one folder."""
  descriptor = os.open(path, os.O_RDONLY)
  try:
    os.fsync(descriptor)
  finally:
    os.close(descriptor)
