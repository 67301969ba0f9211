import importlib.util
import pickle
import struct
from pathlib import Path

import numpy as np
import pytest

from jaxfer.metrics.inception import network


@pytest.fixture(scope="session")
def recorder():
  """The script that recorded the reference, for what it draws from seeds."""
  path = Path(__file__).parents[1] / "record_inception.py"
  spec = importlib.util.spec_from_file_location(path.stem, path)
  module = importlib.util.module_from_spec(spec)
  spec.loader.exec_module(module)
  return module


@pytest.fixture(scope="session")
def reference(recorder):
  """What FID's own codes answered; see `record_inception.py`."""
  with np.load(recorder.OUT, allow_pickle=False) as answers:
    return dict(answers)


@pytest.fixture(scope="session")
def state(recorder):
  """Seeded weights, as a file holds them."""
  return recorder.draw_state()


@pytest.fixture(scope="session")
def params(state):
  """The same, as the network takes them."""
  return network.parameters(state, np.float32)


class TorchWriter:
  """Files of PyTorch's older format, opcode by opcode: any, not only good ones.

  A pickle is bytes here, so that each part of a file can be spoilt.
  """

  MAGIC = 0x1950A86A20F9469CFC6C
  EMPTY = b"ccollections\nOrderedDict\n)R"

  @staticmethod
  def text(word):
    return b"X" + struct.pack("<I", len(word)) + word.encode()

  @staticmethod
  def number(value):
    return b"J" + struct.pack("<i", value)

  def axes(self, values):
    return b"(" + b"".join(map(self.number, values)) + b"t"

  def tensor(self, key, count, shape, strides, offset=0, kind="FloatStorage"):
    """A view of `count` elements that are stored under `key`."""
    storage = b"(" + self.text("storage") + f"ctorch\n{kind}\n".encode()
    storage += self.text(key) + self.text("cpu") + self.number(count) + b"NtQ"
    view = self.number(offset) + self.axes(shape) + self.axes(strides)
    rebuild = b"ctorch._utils\n_rebuild_tensor_v2\n("
    return rebuild + storage + view + b"\x89" + self.EMPTY + b"tR"

  def whole(self, key, array):
    """All of an array, in the order of its axes."""
    kind = "LongStorage" if array.dtype == np.int64 else "FloatStorage"
    strides = [step // array.itemsize for step in array.strides]
    return self.tensor(key, array.size, array.shape, strides, kind=kind)

  def file(self, tensors, storages, keys=None):
    """A file of named tensors, and of arrays by key; it may list other keys."""
    system = {"protocol_version": 1001, "little_endian": True}
    facts = (self.MAGIC, 1001, system)
    items = b"".join(self.text(k) + v for k, v in tensors.items())
    keys = list(storages) if keys is None else keys
    return b"".join(
      [
        *(pickle.dumps(fact, 2) for fact in facts),
        b"\x80\x02" + self.EMPTY + b"(" + items + b"u.",
        pickle.dumps(keys, 2),
        *(
          struct.pack("<q", array.size) + array.tobytes()
          for array in storages.values()
        ),
      ]
    )

  def state(self, arrays):
    """A file of arrays, each in a storage of its own."""
    return self.file(
      {name: self.whole(name, array) for name, array in arrays.items()}, arrays
    )


@pytest.fixture(scope="session")
def torch():
  return TorchWriter()
