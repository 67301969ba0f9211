"""PyTorch's older files: what is read of them, and what is refused.

The good ones were written by PyTorch itself; see `record_inception.py`.
"""

import pickle
import struct
import tracemalloc

import numpy as np
import pytest

from jaxfer.metrics.inception import torch_file

SIX = np.arange(6, dtype=np.float32)


def read(torch, *view, storages=None, keys=None, **how):
  """The file of one tensor, which is a view of the six elements `0`."""
  tensors = {"a": torch.tensor("0", *view, **how)}
  return torch_file.parse(torch.file(tensors, storages or {"0": SIX}, keys))


def test_a_module_that_pytorch_wrote_is_read_as_it_is(reference):
  found = torch_file.parse(reference["file/module"].tobytes())
  expected = {
    "weight": np.ones(3, np.float32),
    "bias": np.zeros(3, np.float32),
    "running_mean": np.arange(3, dtype=np.float32),
    "running_var": np.ones(3, np.float32),
    "num_batches_tracked": np.array(0),
  }
  assert list(found) == list(expected)
  for name, array in expected.items():
    assert found[name].dtype == array.dtype, name
    assert found[name].shape == array.shape, name
    np.testing.assert_array_equal(found[name], array)


def test_views_of_one_storage_are_each_their_own(reference):
  found = torch_file.parse(reference["file/views"].tobytes())
  rows = np.arange(12, dtype=np.float32).reshape(3, 4)
  assert list(found) == ["rows", "turned", "part"]
  np.testing.assert_array_equal(found["rows"], rows)
  np.testing.assert_array_equal(found["turned"], rows.T)
  np.testing.assert_array_equal(found["part"], rows[1:, 2:])
  assert not any(array.flags.writeable for array in found.values())


def test_every_cut_of_a_file_is_refused(reference):
  content = reference["file/views"].tobytes()
  for end in range(len(content)):
    with pytest.raises(ValueError, match=r"."):
      torch_file.parse(content[:end])
  with pytest.raises(ValueError, match="1 bytes follow the last storage"):
    torch_file.parse(content + b"\0")


def test_the_last_element_is_within_and_the_next_is_not(torch):
  found = read(torch, 6, (2, 2), (3, 1), offset=1)["a"]
  np.testing.assert_array_equal(found, [[1, 2], [4, 5]])
  with pytest.raises(ValueError, match="from element 2 does not fit"):
    read(torch, 6, (2, 2), (3, 1), offset=2)


@pytest.mark.parametrize(
  ("view", "offset", "said"),
  [
    (((2, 3), (3, 1)), 1, "does not fit a storage of 6 elements"),
    (((2, 3), (4, 1)), 0, "does not fit a storage of 6 elements"),
    (((1, 6), (7, 1)), 0, "does not fit a storage of 6 elements"),
    (((7,), (0,)), 0, "does not fit a storage of 6 elements"),
    (((2, 3), (-3, 1)), 3, "strides not negative"),
    (((0, 3), (3, 1)), 0, "sizes must be positive"),
    (((2, 3), (3, 1)), -1, "an offset must be an integer of at least 0"),
    (((2, 3), (3,)), 0, "2 sizes and 1 strides"),
    (((1,) * 5, (1,) * 5), 0, "at most 4 axes"),
  ],
)
def test_a_view_outside_its_storage_is_refused(torch, view, offset, said):
  with pytest.raises(ValueError, match=said):
    read(torch, 6, *view, offset=offset)


def test_a_storage_has_as_many_elements_as_announced(torch):
  view = (2, 2), (2, 1)
  with pytest.raises(ValueError, match="has 6 elements, 5 were announced"):
    read(torch, 5, *view)
  with pytest.raises(ValueError, match="a positive number of elements"):
    read(torch, 0, *view)


def test_a_storage_beyond_the_files_end_is_refused(torch):
  content = torch.file({"a": torch.whole("0", SIX)}, {"0": SIX})
  said = f"ends at byte {len(content)}, the file at byte {len(content) - 4}"
  with pytest.raises(ValueError, match=said):
    torch_file.parse(content[:-4])


