"""A folder of drawn photographs: marked as such, resumable, never half-written.

Every dataset's writer hands its sittings to `fill`.
"""

from __future__ import annotations

import collections
import dataclasses
import io
import itertools
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image

MARKER = "STANDIN.txt"
VERSION = 1  # of the drawing; a folder never mixes two
_TITLE = "Drawn stand-in faces, no photographs of people."
_QUALITY = 92


@dataclasses.dataclass(frozen=True)
class Sitting:
  """Photographs that are drawn together.

  Attributes:
    names: file names, one per photograph.
    photograph: draws them, (len(names), H, W, 3) uint8.
  """

  names: tuple[str, ...]
  photograph: Callable[[], np.ndarray]


def fill(
  out: Path,
  sittings: Iterable[Sitting],
  *,
  size: tuple[int, int],
  parameters: Mapping[str, object],
  progress: Callable[[int], None],
) -> None:
  """Writes sittings as JPEG, keeping whatever is already there and whole.

  Each file appears under its name only when complete. Only a few sittings are
  in memory at a time.

  Args:
    out: the folder, created if missing.
    sittings: what to draw, in order.
    size: width and height in pixels that a whole file has.
    parameters: what the drawing depends on; goes into the marker file.
    progress: called with the number of files finished so far.

  Raises:
    ValueError: if the folder holds images that were not drawn with these
      parameters.
  """
  out.mkdir(parents=True, exist_ok=True)
  _mark(out, parameters)
  done = 0
  for count in _in_order(lambda one: _develop(out, one, size), sittings):
    done += count
    progress(done)


def _mark(out: Path, parameters: Mapping[str, object]) -> None:
  facts = {**parameters, "version": VERSION}
  lines = [_TITLE, *(f"{name}={value}" for name, value in facts.items())]
  text = "\n".join(lines) + "\n"
  marker = out / MARKER
  if marker.exists():
    found = marker.read_text()
    if found != text:
      raise ValueError(
        f"{out} holds stand-ins of other parameters:\n{found}asked:\n{text}"
        "choose another folder, or remove this one"
      )
    return
  if next(out.glob("*.jpg"), None) is not None:
    raise ValueError(
      f"{out} holds images but no {MARKER}, so they may be photographs;"
      " choose an empty folder"
    )
  _write(marker, text.encode())


def _develop(out: Path, sitting: Sitting, size: tuple[int, int]) -> int:
  """Draws what is missing of a sitting; returns its number of files."""
  missing = [
    k for k, name in enumerate(sitting.names) if not _whole(out / name, size)
  ]
  if missing:
    photographs = sitting.photograph()
    for k in missing:
      _write(out / sitting.names[k], encode(photographs[k]))
  return len(sitting.names)


def encode(photograph: np.ndarray) -> bytes:
  """A photograph (H, W, 3) uint8 as JPEG."""
  buffer = io.BytesIO()
  Image.fromarray(photograph).save(
    buffer, "JPEG", quality=_QUALITY, subsampling=0
  )
  return buffer.getvalue()


def _whole(path: Path, size: tuple[int, int]) -> bool:
  """Whether a file is a JPEG of this size that runs to its end marker."""
  try:
    with path.open("rb") as file:
      file.seek(-2, os.SEEK_END)
      if file.read() != b"\xff\xd9":
        return False
    with Image.open(path) as image:
      return image.format == "JPEG" and image.size == size
  except OSError:
    return False


def _write(path: Path, content: bytes) -> None:
  """Writes under another name first, so that a crash leaves no half file."""
  draft = path.with_name(f".{path.name}.{os.getpid()}")
  draft.write_bytes(content)
  draft.replace(path)


def _in_order(
  work: Callable[[Sitting], int], sittings: Iterable[Sitting]
) -> Iterator[int]:
  """Results in order from all cores, a bounded number in flight."""
  rest = iter(sittings)
  # The first is drawn alone: it compiles what the others run.
  for first in itertools.islice(rest, 1):
    yield work(first)
  workers = os.cpu_count() or 1
  pending: collections.deque[Future[int]] = collections.deque()
  with ThreadPoolExecutor(workers) as pool:
    try:
      for sitting in rest:
        pending.append(pool.submit(work, sitting))
        if len(pending) > 2 * workers:
          yield pending.popleft().result()
      while pending:
        yield pending.popleft().result()
    finally:
      for future in pending:
        future.cancel()
