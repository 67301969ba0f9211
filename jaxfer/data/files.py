"""Walking a dataset's folder, and its fingerprint."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from jaxfer import artifacts
from jaxfer.data.table import DataError, Face, FaceTable, Rejection, to_row

IMAGE_SUFFIXES = frozenset(
  (
    *(".avif", ".bmp", ".gif", ".heic", ".heif", ".hif", ".jfif", ".jpe"),
    *(".jpeg", ".jpg", ".pgm", ".png", ".ppm", ".tif", ".tiff", ".webp"),
  )
)
OTHER_SUFFIXES = frozenset(
  (
    *(".arw", ".cr2", ".cr3", ".dng", ".jp2", ".jxl"),
    *(".nef", ".orf", ".psd", ".raf", ".rw2", ".svg"),
  )
)
"""Of photographs and drawings in formats that are not read."""

_LITTER = frozenset({"thumbs.db", "desktop.ini"})


def walk(root: Path) -> Iterator[str]:
  """All files below a folder: its own by name, then each subfolder's.

  Links to folders are followed, each real folder once, so that a loop ends.
  Hidden files and the litter of file browsers are passed over.

  Yields:
    Paths relative to the root, with forward slashes.

  Raises:
    DataError: if a folder cannot be listed.
  """
  seen: set[str] = set()
  tree = os.walk(root, followlinks=True, onerror=_refuse)
  for folder, subfolders, names in tree:
    real = os.path.realpath(folder)
    if real in seen:
      subfolders.clear()
      continue
    seen.add(real)
    subfolders[:] = sorted(s for s in subfolders if not s.startswith("."))
    below = Path(folder).relative_to(root).as_posix()
    prefix = "" if below == "." else f"{below}/"
    for name in sorted(names):
      if not name.startswith(".") and name.lower() not in _LITTER:
        yield prefix + name


def is_file(path: Path) -> bool:
  """Whether a path leads to a regular file.

  Raises:
    OSError: if that cannot be told; Python 3.14's `Path.is_file` hides it.
  """
  try:
    return stat.S_ISREG(path.stat().st_mode)
  except OSError as error:
    if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP):
      return False
    raise


def _refuse(error: OSError) -> None:
  raise DataError(
    f"cannot list the folder {error.filename}: {error.strerror}"
  ) from error


def is_image_name(path: str) -> bool:
  """Whether a file's name says it is an image."""
  return Path(path).suffix.lower() in IMAGE_SUFFIXES


def is_unread_picture(path: str) -> bool:
  """Whether a file's name says it is a picture of a format not read."""
  return Path(path).suffix.lower() in OTHER_SUFFIXES


def unread(root: Path) -> list[Rejection]:
  """The pictures below a folder whose format is not read."""
  return [
    Rejection(path, not_read(path))
    for path in walk(root)
    if is_unread_picture(path)
  ]


def not_read(path: str) -> str:
  """Why a picture is not read, whose format is none that is."""
  suffix = Path(path).suffix
  return (
    f"a picture in a format that is not read ({suffix}): save it as JPEG or PNG"
  )


def resolve_inside(root: Path, relative: str) -> Path:
  """The file that a label names, which must lie below the root.

  Its path may have slashes or backslashes.

  Raises:
    DataError: if the path is absolute or leads outside, or is none.
  """
  if "\0" in relative:
    raise DataError("the path holds a NUL byte")
  inside = Path(os.path.normpath(relative.replace("\\", "/")))
  if inside.is_absolute() or ".." in inside.parts:
    raise DataError(
      "the path is absolute or leads outside the dataset's folder"
    )
  return root / inside


def fingerprint(table: FaceTable) -> str:
  """SHA-256 of a dataset as read: every fact and every image's content.

  It does not depend on where the dataset lies or when it was copied.
  """
  with ThreadPoolExecutor() as pool:
    contents = pool.map(lambda face: _content(table, face), table.faces)
    whole = hashlib.sha256()
    for face, content in zip(table.faces, contents, strict=True):
      facts = "\x1f".join(to_row(face).values())
      line = f"{facts}\x1e{content}\n"
      whole.update(line.encode(errors="surrogateescape"))
  for refused in table.rejected:
    line = f"{refused.path}\x1e{refused.reason}\n"
    whole.update(line.encode(errors="surrogateescape"))
  return whole.hexdigest()


def _content(table: FaceTable, face: Face) -> str:
  try:
    with table.open(face) as file:
      return artifacts.digest(file)
  except OSError as error:
    return f"unreadable: {error.errno}"
