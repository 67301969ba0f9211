"""Reading the weights that the `mtcnn` package carries, without running it.

The package's files are joblib pickles in an lz4 frame. Nothing is unpickled,
and importing the package, which would start TensorFlow, is not needed.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping, Sequence
from pathlib import Path

import lz4.frame
import numpy as np

from jaxfer import weight_files
from jaxfer.errors import UserError

# Of the files in mtcnn 1.0.0.
SHA256: Mapping[str, str] = {
  "pnet": "ea6b0c3e685ebee3165326ad6484acc95f2ef78f1c94fbf40a55704fa989f7b5",
  "rnet": "cb00e6460f3c98b0bfafaba3c0a0ded4bdf6e62cee7174d969e8670d7e757fee",
  "onet": "94f6ea2f4cf985275ee958cdd762d17b6009348a4fb9d8c6be39ba73ffd22ca3",
}


def find_file(name: str) -> Path:
  """Where the installed package keeps a network's weights.

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
    " installed: pip install mtcnn==1.0.0"
  )


def read(
  path: Path, shapes: Sequence[tuple[int, ...]], sha256: str
) -> list[np.ndarray]:
  """The arrays, float32 and of these shapes in order, of a file of weights.

  Raises:
    ValueError: if its SHA-256 is another one.
  """
  try:
    content = weight_files.read(path, sha256)
  except ValueError as error:
    raise UserError(
      f"{path} is no file of MTCNN weights: {error}; install the package again:"
      " pip install --force-reinstall mtcnn==1.0.0"
    ) from error
  return weight_files.joblib_arrays(lz4.frame.decompress(content), shapes)
