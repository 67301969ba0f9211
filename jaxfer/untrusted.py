"""Reading JSON and arrays that anybody may have written.

What is wrong with them is a ValueError: Python's and NumPy's own readers answer
some files with errors of other kinds, or with all the memory there is.
"""

from __future__ import annotations

import json
import tokenize
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jaxfer.errors import UserError

if TYPE_CHECKING:  # who reads JSON alone need not wait for NumPy
  import numpy as np

_PIECE = 2**20  # bytes of an array read at a time
# What NumPy says of a bad header, which it reads as a literal of Python's.
_HEADERS = (
  ValueError,
  EOFError,
  OverflowError,
  RecursionError,
  SyntaxError,
  TypeError,
  tokenize.TokenError,
)


def parse_json(text: str | bytes) -> Any:
  """The value that a JSON text holds.

  Raises:
    ValueError: if it is none, or nested too deeply.
  """
  try:
    return json.loads(text)
  except RecursionError as error:
    raise ValueError("JSON that is nested too deeply") from error


def load_arrays(path: Path, most_bytes: int) -> dict[str, np.ndarray]:
  """The arrays of an `.npz` file; objects are refused.

  Args:
    path: the file.
    most_bytes: that all arrays may have together, unpacked.

  Raises:
    OSError: if it cannot be read.
    ValueError: if it is damaged, larger, or holds something else.
  """
  try:
    with zipfile.ZipFile(path) as archive:
      # What a member says of its size holds: zipfile reads no further.
      size = sum(member.file_size for member in archive.infolist())
      if size > most_bytes:
        raise ValueError(
          f"{size:,} bytes unpacked, at most {most_bytes:,} are allowed"
        )
      arrays = {}
      for member in archive.infolist():
        name, dot, kind = member.filename.rpartition(".")
        if not dot or kind != "npy":
          raise ValueError(f"it holds {member.filename!r}, which is no array")
        with archive.open(member) as file:
          arrays[name] = _array(file, member.file_size)
      return arrays
  # An odd method of compression, or a password.
  except (
    *_HEADERS,
    zlib.error,
    zipfile.BadZipFile,
    NotImplementedError,
    RuntimeError,
  ) as error:
    raise UserError(f"{path} is no file of arrays: {error}") from error


def map_array(path: Path) -> np.ndarray:
  """The array of an `.npy` file, memory-mapped; objects are refused.

  Args:
    path: the file.

  Raises:
    OSError: if it cannot be read.
    ValueError: if it is damaged, or holds something else.
  """
  import numpy as np

  try:
    return np.load(path, mmap_mode="r", allow_pickle=False)
  except _HEADERS as error:
    raise UserError(f"{path} is no array: {error}") from error


def _array(file: Any, size: int) -> np.ndarray:
  import numpy as np

  version = np.lib.format.read_magic(file)
  if version != (1, 0):
    raise ValueError(f"an array of version {version}, not (1, 0)")
  shape, fortran, dtype = np.lib.format.read_array_header_1_0(file)
  if dtype.hasobject:
    raise ValueError("an array of objects")
  # Python's numbers do not overflow.
  count = 1
  for side in shape:
    count *= int(side)
  if count < 0 or count * dtype.itemsize > size:
    raise ValueError(f"an array of {shape} {dtype} in {size:,} bytes")
  size = count * dtype.itemsize
  if not dtype.itemsize:
    raise ValueError(f"an array of {dtype}, which holds nothing")
  # In pieces, so that memory holds it once; and no more of it than there is.
  content, done = np.empty(size, np.uint8), 0
  while done < size and (piece := file.read(min(size - done, _PIECE))):
    content[done : done + len(piece)] = np.frombuffer(piece, np.uint8)
    done += len(piece)
  if done != size:
    raise ValueError("an array that ends early")
  return content.view(dtype).reshape(shape, order="F" if fortran else "C")
