"""Reading tensors from a PyTorch file of the older format, without PyTorch.

Such a file, written by `torch.save` before version 1.6, is five pickles in a
row and then the storages' bytes:

  magic number, protocol version, facts of the writing system,
  the object, in which storages are named by persistent ids,
  the storages' names in order; then of each its count (int64) and elements

A pickle is a program. Here it finds only what a dictionary of tensors needs:
few opcodes, no attributes to set, and in place of what it names the classes
and functions of this file. What it makes is no larger than it is long, but for
a factor.
"""

from __future__ import annotations

import dataclasses
import io
import math
import pickle
import pickletools
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

_MAGIC = 0x1950A86A20F9469CFC6C
_PROTOCOL = 1001
_MOST_AXES = 4
_COUNT_BYTES = 8


def parse(content: bytes) -> dict[str, np.ndarray]:
  """Reads a dictionary of tensors.

  Args:
    content: the file.

  Returns:
    By name the tensors: read-only views of `content`, float32 or int64, of at
    most four axes.

  Raises:
    ValueError: for an opcode, name, type or size that such a dictionary does
      not need, naming it.

  Reference: PyTorch 1.5, `torch/serialization.py`, `_legacy_save`.
  """
  stream = io.BytesIO(content)
  storages: dict[str, _Storage] = {}
  if _load(stream, storages) != _MAGIC:
    raise ValueError("no PyTorch file of the older format: the magic differs")
  if _load(stream, storages) != _PROTOCOL:
    raise ValueError(f"its protocol is not {_PROTOCOL}")
  system = _load(stream, storages)
  if not isinstance(system, dict) or system.get("little_endian") is not True:
    raise ValueError("not written by a little-endian machine")
  tensors = _load(stream, storages)
  if not isinstance(tensors, dict):
    raise ValueError("holds no dictionary")
  for name, tensor in tensors.items():
    if not isinstance(tensor, _Tensor):
      raise ValueError(f"its entry {name!r} is no tensor")
  _find(stream, storages, _load(stream, storages), len(content))
  return {name: tensor.view(content) for name, tensor in tensors.items()}


@dataclasses.dataclass
class _Storage:
  """Elements of one type in a row, and the byte at which they start."""

  dtype: np.dtype
  count: int
  start: int = 0


@dataclasses.dataclass(frozen=True)
class _Tensor:
  """A view of a storage, known to lie within it."""

  storage: _Storage
  offset: int
  shape: tuple[int, ...]
  strides: tuple[int, ...]

  def view(self, content: bytes) -> np.ndarray:
    dtype = self.storage.dtype
    start = self.storage.start + self.offset * dtype.itemsize
    strides = [stride * dtype.itemsize for stride in self.strides]
    return np.ndarray(self.shape, dtype, content, start, strides)


def _find(
  stream: io.BytesIO, storages: Mapping[str, _Storage], keys: Any, size: int
) -> None:
  """Walks over the storages' elements, noting where each begins."""
  known = isinstance(keys, list) and all(type(key) is str for key in keys)
  if not known or sorted(keys) != sorted(storages):
    raise ValueError("the storages listed are not those that tensors use")
  for key in keys:
    storage = storages[key]
    count = int.from_bytes(stream.read(_COUNT_BYTES), "little")
    if count != storage.count:
      raise ValueError(
        f"storage {key} has {count} elements, {storage.count} were announced"
      )
    storage.start = stream.tell()
    end = storage.start + count * storage.dtype.itemsize
    if end > size:
      raise ValueError(
        f"storage {key} ends at byte {end}, the file at byte {size}"
      )
    stream.seek(end)
  if stream.tell() != size:
    raise ValueError(f"{size - stream.tell()} bytes follow the last storage")


def _load(stream: io.BytesIO, storages: dict[str, _Storage]) -> Any:
  """The object of the next pickle; leaves the stream behind it."""
  try:
    return _Unpickler(stream, storages).load()
  except Exception as error:  # of any kind, says the documentation
    why = str(error) or type(error).__name__
    raise ValueError(f"at byte {stream.tell()}: {why}") from error


class _Names(dict):
  """An (ordered) dictionary with names as keys."""

  def __init__(self):
    super().__init__()

  def __setitem__(self, name: Any, value: Any) -> None:
    if type(name) is not str:  # the hash of nested tuples can take forever
      raise ValueError("keys must be strings")
    super().__setitem__(name, value)


