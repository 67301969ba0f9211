"""Reading tensors from a PyTorch file of the older format, without running it.

Such a file, written by `torch.save` before version 1.6, is five pickles in a
row and then the storages' bytes:

  magic number, protocol version, facts of the writing system,
  the object, in which storages are named by persistent ids,
  the storages' names in order; then of each its count (int64) and elements

A pickle is a program; here its opcodes are read one by one, and only those
are understood that build a dictionary of tensors. Nothing is ever called.
"""

from __future__ import annotations

import dataclasses
import io
import math
import pickletools
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

_MAGIC = 0x1950A86A20F9469CFC6C
_PROTOCOL = 1001
_MOST_AXES = 4
_COUNT_BYTES = 8

_ORDERED_DICT = "collections OrderedDict"
_REBUILD = "torch._utils _rebuild_tensor_v2"
_DTYPES = {
  "torch FloatStorage": np.dtype("<f4"),
  "torch LongStorage": np.dtype("<i8"),
}
_NAMES = {_ORDERED_DICT, _REBUILD, *_DTYPES}


def parse(content: bytes) -> dict[str, np.ndarray]:
  """Reads a dictionary of tensors, calling nothing.

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


@dataclasses.dataclass(frozen=True)
class _Mark:
  """Where a tuple, list or dict begins on the stack."""


@dataclasses.dataclass(frozen=True)
class _Name:
  """A global that the pickle names; never looked up."""

  path: str


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
  machine = _Machine(storages)
  for opcode, argument, position in pickletools.genops(stream):
    try:
      machine.step(opcode.name, argument)
    except (ValueError, LookupError, TypeError) as error:
      raise ValueError(
        f"opcode {opcode.name} at byte {position}: {error}"
      ) from error
  return machine.result()


class _Machine:
  """A stack machine for the few opcodes that a dictionary of tensors needs."""

  def __init__(self, storages: dict[str, _Storage]):
    self._storages = storages
    self._stack: list[Any] = []
    self._memo: dict[int, Any] = {}
    push = self._stack.append
    self._steps: dict[str, Callable[[Any], None]] = {
      "PROTO": lambda _: None,
      "STOP": lambda _: None,
      "NONE": lambda _: push(None),
      "NEWTRUE": lambda _: push(True),
      "NEWFALSE": lambda _: push(False),
      "BININT": push,
      "BININT1": push,
      "BININT2": push,
      "LONG1": push,
      "BINUNICODE": push,
      "MARK": lambda _: push(_Mark()),
      "EMPTY_LIST": lambda _: push([]),
      "EMPTY_DICT": lambda _: push({}),
      "EMPTY_TUPLE": lambda _: push(()),
      "TUPLE": lambda _: push(tuple(self._to_mark())),
      "TUPLE1": lambda _: push(self._last(1)),
      "TUPLE2": lambda _: push(self._last(2)),
      "TUPLE3": lambda _: push(self._last(3)),
      "BINPUT": self._remember,
      "LONG_BINPUT": self._remember,
      "BINGET": lambda index: push(self._memo[index]),
      "LONG_BINGET": lambda index: push(self._memo[index]),
      "GLOBAL": self._name,
      "BINPERSID": self._storage,
      "REDUCE": self._reduce,
      "BUILD": self._build,
      "SETITEM": lambda _: self._set(list(self._last(2))),
      "SETITEMS": lambda _: self._set(self._to_mark()),
      "APPEND": lambda _: self._extend(list(self._last(1))),
      "APPENDS": lambda _: self._extend(self._to_mark()),
    }

  def step(self, opcode: str, argument: Any) -> None:
    if opcode not in self._steps:
      raise ValueError("not needed for tensors, and not allowed")
    self._steps[opcode](argument)

  def result(self) -> Any:
    if len(self._stack) != 1:
      raise ValueError(f"a pickle leaves {len(self._stack)} objects, not one")
    return self._stack[0]

  def _last(self, count: int) -> tuple[Any, ...]:
    if len(self._stack) < count:
      raise ValueError("the stack is empty")
    values = tuple(self._stack[-count:])
    del self._stack[-count:]
    return values

  def _to_mark(self) -> list[Any]:
    values = []
    while not isinstance(value := self._stack.pop(), _Mark):
      values.append(value)
    return values[::-1]

  def _remember(self, index: int) -> None:
    self._memo[index] = self._stack[-1]

  def _name(self, path: str) -> None:
    if path not in _NAMES:
      raise ValueError(f"the name {path.replace(' ', '.')} is not allowed")
    self._stack.append(_Name(path))

  def _storage(self, _: Any) -> None:
    kind, name, key, _, count, view = self._last(1)[0]
    if kind != "storage" or view is not None:
      raise ValueError("a persistent id of something else than a storage")
    if not isinstance(name, _Name) or name.path not in _DTYPES:
      raise ValueError("a storage of neither float32 nor int64")
    if type(key) is not str or type(count) is not int or count < 1:
      raise ValueError(
        "a storage needs a name and a positive number of elements"
      )
    new = _Storage(_DTYPES[name.path], count)
    if self._storages.setdefault(key, new) != new:
      raise ValueError(f"storage {key} is announced twice, and differently")
    self._stack.append(self._storages[key])

  def _reduce(self, _: Any) -> None:
    name, arguments = self._last(2)
    if name == _Name(_ORDERED_DICT) and arguments == ():
      self._stack.append({})
    elif name == _Name(_REBUILD):
      storage, offset, shape, strides, _, _ = arguments
      self._stack.append(_tensor(storage, offset, shape, strides))
    else:
      raise ValueError("makes neither a dictionary nor a tensor")

  def _build(self, _: Any) -> None:
    # The versions of a network's modules hang on its dictionary.
    target, state = self._last(2)
    if not isinstance(target, dict) or not isinstance(state, dict):
      raise ValueError("sets the state of something else than a dictionary")
    self._stack.append(target)

  def _set(self, items: list[Any]) -> None:
    # Strings only: the hash of nested tuples can take forever.
    if len(items) % 2 or any(type(key) is not str for key in items[::2]):
      raise ValueError("keys must be strings")
    if not isinstance(self._stack[-1], dict):
      raise ValueError("sets items of something else than a dictionary")
    self._stack[-1].update(zip(items[::2], items[1::2], strict=True))

  def _extend(self, items: list[Any]) -> None:
    if not isinstance(self._stack[-1], list):
      raise ValueError("appends to something else than a list")
    self._stack[-1].extend(items)


def _tensor(storage: Any, offset: Any, shape: Any, strides: Any) -> _Tensor:
  """Checks that a tensor lies within its storage."""
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
