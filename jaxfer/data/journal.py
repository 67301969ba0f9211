"""Crops as they are made: what an interrupted run goes on from."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from jaxfer import artifacts, disk, untrusted

# Images of a piece, which an interruption may cost, and bytes of their crops.
_SAVE_EVERY, _MOST_BYTES = 256, 2**19
_MOST_FACTS = 2**26  # bytes of a piece's facts that are read

_log = logging.getLogger(__name__)


class Journal:
  """Pixels and facts of one image after another, safe against interruption.

  They lie in pieces, each named after the number of its first image. A piece
  has its name only when it is written, and the checksums of its file tell
  whether it still is as it was. From the first that does not hold, images are
  made again; what lay there is kept under the name `damaged-…`.

  Args:
    folder: an existing folder, empty or left by an interrupted run.
    shape: of one crop; its pixels are uint8.
  """

  def __init__(self, folder: Path, shape: tuple[int, ...]):
    self._folder, self._shape = folder, shape
    self._pieces: list[Path] = []
    self._facts: list[tuple[int, dict[str, str]]] = []
    self._pixels: list[np.ndarray] = []
    self.done = self.faces = 0
    found = sorted(folder.glob("piece-*.npz"))
    for path in found:
      if (counts := self._counts(path)) is None:
        break
      self._pieces.append(path)
      self.done += counts[0]
      self.faces += counts[1]
    if lost := found[len(self._pieces) :]:
      _log.error(
        "%s is damaged: set aside; all but the first %d images in it are lost"
        " and made again",
        folder,
        self.done,
      )
      for path in lost:
        disk.set_aside(path)

  def _counts(self, path: Path) -> tuple[int, int] | None:
    """Images and faces of the next piece, or None if it is not as written."""
    most = _SAVE_EVERY * int(np.prod(self._shape)) + _MOST_FACTS
    try:
      piece = untrusted.load_arrays(path, most)
      first, facts = untrusted.parse_json(piece["facts"].tobytes())
      faces = sum(is_face for is_face, _ in facts)
      whole = all(isinstance(said, dict) for _, said in facts)
      whole &= path == self._path(first) and first == self.done
      shape, dtype = piece["pixels"].shape, piece["pixels"].dtype
    except (OSError, ValueError, KeyError, TypeError):
      return None
    fits = shape == (faces, *self._shape) and dtype == np.uint8
    return (len(facts), faces) if whole and fits else None

  def _path(self, first: int) -> Path:
    return self._folder / f"piece-{first:09d}.npz"

  def add(self, facts: dict[str, str], pixels: np.ndarray | None) -> None:
    """Records one image: its facts, and its crop if it has become a face."""
    self._facts.append((int(pixels is not None), facts))
    if pixels is not None:
      self._pixels.append(pixels)
      self.faces += 1
    self.done += 1
    size = sum(crop.nbytes for crop in self._pixels)
    if len(self._facts) >= _SAVE_EVERY or size >= _MOST_BYTES:
      self.close()

  def close(self) -> None:
    """Saves what is there."""
    if not self._facts:
      return
    first = self.done - len(self._facts)
    content = io.BytesIO()
    np.savez(
      content,
      facts=np.frombuffer(json.dumps([first, self._facts]).encode(), np.uint8),
      pixels=np.array(self._pixels, np.uint8).reshape(-1, *self._shape),
    )
    artifacts.write_atomically(self._path(first), content.getvalue())
    self._pieces.append(self._path(first))
    self._facts, self._pixels = [], []

  def records(self) -> Iterator[tuple[bool, dict[str, str]]]:
    """Whether each image became a face, and its facts, in order."""
    self.close()
    for path in self._pieces:
      for is_face, facts in json.loads(_part(path, "facts").tobytes())[1]:
        yield bool(is_face), facts

  def finish(self, npy: Path) -> None:
    """Makes an array of the pixels, (faces, *shape), and clears up."""
    self.close()
    header = {
      "descr": np.lib.format.dtype_to_descr(np.dtype(np.uint8)),
      "fortran_order": False,
      "shape": (self.faces, *self._shape),
    }
    with npy.open("wb") as target:
      np.lib.format.write_array_header_1_0(target, header)
      for path in self._pieces:
        target.write(_part(path, "pixels").tobytes())
    # The last first: a gap would count as damage.
    for path in reversed(self._pieces):
      path.unlink()

  def __enter__(self) -> Journal:
    return self

  def __exit__(self, *error: Any) -> None:
    self.close()


def _part(path: Path, name: str) -> np.ndarray:
  """One array of a piece; the other is not read."""
  with np.load(path, allow_pickle=False) as piece:
    return piece[name]
