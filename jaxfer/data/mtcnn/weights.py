"""Reading the weights that the `mtcnn` package carries, without running it.

The package's files are joblib pickles in an lz4 frame. A pickle is a program;
here its opcodes are read one by one, and only those are understood that build
a list of float32 arrays. Nothing is ever called, and importing the package,
which would start TensorFlow, is not needed.
"""

from __future__ import annotations

import dataclasses
import importlib.util
import io
import math
import pickletools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import lz4.frame
import numpy as np

from jaxfer.errors import UserError

_MOST_BYTES = 1 << 22  # unpacked; the largest file of the package has 1.6 MB
_WRAPPER = ("joblib.numpy_pickle", "NumpyArrayWrapper")
_NDARRAY = ("numpy", "ndarray")
_DTYPE = ("numpy", "dtype")
# What NumPy stores of the type float32, little-endian.
_FLOAT32 = ("f4", False, True)
_LITTLE_ENDIAN = (3, "<", None, None, None, -1, -1, 0)


def find_file(name: str) -> Path:
  """Where the installed package keeps a network's weights.

  Args:
    name: pnet, rnet or onet.

  Raises:
    FileNotFoundError: if the package or its file is missing.
  """
  spec = importlib.util.find_spec("mtcnn")
  for folder in (spec and spec.submodule_search_locations) or ():
    path = Path(folder, "assets", "weights", f"{name}.lz4")
    if path.is_file():
      return path
  raise FileNotFoundError(
    f"MTCNN's weights ({name}.lz4) come with the package mtcnn, which is not"
    " installed: pip install mtcnn"
  )


def read(path: Path, shapes: Sequence[tuple[int, ...]]) -> list[np.ndarray]:
  """Reads a file of weights.

  Args:
    path: an lz4 frame around a joblib pickle of a list of float32 arrays.
    shapes: of the arrays, in order.

  Raises:
    ValueError: if the file holds anything else, naming what.
  """
  try:
    arrays = parse(_unpack(path.read_bytes()))
    found = [array.shape for array in arrays]
    if found != list(shapes):
      raise ValueError(f"arrays of shapes {found}, expected {list(shapes)}")
  except ValueError as error:
    raise UserError(
      f"{path} is no file of MTCNN weights: {error}; install the package"
      " again: pip install --force-reinstall mtcnn"
    ) from error
  return arrays


def _unpack(packed: bytes) -> bytes:
  unpacker = lz4.frame.LZ4FrameDecompressor()
  try:
    content = unpacker.decompress(packed, max_length=_MOST_BYTES)
  except RuntimeError as error:
    raise ValueError(f"no lz4 frame ({error})") from error
  if not unpacker.eof:
    reason = "ends early" if unpacker.needs_input else "is too large"
    raise ValueError(
      f"the lz4 frame {reason} ({len(content)} bytes unpacked, at most"
      f" {_MOST_BYTES} are allowed)"
    )
  return content


def parse(content: bytes) -> list[np.ndarray]:
  """Reads a joblib pickle of a list of float32 arrays, calling nothing.

  Args:
    content: the pickle, with each array's bytes behind its description.

  Raises:
    ValueError: for an opcode, name, type or size that such a list does not
      need, naming it.
  """
  stream = io.BytesIO(content)
  machine = _Machine(stream)
  # The arrays' bytes lie between opcodes: the machine reads them off the
  # stream before genops asks for the next opcode.
  for opcode, argument, position in pickletools.genops(stream):
    try:
      machine.step(opcode.name, argument)
    except (ValueError, IndexError, TypeError) as error:
      raise ValueError(
        f"opcode {opcode.name} at byte {position}: {error}"
      ) from error
  return machine.result()


class _Mark:
  """Where a tuple, list or dict begins on the stack."""


@dataclasses.dataclass(frozen=True)
class _Name:
  """A global that the pickle names; never looked up."""

  path: tuple[str, str]


@dataclasses.dataclass
class _DType:
  """The type float32, once its byte order is known."""

  is_complete: bool = False


@dataclasses.dataclass
class _Array:
  """joblib's stand-in for an array, and then the array."""

  values: np.ndarray | None = None