def test_a_storage_has_one_size_and_is_listed_once(torch):
  both = {"a": torch.whole("0", SIX), "b": torch.whole("0", SIX[:4])}
  with pytest.raises(ValueError, match="announced twice, and differently"):
    torch_file.parse(torch.file(both, {"0": SIX}))
  for keys in (["0", "0"], [], ["1"], [0]):
    with pytest.raises(ValueError, match="not those that tensors use"):
      read(torch, 6, (6,), (1,), keys=keys)


@pytest.mark.parametrize(
  ("entry", "said"),
  [
    (b"cos\nsystem\nX\x04\0\0\0true\x85R", "the name os.system is not allowed"),
    (b"ctorch\nDoubleStorage\n", "the name torch.DoubleStorage is not allowed"),
    (b"\x8c\x02os\x8c\x06system\x93", "opcode SHORT_BINUNICODE: .* allowed"),
    (b"(X\x04\0\0\0trueios\nsystem\n", "opcode INST: .* not allowed"),
    (b"G" + bytes(8), "opcode BINFLOAT: .* not allowed"),
    (b"ccollections\nOrderedDict\nN\x85R", "takes 1 positional argument"),
    (b"N\x85Q", "not enough values to unpack"),
    (b"K\x01", "its entry 'a' is no tensor"),
  ],
)
def test_whatever_tensors_do_not_need_is_refused(torch, entry, said):
  with pytest.raises(ValueError, match=said):
    torch_file.parse(torch.file({"a": entry}, {}))


def test_other_files_are_told_by_their_heads(torch):
  content = torch.file({"a": torch.whole("0", SIX)}, {"0": SIX})
  with pytest.raises(ValueError, match="the magic differs"):
    torch_file.parse(content[content.index(b"\x80", 1) :])
  with pytest.raises(ValueError, match="little-endian"):
    place = content.index(b"\x88", content.index(b"little_endian"))
    torch_file.parse(content[:place] + b"\x89" + content[place + 1 :])


class Trap:
  def __reduce__(self):
    return exec, ("raise SystemExit('a pickle was run')",)


@pytest.mark.parametrize("protocol", range(6))
def test_a_pickle_that_runs_code_is_refused_and_not_run(protocol):
  with pytest.raises(ValueError, match="not allowed"):
    torch_file.parse(pickle.dumps([Trap()], protocol))


# Each tuple holds the one before it twice: 2^200 leaves if walked.
DOUBLING = b")q\0" + b"".join(
  b"h%ch%c\x86q%c" % (i, i, i + 1) for i in range(200)
)


DEEP = b")" + b"\x85" * 200_000 + b"q\xc8"


@pytest.mark.parametrize("key", [DOUBLING, DEEP], ids=["doubling", "deep"])
@pytest.mark.parametrize("item", [b"}h\xc8Ns", b"}(h\xc8Nu"])
def test_a_key_that_takes_forever_is_not_hashed(key, item):
  with pytest.raises(ValueError, match="keys must be strings"):
    torch_file.parse(key + item + b".")


def test_what_is_announced_takes_no_memory(torch):
  much = struct.pack("<I", 2**32 - 1)
  tracemalloc.start()
  for content in (b"Nr" + much + b".", b"X" + much, b"]" * 1000 + b"."):
    with pytest.raises(ValueError, match=r"."):
      torch_file.parse(content)
  with pytest.raises(ValueError, match="does not fit a storage"):
    read(torch, 6, (2**30,) * 4, (1,) * 4)
  _, most = tracemalloc.get_traced_memory()
  tracemalloc.stop()
  assert most < 2**20


def test_a_state_changes_nothing_that_has_been_checked(torch):
  state = b"}" + torch.text("offset") + torch.number(5) + b"sb"
  content = torch.file({"a": torch.whole("0", SIX) + state}, {"0": SIX})
  np.testing.assert_array_equal(torch_file.parse(content)["a"], SIX)


def test_damage_anywhere_is_refused_or_harmless(reference):
  content = reference["file/views"].tobytes()
  rng = np.random.default_rng(0)
  for _ in range(3000):
    damaged = bytearray(content)
    damaged[rng.integers(len(content))] = rng.integers(256)
    try:
      found = torch_file.parse(bytes(damaged))
    except ValueError:
      continue
    assert sum(array.size for array in found.values()) < len(content)
