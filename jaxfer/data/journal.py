"""Crops as they are made: what an interrupted run goes on from."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import numpy as np

_PIECE = 2**20  # bytes copied at a time
_SAVE_EVERY = 256  # images that an interruption may cost


class Journal:
  """Pixels and facts of one image after another, safe against interruption.

  A line is written after the pixels it speaks of are on the disk, so whatever
  line is there can be relied on.

  Args:
    folder: an existing folder, empty or left by an interrupted run.
    shape: of one crop; its pixels are uint8.
  """

  def __init__(self, folder: Path, shape: tuple[int, ...]):
    self._pixels, self._lines = folder / "faces.raw", folder / "journal.jsonl"
    self._shape, self._unsaved = shape, 0
    self.done, self.faces = self._recover()
    self._pixel_file = self._pixels.open("ab")
    self._line_file = self._lines.open("a", encoding="ascii")
    self._waiting: list[str] = []

  def _recover(self) -> tuple[int, int]:
    """Cuts both files back to what belongs together."""
    self._pixels.touch()
    self._lines.touch()
    room = self._pixels.stat().st_size // self._face_bytes
    done = faces = kept = 0
    with self._lines.open("rb") as file:
      for line in file:
        record = _parse(line)
        if record is None or faces + record["face"] > room:
          break
        faces += record["face"]
        done, kept = done + 1, kept + len(line)
    os.truncate(self._lines, kept)
    os.truncate(self._pixels, faces * self._face_bytes)
    return done, faces

  @property
  def _face_bytes(self) -> int:
    return int(np.prod(self._shape))

  def add(self, facts: dict[str, str], pixels: np.ndarray | None) -> None:
    """Records one image: its facts, and its crop if it has become a face."""
    if pixels is not None:
      self._pixel_file.write(pixels.tobytes())
      self.faces += 1
    record = {"face": int(pixels is not None), "facts": facts}
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
    self._pixels.unlink()
    self._lines.unlink()

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
    record = json.loads(line)
    whole = line.endswith(b"\n") and record["face"] in (0, 1)
    return record if whole and isinstance(record["facts"], dict) else None
  except (ValueError, KeyError, TypeError):
    return None


def _flush(file: IO[Any]) -> None:
  """Has the operating system put a file's content on the disk."""
  file.flush()
  os.fsync(file.fileno())
