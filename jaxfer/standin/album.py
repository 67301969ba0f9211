"""A folder of drawn photographs: marked as such, resumable, never half-written.

Every dataset's writer hands its sittings and label files to `fill`.
"""

from __future__ import annotations

import hashlib
import itertools
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from jaxfer import artifacts, disk
from jaxfer.data import files, video
from jaxfer.data.ordered import map_in_order
from jaxfer.errors import UserError
from jaxfer.standin import encoding
from jaxfer.standin.layout import Drawing, Sitting, Size

MARKER = "STANDIN.txt"
VERSION = 1  # of the drawing; a folder never mixes two
_TITLE = "Drawn stand-in faces, no photographs of people."
_FINISHED = ".finished"

_log = logging.getLogger(__name__)


def fill(
  out: Path,
  drawing: Drawing,
  *,
  size: Size,
  parameters: Mapping[str, object],
  progress: Callable[[int, int], None],
) -> None:
  """Writes a drawing's files, keeping whatever is already there and whole.

  Each file appears under its name only when complete, and the labels after
  the last image. What an interrupted run left is held against its checksums; a
  damaged file is set aside. Only a few sittings are in memory at a time.

  Args:
    out: the folder, created if missing.
    drawing: what to draw.
    size: width and height in pixels that a whole file has.
    parameters: what the drawing depends on; goes into the marker file.
    progress: called with (images finished so far, images in all).

  Raises:
    ValueError: if the folder holds images that were not drawn with these
      parameters.
  """
  out.mkdir(parents=True, exist_ok=True)
  _mark(out, parameters)
  finished, done = _Finished(out), 0

  def develop(sitting: Sitting) -> int:
    return _develop(out, sitting, size, finished)

  for count in _first_alone(develop, drawing.sittings):
    done += count
    progress(done, drawing.images)
  for name, text in drawing.labels(size):
    path = out / name
    if name.endswith("/"):
      path.mkdir(parents=True, exist_ok=True)
    elif not path.exists() or path.read_bytes() != text.encode():
      _write(path, text.encode())
  finished.clear()


def _mark(out: Path, parameters: Mapping[str, object]) -> None:
  facts = {**parameters, "version": VERSION}
  lines = [_TITLE, *(f"{name}={value}" for name, value in facts.items())]
  text = "\n".join(lines) + "\n"
  marker = out / MARKER
  if marker.exists():
    found = marker.read_text()
    if found != text:
      raise UserError(
        f"{out} holds stand-ins of other parameters:\n{found}asked:\n{text}"
        "choose another folder, or remove this one"
      )
    return
  for name in files.walk(out):
    if files.is_image_name(name) or video.is_video_name(name):
      raise UserError(
        f"{out} holds images or videos but no {MARKER}, so they may be of real"
        f" people: {name}; choose an empty folder"
      )
  _write(marker, text.encode())


def _develop(
  out: Path, sitting: Sitting, size: Size, finished: _Finished
) -> int:
  """Draws what is missing of a sitting; returns its number of files."""

  def holds(name: str) -> bool:
    if finished.begun:
      return finished.holds(name)
    return encoding.is_whole(out / name, size)

  missing = [k for k, name in enumerate(sitting.names) if not holds(name)]
  if missing:
    photographs = sitting.photograph(size)
    contents = {}
    for k in missing:
      path = out / sitting.names[k]
      content = encoding.encode(photographs[k], path.suffix)
      contents[sitting.names[k]] = content
      _write(path, content)
    finished.add(contents)
  return len(sitting.names)


def _write(path: Path, content: bytes) -> None:
  path.parent.mkdir(parents=True, exist_ok=True)
  artifacts.write_atomically(path, content)


def _first_alone(
  work: Callable[[Sitting], int], sittings: Iterable[Sitting]
) -> Iterator[int]:
  """Results in order; the first compiles what all cores then run."""
  rest = iter(sittings)
  for first in itertools.islice(rest, 1):
    yield work(first)
  yield from map_in_order(work, rest)


class _Finished:
  """The files written so far, a line `SHA-256 name` each.

  The list goes once the folder is full. A file that it does not name, as the
  last one before an interruption may be, is written again.

  Args:
    folder: an existing folder.

  Attributes:
    begun: whether an interrupted run has left a list.
  """

  def __init__(self, folder: Path):
    self._folder, self._path = folder, folder / _FINISHED
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
