"""Which files of a folder that is being filled are finished, by checksums."""

from __future__ import annotations

import hashlib
import logging
from pathlib import Path

from jaxfer import artifacts, disk

_NAME = ".finished"

_log = logging.getLogger(__name__)


class Finished:
  """The files written so far, a line `SHA-256 name` each.

  The list goes once the folder is full. A file that it does not name, as the
  last one before an interruption may be, is written again.

  Args:
    folder: an existing folder.

  Attributes:
    begun: whether an interrupted run has left a list.
  """

  def __init__(self, folder: Path):
    self._folder, self._path = folder, folder / _NAME
    self.begun = self._path.exists()
    self._sums = self._read() if self.begun else {}

  def _read(self) -> dict[str, str]:
    text = self._path.read_text(encoding="utf-8", errors="replace")
    whole, _, _ = text.rpartition("\n")  # the last line may be torn
    pairs = (line.partition(" ") for line in whole.splitlines())
    return {name: sha256 for sha256, _, name in pairs}

  def holds(self, name: str) -> bool:
    """Whether a file is there as it was written; a damaged one is set aside."""
    path = self._folder / name
    if name not in self._sums or not path.is_file():
      return False
    if artifacts.sha256(path) == self._sums[name]:
      return True
    # Named so that nobody takes it for an image.
    aside = path.rename(disk.unused(path.with_name(f"{path.name}.damaged")))
    _log.error("%s is damaged: set aside as %s, made again", path, aside.name)
    return False

  def add(self, contents: dict[str, bytes]) -> None:
    """Notes files, by name, that have been written."""
    lines = [
      f"{hashlib.sha256(content).hexdigest()} {name}\n"
      for name, content in contents.items()
    ]
    with self._path.open("a", encoding="utf-8") as file:
      file.write("".join(lines))

  def clear(self) -> None:
    """Forgets the list: the folder is full."""
    self._path.unlink(missing_ok=True)