def _tensor(
  storage: Any, offset: Any, shape: Any, strides: Any, *_: Any
) -> _Tensor:
  """A tensor, once it is known to lie within its storage."""
  if not isinstance(storage, _Storage):
    raise ValueError("a tensor without a storage")
  for axes in (shape, strides):
    if not isinstance(axes, tuple) or len(axes) > _MOST_AXES:
      raise ValueError(f"a tensor needs tuples of at most {_MOST_AXES} axes")
    if any(type(axis) is not int for axis in axes):
      raise ValueError("sizes and strides must be integers")
  if len(shape) != len(strides):
    raise ValueError(f"{len(shape)} sizes and {len(strides)} strides")
  if any(side < 1 for side in shape) or any(step < 0 for step in strides):
    raise ValueError("sizes must be positive, and strides not negative")
  if type(offset) is not int or offset < 0:
    raise ValueError("an offset must be an integer of at least 0")
  steps = zip(shape, strides, strict=True)
  last = offset + sum((side - 1) * step for side, step in steps)
  # A stride of 0 would make any size out of one element.
  if (
    last >= storage.count or max(math.prod(shape), 0, *strides) > storage.count
  ):
    raise ValueError(
      f"a tensor of shape {shape} and strides {strides} from element {offset}"
      f" does not fit a storage of {storage.count} elements"
    )
  return _Tensor(storage, offset, shape, strides)


class _Opcodes(dict[int, Callable[[Any], None]]):
  """What each opcode does."""

  def __missing__(self, code: int) -> Any:
    names = {ord(one.code): one.name for one in pickletools.opcodes}
    name = names.get(code, f"{code:#04x}")
    raise ValueError(f"opcode {name}: not needed for tensors, and not allowed")


# The unpickler in C knows no end: it sizes its memo by an index of the file
# (2^32 of 8 bytes), and hashes whatever is a key.
class _Unpickler(pickle._Unpickler):
  """Python's own unpickler, of few opcodes and names."""

  NAMES: Mapping[tuple[str, str], Any] = {
    ("collections", "OrderedDict"): _Names,
    ("torch._utils", "_rebuild_tensor_v2"): _tensor,
    ("torch", "FloatStorage"): np.dtype("<f4"),
    ("torch", "LongStorage"): np.dtype("<i8"),
  }
  OPCODES = (
    *("PROTO", "STOP", "MARK", "NONE", "NEWTRUE", "NEWFALSE"),
    *("BININT", "BININT1", "BININT2", "LONG1", "BINUNICODE"),
    *("EMPTY_TUPLE", "TUPLE", "TUPLE1", "TUPLE2", "TUPLE3"),
    *("EMPTY_LIST", "APPEND", "APPENDS", "SETITEM", "SETITEMS"),
    *("BINPUT", "LONG_BINPUT", "BINGET", "LONG_BINGET"),
    *("GLOBAL", "BINPERSID", "REDUCE"),
  )
  dispatch = _Opcodes(
    (code, pickle._Unpickler.dispatch[code])
    for code in (getattr(pickle, name)[0] for name in OPCODES)
  )
  dispatch[pickle.EMPTY_DICT[0]] = lambda self: self.append(_Names())
  # The versions of a network's modules hang on its dictionary: left out.
  dispatch[pickle.BUILD[0]] = lambda self: self.stack.pop()

  def __init__(self, stream: io.BytesIO, storages: dict[str, _Storage]):
    super().__init__(stream)
    self._storages = storages

  def find_class(self, module: str, name: str) -> Any:
    if (module, name) not in self.NAMES:
      raise ValueError(f"the name {module}.{name} is not allowed")
    return self.NAMES[module, name]

  def persistent_load(self, pid: Any) -> _Storage:
    kind, dtype, key, _, count, view = pid
    if kind != "storage" or view is not None:
      raise ValueError("a persistent id of something else than a storage")
    if not isinstance(dtype, np.dtype):
      raise ValueError("a storage of neither float32 nor int64")
    if type(key) is not str or type(count) is not int or count < 1:
      raise ValueError(
        "a storage needs a name and a positive number of elements"
      )
    new = _Storage(dtype, count)
    if self._storages.setdefault(key, new) != new:
      raise ValueError(f"storage {key} is announced twice, and differently")
    return self._storages[key]
