"""Content-addressed folders: what a stage made, from what, and whether intact.

An artifact is a folder in the workdir named by its stage and by the hash of
what determines it: the stage's version, its settings, its inputs. It is built
beside its final place and renamed when whole, so a folder that has its final
name is complete. `artifact.json` holds the provenance and a checksum of each
file. A lock that dies with its process keeps two runs from building one
artifact at once.
"""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import fcntl
import hashlib
import json
import logging
import platform
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

from jaxfer import config as configlib
from jaxfer import disk, untrusted
from jaxfer.errors import UserError

PROVENANCE = "artifact.json"
_HASH_DIGITS = 12

_log = logging.getLogger(__name__)


class DamagedError(UserError):
  """A file of an artifact is not what was written."""


@dataclasses.dataclass(frozen=True)
class Spec:
  """What determines an artifact."""

  stage: str  # the stage that makes it, first part of the folder's name
  label: str  # tells a stage's artifacts apart in a listing, its second part
  version: int  # the stage's VERSION; raised when its code changes its results
  # The config fields and constants that the stage reads.
  settings: Mapping[str, Any]
  # By role, the keys of the artifacts or datasets read.
  inputs: Mapping[str, str]

  @property
  def key(self) -> str:
    """SHA-256 of everything above, in hex."""
    return configlib.digest(dataclasses.asdict(self))

  @property
  def name(self) -> str:
    """The folder's name."""
    label = f"{self.label}-" if self.label else ""
    return f"{self.stage}-{label}{self.key[:_HASH_DIGITS]}"


class Store:
  """The artifacts of one workdir, a folder made when first written to."""

  def __init__(self, workdir: Path):
    self.workdir = workdir
    self._verified: set[str] = set()
    self.shared: set[str] = set()
    """Names of what several processes have all seen made or found ready."""

  def path(self, spec: Spec) -> Path:
    """Where the finished artifact lies, or will."""
    return self.workdir / spec.name

  def partial(self, spec: Spec) -> Path:
    """Where the artifact lies while it is made."""
    return self.workdir / f".{spec.name}.partial"

  def state(self, spec: Spec) -> str:
    """One of `ready`, `begun` and `new`."""
    if (self.path(spec) / PROVENANCE).exists():
      return "ready"
    return "begun" if self.partial(spec).exists() else "new"

  def make(
    self,
    spec: Spec,
    build: Callable[[Path], None],
    *,
    resumable: bool = False,
    anew: bool = False,
  ) -> Path:
    """Returns the artifact's folder, building it where it is not ready.

    `build` fills an empty folder; if `resumable`, one that an interrupted run
    may have begun to fill. One that is there is built `anew` on request, and
    then put in the place of that.

    Raises:
      OSError: if the workdir cannot be written; what it held stays.
    """
    path, partial = self.path(spec), self.partial(spec)
    with self.lock(spec.name):
      if not anew and self.find(spec):
        return path
      if partial.exists() and not resumable:
        shutil.rmtree(partial)
      partial.mkdir(parents=True, exist_ok=True)
      start = time.monotonic()
      build(partial)
      _write_provenance(partial, spec, time.monotonic() - start)
      disk.sync_tree(partial)
      disk.swap_directory(partial, path)
      disk.sync(self.workdir)
      self._verified.add(spec.name)
    return path

  def find(self, spec: Spec) -> Path | None:
    """The finished artifact's folder; None where it is to be built.

    It is verified once per process; a damaged one is set aside under another
    name.
    """
    path = self.path(spec)
    if not path.exists():
      return None
    if spec.name in self._verified:
      return path
    try:
      verify(path)
      # A whole artifact may lie under the name of another.
      if (found := provenance(path)["key"]) != spec.key:
        raise DamagedError(
          f"{path.name} is another artifact: its key is {found[:_HASH_DIGITS]}…"
        )
    except DamagedError as error:
      aside = disk.set_aside(path)
      _log.error("%s; set aside as %s and made again", error, aside.name)
      return None
    self._verified.add(spec.name)
    return path

  @contextlib.contextmanager
  def lock(self, name: str) -> Iterator[None]:
    """Waits until no other process holds the lock of that name."""
    folder = self.workdir / ".locks"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / name).open("w", encoding="utf-8") as file:
      try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
      except BlockingIOError:
        _log.info("another run is making %s; waiting for it", name)
        fcntl.flock(file, fcntl.LOCK_EX)
      yield


