"""Weights that others published, in files that are pickles inside.

A pickle is a program. So a file is taken only if it is the published one to the
byte, by its SHA-256, and even then nothing in it can name anything but a
dictionary of tensors; MTCNN's arrays lie at known places, and are not unpickled
at all.
"""

from __future__ import annotations

import collections
import hashlib
import io
import math
import pickle
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

_MAGIC, _PROTOCOL = 0x1950A86A20F9469CFC6C, 1001
_COUNT_BYTES = 8
_MOST_BYTES = 1 << 27  # the largest, InceptionV3's, has 95,628,359


def read(path: Path, sha256: str) -> bytes:
  """The content of a file that is known to the byte.

  Raises:
    ValueError: if its SHA-256 (in hex) is another one.
  """
  size = path.stat().st_size
  if size > _MOST_BYTES:
    raise ValueError(f"it has {size} bytes, at most {_MOST_BYTES} are allowed")
  content = path.read_bytes()
  found = hashlib.sha256(content).hexdigest()
  if found != sha256:
    raise ValueError(f"its SHA-256 is {found}, not {sha256}")
  return content


def joblib_arrays(
  content: bytes, shapes: Sequence[tuple[int, ...]]
) -> list[np.ndarray]:
  """The float32 arrays, of these shapes in order, of a joblib pickle's list.

  Before each lie a frame of opcodes that describes it, and padding.
  """
  stream = io.BytesIO(content)
  stream.seek(2)  # the pickle's protocol
  arrays = []
  for shape in shapes:
    stream.seek(1, io.SEEK_CUR)  # the opcode FRAME
    stream.seek(int.from_bytes(stream.read(8), "little"), io.SEEK_CUR)
    stream.seek(stream.read(1)[0], io.SEEK_CUR)
    values = stream.read(4 * math.prod(shape))
    arrays.append(np.frombuffer(values, "<f4").reshape(shape))
  return arrays


def torch_arrays(content: bytes) -> dict[str, np.ndarray]:
  """The tensors, by name, of a dictionary in PyTorch's older format.

  Returns:
    Read-only views of `content`, float32 or int64.

  Raises:
    ValueError: if it is none, or names what tensors do not need.

  Reference: PyTorch 1.5, `torch/serialization.py`, `_legacy_save`.
  """
  stream = io.BytesIO(content)
  magic, protocol, _, tensors, keys = (
    _Unpickler(stream).load() for _ in range(5)
  )
  if (magic, protocol) != (_MAGIC, _PROTOCOL):
    raise ValueError("it is no PyTorch file of the older format")
  start = {}
  sizes = {one.storage.key: one.storage for one in tensors.values()}
  for key in keys:
    start[key] = stream.seek(_COUNT_BYTES, io.SEEK_CUR)
    stream.seek(sizes[key].count * sizes[key].dtype.itemsize, io.SEEK_CUR)
  return {
    name: one.view(content, start[one.storage.key])
    for name, one in tensors.items()
  }


class _Storage(NamedTuple):
  """Elements of one type in a row."""

  dtype: np.dtype
  key: str
  count: int


class _Tensor(NamedTuple):
  """A view of a storage."""

  storage: _Storage
  offset: int
  shape: tuple[int, ...]
  strides: tuple[int, ...]

  def view(self, content: bytes, start: int) -> np.ndarray:
    """The array, of a storage that starts at this byte."""
    dtype = self.storage.dtype
    strides = [stride * dtype.itemsize for stride in self.strides]
    start += self.offset * dtype.itemsize
    return np.ndarray(self.shape, dtype, content, start, strides)


def _tensor(
  storage: _Storage,
  offset: int,
  shape: tuple[int, ...],
  strides: tuple[int, ...],
  *_: Any,
) -> _Tensor:
  return _Tensor(storage, offset, shape, strides)


class _Unpickler(pickle.Unpickler):
  NAMES: Mapping[tuple[str, str], Any] = {
    ("collections", "OrderedDict"): collections.OrderedDict,
    ("torch._utils", "_rebuild_tensor_v2"): _tensor,
    ("torch", "FloatStorage"): np.dtype("<f4"),
    ("torch", "LongStorage"): np.dtype("<i8"),
  }

  def find_class(self, module: str, name: str) -> Any:
    if (module, name) not in self.NAMES:
      raise ValueError(f"the name {module}.{name} is not allowed")
    return self.NAMES[module, name]

  def persistent_load(self, pid: Any) -> _Storage:
    _, dtype, key, _, count, _ = pid
    return _Storage(dtype, key, count)
