"""The weights of FID's InceptionV3, from a file that the user names."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from jaxfer import untrusted
from jaxfer.errors import UserError
from jaxfer.metrics.inception import torch_file
from jaxfer.metrics.inception.network import shapes

FILE = "pt_inception-2015-12-05-6726825d.pth"
SHA256 = "6726825d0af5f729cebd5821db510b11b1cfad8faad88a03f1befd49fb9129b2"

_MOST_BYTES = 1 << 27  # the file has 95,628,359
_SOURCE = "sha256"  # entry of a converted file: what it was made from
_COUNTER = ".num_batches_tracked"  # of training; nothing uses it
_TORCHVISION = "inception_v3_google"
_WHERE = f"take {FILE}, which the FID of pytorch-fid and torch-fidelity uses"


def load(path: Path, sha256: str = SHA256) -> dict[str, np.ndarray]:
  """Reads the weights, from the published file or a converted one.

  The published file is held against its SHA-256. A converted file (.npz) is
  not proof against forgery: it says itself what it was made from, and damage
  shows in its checksums.

  Args:
    path: the file; by `.npz` a converted one is known.
    sha256: of the published file, in hex.

  Returns:
    Arrays of the names and shapes that `network.shapes` gives, float32.

  Raises:
    FileNotFoundError: if there is no such file.
    ValueError: if it is another file, torchvision's in particular, or damaged.
  """
  try:
    if path.suffix == ".npz":
      return _read_converted(path, sha256)
    return _read_published(path, sha256)
  except FileNotFoundError as error:
    raise FileNotFoundError(
      f"the weights of InceptionV3 are not at {path}: {_WHERE}"
    ) from error
  except ValueError as error:
    raise UserError(
      f"{path} holds no weights of FID's InceptionV3: {error}; {_WHERE}"
    ) from error


def load_converted(path: Path, sha256: str = SHA256) -> dict[str, np.ndarray]:
  """As `load`, but the published file is parsed once.

  The first use leaves a converted file beside it, of the same name in `.npz`,
  which later ones read instead; a damaged one is made anew. Where none can be
  written, every use parses.
  """
  copy = path.with_suffix(".npz")
  try:
    return load(copy, sha256)
  except (OSError, ValueError):
    arrays = load(path, sha256)
  with contextlib.suppress(OSError):
    _convert(arrays, copy, sha256)
  return arrays


def _convert(arrays: Mapping[str, np.ndarray], out: Path, sha256: str) -> None:
  """Writes plain arrays; whoever reads meanwhile sees all of them or none."""
  source = np.frombuffer(bytes.fromhex(sha256), np.uint8)
  draft = out.with_name(f".{os.getpid()}-{out.name}")
  try:
    np.savez(draft, allow_pickle=False, **arrays, **{_SOURCE: source})
    draft.replace(out)
  finally:
    draft.unlink(missing_ok=True)


def _read_published(path: Path, sha256: str) -> dict[str, np.ndarray]:
  size = path.stat().st_size
  if size > _MOST_BYTES:
    raise ValueError(f"it has {size} bytes, at most {_MOST_BYTES} are allowed")
  content = path.read_bytes()
  # Names lie in a file of weights as they are.
  if path.name.startswith(_TORCHVISION) or b"AuxLogits." in content:
    raise ValueError("it is torchvision's InceptionV3, another network")
  found = hashlib.sha256(content).hexdigest()
  if found != sha256:
    raise ValueError(f"its SHA-256 is {found}, not {sha256}")
  state = torch_file.parse(content)
  return _check({k: v for k, v in state.items() if not k.endswith(_COUNTER)})


def _check(state: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
  wanted = shapes()
  for name in sorted(wanted.keys() ^ state.keys()):
    there = "has no" if name in wanted else "has an unknown"
    raise ValueError(f"it {there} array {name}")
  for name, shape in wanted.items():
    array = state[name]
    if array.shape != shape or array.dtype != np.float32:
      raise ValueError(
        f"{name} is {array.dtype} of {array.shape}, not float32 of {shape}"
      )
    if not np.isfinite(array).all():
      raise ValueError(f"{name} holds nan or infinity")
  return {name: np.ascontiguousarray(state[name]) for name in wanted}


def _read_converted(path: Path, sha256: str) -> dict[str, np.ndarray]:
  state = untrusted.load_arrays(path, _MOST_BYTES)
  source = state.pop(_SOURCE, np.empty(0, np.uint8))
  if source.tobytes() != bytes.fromhex(sha256):
    raise ValueError(f"it was not made from the file of SHA-256 {sha256}")
  return _check(state)