def provenance(path: Path) -> dict[str, Any]:
  """The record of how an artifact was made, from its folder.

  Raises:
    DamagedError: if the record is missing or not what was written.
  """
  try:
    record = untrusted.parse_json((path / PROVENANCE).read_bytes())
    written = record.pop("record_sha256")
  except (OSError, ValueError, TypeError, AttributeError, KeyError) as error:
    raise DamagedError(
      f"{path.name}/{PROVENANCE} cannot be read: {error!r}"
    ) from error
  if configlib.digest(record) != written:
    raise DamagedError(f"{path.name}/{PROVENANCE} is not what was written")
  return record


def verify(path: Path) -> None:
  """Compares every file of an artifact with its checksum.

  Raises:
    DamagedError: naming the first file that is missing, extra or changed.
  """
  recorded = provenance(path).get("sha256")
  if not isinstance(recorded, dict):
    raise DamagedError(f"{path.name}/{PROVENANCE} records no checksums")
  present = {f.relative_to(path).as_posix() for f in _files(path)}
  for name in sorted(present ^ set(recorded)):
    raise DamagedError(
      f"{path.name}/{name} is {'not recorded' if name in present else 'gone'}"
    )
  for name, expected in recorded.items():
    if _read_digest(path, name) != expected:
      raise DamagedError(f"{path.name}/{name} is not what was written")


def sha256(path: Path) -> str:
  """SHA-256 of a file's content, in hex, read in pieces."""
  with path.open("rb") as file:
    return digest(file)


def digest(file: Any) -> str:
  """SHA-256 of a file that is open for reading in binary, in hex."""
  return hashlib.file_digest(file, "sha256").hexdigest()


def write_atomically(path: Path, content: bytes | str) -> None:
  """Writes a file that is either whole or absent, whatever happens.

  One process at a time may write it. What one that was killed leaves under the
  temporary name, which is always the same, the next one takes.
  """
  temporary = path.with_name(f".{path.name}.draft")
  data = content.encode() if isinstance(content, str) else content
  try:
    temporary.write_bytes(data)
    temporary.replace(path)
  finally:
    temporary.unlink(missing_ok=True)


def versions() -> dict[str, str]:
  """Versions of Python and of the packages that can change a result."""
  names = (
    "jaxfer jax jaxlib flax optax numpy scikit-learn opencv-python-headless"
    " pillow"
  )
  found = {"python": platform.python_version()}
  for name in names.split():
    with contextlib.suppress(metadata.PackageNotFoundError):
      found[name] = metadata.version(name)
  return found


def _write_provenance(path: Path, spec: Spec, seconds: float) -> None:
  record = {
    **dataclasses.asdict(spec),
    "key": spec.key,
    "versions": versions(),
    "command": sys.argv,
    "made": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    "seconds": round(seconds, 3),
    "sha256": {
      file.relative_to(path).as_posix(): sha256(file)
      for file in sorted(_files(path))
    },
  }
  record["record_sha256"] = configlib.digest(record)
  write_atomically(path / PROVENANCE, json.dumps(record, indent=2))


def _files(path: Path) -> Iterator[Path]:
  for file in path.rglob("*"):
    if file.is_file() and file != path / PROVENANCE:
      yield file


def _read_digest(path: Path, name: str) -> str:
  try:
    return sha256(path / name)
  except OSError as error:
    if error.errno != errno.EIO:
      raise
    raise DamagedError(f"{path.name}/{name} cannot be read: {error}") from error
