"""The weights of FID's network: which file is taken, and which are not."""

import hashlib
import pickle
import struct
from collections import OrderedDict

import numpy as np
import pytest

from jaxfer.metrics.inception import weights


def torch_file(arrays):
  """A file of PyTorch's older format; see `record_inception.py` for its own."""

  def text(word):
    return b"X" + struct.pack("<I", len(word)) + word.encode()

  def axes(values):
    return b"(" + b"".join(b"J" + struct.pack("<i", v) for v in values) + b"t"

  items = b""
  for name, array in arrays.items():
    kind = "LongStorage" if array.dtype == np.int64 else "FloatStorage"
    items += text(name) + b"ctorch._utils\n_rebuild_tensor_v2\n(("
    items += text("storage") + f"ctorch\n{kind}\n".encode() + text(name)
    items += text("cpu") + b"J" + struct.pack("<i", array.size) + b"NtQK\0"
    items += axes(array.shape)
    items += axes([step // array.itemsize for step in array.strides])
    items += b"\x89ccollections\nOrderedDict\n)RtR"
  heads = (0x1950A86A20F9469CFC6C, 1001, OrderedDict(little_endian=True))
  return b"".join(
    [
      *(pickle.dumps(head, 2) for head in heads),
      b"\x80\x02ccollections\nOrderedDict\n)R(" + items + b"u.",
      pickle.dumps(list(arrays), 2),
      *(struct.pack("<q", a.size) + a.tobytes() for a in arrays.values()),
    ]
  )


@pytest.fixture(scope="module")
def published(state, tmp_path_factory):
  """A file like the published one, of seeded weights, with its SHA-256."""
  counted = {
    name.replace("running_var", "num_batches_tracked"): np.array(0)
    for name in state
    if name.endswith(".running_var")
  }
  path = tmp_path_factory.mktemp("weights") / weights.FILE
  path.write_bytes(content := torch_file(state | counted))
  return path, hashlib.sha256(content).hexdigest()


def test_every_array_of_the_file_is_read(published, state):
  found = weights.load(*published)
  for name, array in state.items():
    np.testing.assert_array_equal(found[name], array)
    assert found[name].dtype == np.float32


def test_another_file_is_told_by_its_sha(published):
  path, found = published
  with pytest.raises(ValueError, match=f"SHA-256 is {found}, not 6726825d"):
    weights.load(path)


def test_torchvisions_network_is_refused_by_name(tmp_path):
  path = tmp_path / "inception_v3_google-0cc3c7bd.pth"
  path.write_bytes(b"x")
  with pytest.raises(
    ValueError, match="it is torchvision's InceptionV3, anoth"
  ):
    weights.load(path)


def test_a_missing_file_says_which_to_take(tmp_path):
  with pytest.raises(
    FileNotFoundError, match=rf"none\.pth: take {weights.FILE}"
  ):
    weights.load(tmp_path / "none.pth")