class _Machine:
  """A stack machine for the few opcodes that a list of arrays needs."""

  def __init__(self, stream: io.BytesIO):
    self._stream = stream
    self._stack: list[Any] = []
    self._memo: list[Any] = []
    self._steps: dict[str, Callable[[Any], None]] = {
      "PROTO": self._nothing,
      "FRAME": self._nothing,
      "STOP": self._nothing,
      "NONE": lambda _: self._stack.append(None),
      "NEWTRUE": lambda _: self._stack.append(True),
      "NEWFALSE": lambda _: self._stack.append(False),
      "BININT": self._stack.append,
      "BININT1": self._stack.append,
      "BININT2": self._stack.append,
      "SHORT_BINUNICODE": self._stack.append,
      "MARK": lambda _: self._stack.append(_Mark()),
      "EMPTY_LIST": lambda _: self._stack.append([]),
      "EMPTY_DICT": lambda _: self._stack.append({}),
      "EMPTY_TUPLE": lambda _: self._stack.append(()),
      "TUPLE": lambda _: self._stack.append(tuple(self._to_mark())),
      "TUPLE1": lambda _: self._stack.append(self._last(1)),
      "TUPLE2": lambda _: self._stack.append(self._last(2)),
      "TUPLE3": lambda _: self._stack.append(self._last(3)),
      "MEMOIZE": lambda _: self._memo.append(self._stack[-1]),
      "BINGET": lambda index: self._stack.append(self._memo[index]),
      "STACK_GLOBAL": self._name,
      "NEWOBJ": self._new,
      "REDUCE": self._reduce,
      "BUILD": self._build,
      "SETITEMS": self._set_items,
      "APPENDS": self._extend,
    }

  def step(self, opcode: str, argument: Any) -> None:
    if opcode not in self._steps:
      raise ValueError("not needed for a list of arrays, and not allowed")
    self._steps[opcode](argument)

  def result(self) -> list[np.ndarray]:
    arrays = self._stack[-1] if self._stack else None
    if len(self._stack) != 1 or not isinstance(arrays, list):
      raise ValueError("the pickle holds no list")
    if any(not isinstance(a, _Array) or a.values is None for a in arrays):
      raise ValueError("the pickle's list holds something besides arrays")
    return [array.values for array in arrays]

  def _nothing(self, argument: Any) -> None:
    del argument

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

  def _name(self, _: Any) -> None:
    path = self._last(2)
    if path not in (_WRAPPER, _NDARRAY, _DTYPE):
      words = [part for part in path if isinstance(part, str)]
      raise ValueError(f"the name {'.'.join(words)} is not allowed")
    self._stack.append(_Name(path))

  def _new(self, _: Any) -> None:
    if self._last(2) != (_Name(_WRAPPER), ()):
      raise ValueError("makes something else than an array")
    self._stack.append(_Array())

  def _reduce(self, _: Any) -> None:
    if self._last(2) != (_Name(_DTYPE), _FLOAT32):
      raise ValueError("makes something else than the type float32")
    self._stack.append(_DType())

  def _build(self, _: Any) -> None:
    target, state = self._last(2)
    if isinstance(target, _DType) and state == _LITTLE_ENDIAN:
      target.is_complete = True
    elif isinstance(target, _Array) and isinstance(state, dict):
      target.values = self._read_array(state)
    else:
      raise ValueError("neither little-endian float32 nor an array")
    self._stack.append(target)

  def _set_items(self, _: Any) -> None:
    items = self._to_mark()
    # Strings only: the hash of nested tuples can take forever.
    if len(items) % 2 or any(type(key) is not str for key in items[::2]):
      raise ValueError("keys must be strings")
    target = self._stack[-1]
    if not isinstance(target, dict):
      raise ValueError("sets items of something else than a dict")
    target.update(zip(items[::2], items[1::2], strict=True))

  def _extend(self, _: Any) -> None:
    items = self._to_mark()
    if not isinstance(self._stack[-1], list):
      raise ValueError("appends to something else than a list")
    self._stack[-1].extend(items)

  def _read_array(self, state: dict[str, Any]) -> np.ndarray:
    dtype, shape = state.get("dtype"), state.get("shape")
    if state.get("subclass") != _Name(_NDARRAY) or state.get("order") != "C":
      raise ValueError("not a plain array in C order")
    if not isinstance(dtype, _DType) or not dtype.is_complete:
      raise ValueError("an array of another type than little-endian float32")
    if not isinstance(shape, tuple) or len(shape) > 4:
      raise ValueError("a shape must be a tuple of at most 4 sizes")
    if any(type(side) is not int or side < 1 for side in shape):
      raise ValueError("a shape's sizes must be positive integers")
    padding = self._stream.read(1)  # its length; then the padding itself
    self._stream.seek(padding[0], io.SEEK_CUR)
    size = 4 * math.prod(shape)
    content = self._stream.read(min(size, _MOST_BYTES))
    if len(content) != size:
      raise ValueError(
        f"an array of shape {shape} has {size} bytes, {len(content)} are left"
      )
    array = np.frombuffer(content, "<f4").reshape(shape)
    if not np.isfinite(array).all():
      raise ValueError(f"an array of shape {shape} holds NaN or infinity")
    return array
