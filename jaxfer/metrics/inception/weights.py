"""The weights of FID's InceptionV3, from a file that the user names."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from jaxfer import weight_files
from jaxfer.errors import UserError

FILE = "pt_inception-2015-12-05-6726825d.pth"
SHA256 = "6726825d0af5f729cebd5821db510b11b1cfad8faad88a03f1befd49fb9129b2"

_TORCHVISION = "inception_v3_google"
_WHERE = f"take {FILE}, which the FID of pytorch-fid and torch-fidelity uses"


def load(path: Path, sha256: str = SHA256) -> dict[str, np.ndarray]:
  """Reads the weights from the published file.

  Args:
    path: the file.
    sha256: of the published file, in hex.

  Returns:
    Arrays of the names and shapes that `network.shapes` gives, float32; and
    counters of training, which nothing uses.

  Raises:
    FileNotFoundError: if there is no such file.
    ValueError: if it is another file.
  """
  try:
    if path.name.startswith(_TORCHVISION):
      raise ValueError("it is torchvision's InceptionV3, another network")
    content = weight_files.read(path, sha256)
    return weight_files.torch_arrays(content)
  except FileNotFoundError as error:
    raise FileNotFoundError(
      f"the weights of InceptionV3 are not at {path}: {_WHERE}"
    ) from error
  except ValueError as error:
    raise UserError(
      f"{path} holds no weights of FID's InceptionV3: {error}; {_WHERE}"
    ) from error
