"""Crops as they are made: what an interrupted run goes on from."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import numpy as np

from jaxfer import disk, untrusted

_PIECE = 2**20  # bytes copied at a time
_SAVE_EVERY = 256  # images that an interruption may cost

_log = logging.getLogger(__name__)


class Journal:
  """Pixels and facts of one image after another, safe against interruption.

  A line is written after the pixels it speaks of are on the disk, and carries a
  checksum of everything up to it; so whatever line holds can be relied on, and
  so can all before it. From the first that does not hold, images are made
  again; both files are then kept under the name `damaged-…`.

  Args:
    folder: an existing folder, empty or left by an interrupted run.
    shape: of one crop; its pixels are uint8.
  """

  def __init__(self, folder: Path, shape: tuple[int, ...]):
    self._pixels, self._lines = folder / "faces.raw", folder / "journal.jsonl"
    self._shape = shape
    self._chain = hashlib.sha256()
    self.done, self.faces = self._recover()
    self._pixel_file = self._pixels.open("ab")
    self._line_file = self._lines.open("a", encoding="ascii")
    self._waiting: list[str] = []

  def _recover(self) -> tuple[int, int]:
    """Cuts both files back to what belongs together."""
    self._pixels.touch()
    self._lines.touch()
    done = faces = kept = 0
    torn = True
    with self._lines.open("rb") as lines, self._pixels.open("rb") as pixels:
      for line in lines:
        before = self._chain.copy()
        record = _parse(line)
        if record is None or not self._holds(record, pixels):
          self._chain = before
          # The end of a line that was being written is no damage.
          torn = not line.endswith(b"\n")
          break
        faces += record["face"]
        done, kept = done + 1, kept + len(line)
    if not torn:
      self._keep_damaged(kept, faces, done)
    os.truncate(self._lines, kept)
    os.truncate(self._pixels, faces * self._face_bytes)
    return done, faces

  def _holds(self, record: dict[str, Any], pixels: IO[bytes]) -> bool:
    content = pixels.read(self._face_bytes) if record["face"] else b""
    whole = len(content) == record["face"] * self._face_bytes
    return whole and self._link(record, content) == record["sha256"]

  def _link(self, record: dict[str, Any], content: bytes) -> str:
    """The checksum of everything up to this image, itself included."""
    facts = json.dumps([record["face"], record["facts"]], sort_keys=True)
    self._chain.update(facts.encode())
    self._chain.update(content)
    return self._chain.hexdigest()

  def _keep_damaged(self, kept: int, faces: int, done: int) -> None:
    """Sets both files aside, and copies what holds from them."""
    _log.error(
      "%s is damaged: set aside; all but the first %d images in it are lost and"
      " made again",
      self._lines.parent,
      done,
    )
    sizes = {self._pixels: faces * self._face_bytes, self._lines: kept}
    for path, size in sizes.items():
      aside = disk.set_aside(path)
      with aside.open("rb") as source, path.open("wb") as target:
        while size > 0 and (piece := source.read(min(size, _PIECE))):
          size -= target.write(piece)

  @property
  def _face_bytes(self) -> int:
    return int(np.prod(self._shape))

  def add(self, facts: dict[str, str], pixels: np.ndarray | None) -> None:
    """Records one image: its facts, and its crop if it has become a face."""
    content = b"" if pixels is None else pixels.tobytes()
    self._pixel_file.write(content)
    record = {"face": int(pixels is not None), "facts": facts}
    record["sha256"] = self._link(record, content)
    self.faces += record["face"]
    self._waiting.append(json.dumps(record) + "\n")
    self.done += 1
    if len(self._waiting) >= _SAVE_EVERY:
      self._save()

  def _save(self) -> None:
    _flush(self._pixel_file)
    self._line_file.write("".join(self._waiting))
    _flush(self._line_file)
    self._waiting.clear()

  def records(self) -> Iterator[tuple[bool, dict[str, str]]]:
    """Whether each image became a face, and its facts, in order."""
    self._save()
    with self._lines.open("rb") as file:
      for line in file:
        record = json.loads(line)
        yield bool(record["face"]), record["facts"]

  def finish(self, npy: Path) -> None:
    """Makes an array of the pixels, (faces, *shape), and clears up."""
    self.close()
    header = {
      "descr": np.lib.format.dtype_to_descr(np.dtype(np.uint8)),
      "fortran_order": False,
      "shape": (self.faces, *self._shape),
    }
    # Copied as bytes: mapped into memory, a large set would fill it.
    with self._pixels.open("rb") as source, npy.open("wb") as target:
      np.lib.format.write_array_header_1_0(target, header)
      shutil.copyfileobj(source, target, _PIECE)
    # In this order: lines without their pixels would count as damage.
    self._lines.unlink()
    self._pixels.unlink()

  def close(self) -> None:
    """Saves what is there."""
    if not self._line_file.closed:
      self._save()
      self._pixel_file.close()
      self._line_file.close()

  def __enter__(self) -> Journal:
    return self

  def __exit__(
    self,
    kind: type[BaseException] | None,
    error: BaseException | None,
    trace: TracebackType | None,
  ) -> None:
    self.close()


def _parse(line: bytes) -> dict[str, Any] | None:
  """A record, or None for a line that was cut off or spoilt."""
  try:
    record = untrusted.parse_json(line)
    whole = line.endswith(b"\n") and record["face"] in (0, 1)
    return record if whole and isinstance(record["facts"], dict) else None
  except (ValueError, KeyError, TypeError):
    return None


def _flush(file: IO[Any]) -> None:
  """Has the operating system put a file's content on the disk."""
  file.flush()
  os.fsync(file.fileno())
