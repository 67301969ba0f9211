"""Reading MTCNN's weights: the real files, and hostile ones."""

import pickle
import struct

import lz4.frame
import numpy as np
import pytest

from jaxfer.data.mtcnn import networks, weights

MANY = 1 << 23  # more bytes than any file of weights unpacks to


def text(value: str) -> bytes:
  return b"\x8c" + struct.pack("<B", len(value)) + value.encode()


def name(module: str, attribute: str) -> bytes:
  return text(module) + text(attribute) + b"\x93"


def integer(value: int) -> bytes:
  return b"J" + struct.pack("<i", value)


def dtype(kind="f4", order="<") -> bytes:
  made = name("numpy", "dtype") + text(kind) + b"\x89\x88\x87R"
  return (made + b"(" + integer(3) + text(order) + b"NNN" + 2 * integer(-1)) + (
    integer(0) + b"tb"
  )


def array(values: np.ndarray, shape=None, **changes) -> bytes:
  """One array as joblib writes it: description, padding, bytes."""
  shape = values.shape if shape is None else shape
  facts = {
    "subclass": name("numpy", "ndarray"),
    "shape": b"(" + b"".join(map(integer, shape)) + b"t",
    "order": text("C"),
    "dtype": dtype(),
    "allow_mmap": b"\x88",
  } | changes
  wrapper = name("joblib.numpy_pickle", "NumpyArrayWrapper") + b")\x81"
  state = b"".join(text(key) + value for key, value in facts.items())
  return (
    wrapper + b"}(" + state + b"ub" + b"\x03\xff\xff\xff" + values.tobytes()
  )


def pickled(*items: bytes) -> bytes:
  return b"\x80\x04](" + b"".join(items) + b"e."


ONES = np.ones((2, 3), np.float32)


@pytest.mark.parametrize("network", ["pnet", "rnet", "onet"])
def test_the_packages_own_files_are_read(network):
  arrays = weights.read(weights.find_file(network), networks.SHAPES[network])

  assert [a.shape for a in arrays] == list(networks.SHAPES[network])
  assert all(a.dtype == np.float32 for a in arrays)
  # What the layers of the paper's figure 2 sum to, with a slope per channel.
  assert (
    sum(a.size for a in arrays)
    == {
      "pnet": 6_632,
      "rnet": 100_178,
      "onet": 389_040,
    }[network]
  )


def test_a_list_written_by_hand_is_read():
  values = np.arange(6, dtype=np.float32).reshape(2, 3)

  first, second = weights.parse(pickled(array(values), array(ONES[0])))

  np.testing.assert_array_equal(first, values)
  np.testing.assert_array_equal(second, ONES[0])


class Hostile:
  def __reduce__(self):
    raise_if_run = "raise SystemExit('a pickle was run')"
    return exec, (raise_if_run,)


@pytest.mark.parametrize("protocol", range(6))
def test_a_pickle_that_runs_code_is_refused_and_not_run(protocol):
  content = pickle.dumps([Hostile()], protocol=protocol)

  with pytest.raises(ValueError, match="not allowed"):
    weights.parse(content)


@pytest.mark.parametrize(
  ("item", "reason"),
  [
    (b"cos\nsystem\n", "GLOBAL"),
    (name("os", "system"), r"os\.system"),
    (name("numpy", "load"), r"numpy\.load"),
    (b"ios\nsystem\n", "INST"),
    (b"Pwhatever\n", "PERSID"),
    (b"\x82\x01", "EXT1"),
    (b"\x94\x8d" + struct.pack("<Q", 1) + b"x", "BINUNICODE8"),
    (b"B" + struct.pack("<I", 1) + b"x", "BINBYTES"),
    (name("numpy", "ndarray") + b")\x81", "something else than an array"),
    (name("numpy", "ndarray") + b")R", "something else than the type float32"),
    (dtype("f8"), "something else than the type float32"),
    (dtype("O8"), "something else than the type float32"),
    (dtype(order=">"), "little-endian float32"),
    (text("words"), "besides arrays"),
    (b"h\x63", "BINGET"),
    (b"tttt", "TUPLE"),
    (b")(", "appends to something else"),
    (b"}(NNu", "keys must be strings"),
    (array(ONES, shape=(2, 4)), r"has 32 bytes"),
    (array(ONES, shape=(1 << 30, 1 << 30)), r"are left"),
    (array(ONES, shape=(1 << 30,) * 4), r"are left"),
    (array(ONES, shape=(-2, -3)), "positive"),
    (array(ONES, shape=(1, 1, 1, 2, 3)), "at most 4"),
    (array(ONES, order=text("F")), "C order"),
    (array(ONES, subclass=dtype()), "C order"),
    (array(ONES, dtype=b"N"), "another type"),
    (array(ONES * np.nan), "NaN"),
  ],
)
def test_what_a_list_of_arrays_does_not_need_is_refused(item, reason):
  with pytest.raises(ValueError, match=reason):
    weights.parse(pickled(item))


def test_a_pickle_cut_anywhere_is_refused():
  content = pickled(array(ONES))
  for length in range(len(content)):
    with pytest.raises(ValueError):
      weights.parse(content[:length])


def test_damage_anywhere_is_refused_or_harmless():
  content = pickled(array(ONES), array(ONES[0]))
  rng = np.random.default_rng(0)
  for _ in range(3000):
    damaged = bytearray(content)
    damaged[rng.integers(len(content))] = rng.integers(256)
    try:
      arrays = weights.parse(bytes(damaged))
    except ValueError:
      continue
    assert all(a.dtype == np.float32 for a in arrays)


def test_nested_memo_references_cost_nothing():
  # Each tuple holds the one before it twice: 2^200 leaves if walked.
  doubling = b")\x94" + b"".join(
    b"h" + bytes([i]) + b"h" + bytes([i]) + b"\x86\x94" for i in range(200)
  )
  with pytest.raises(ValueError):
    weights.parse(pickled(doubling))
  with pytest.raises(ValueError, match="keys must be strings"):
    weights.parse(pickled(doubling + b"}(h\xc8Nu"))


def test_other_shapes_are_refused_by_name(tmp_path):
  path = tmp_path / "pnet.lz4"
  path.write_bytes(lz4.frame.compress(pickled(array(ONES))))

  with pytest.raises(ValueError, match=r"pnet\.lz4.*\(2, 3\).*\(3, 3, 3, 10\)"):
    weights.read(path, networks.SHAPES["pnet"])


@pytest.mark.parametrize(
  ("content", "reason"),
  [
    (b"", "ends early"),
    (b"no frame at all", "no lz4 frame"),
    (lz4.frame.compress(pickled(array(ONES)))[:-9], "ends early|no lz4 frame"),
    (lz4.frame.compress(bytes(MANY)), "too large"),
  ],
)
def test_damaged_and_oversized_frames_are_refused(tmp_path, content, reason):
  path = tmp_path / "onet.lz4"
  path.write_bytes(content)

  with pytest.raises(ValueError, match=reason):
    weights.read(path, networks.SHAPES["onet"])


def test_without_the_package_the_error_names_the_fix(monkeypatch):
  monkeypatch.setattr(weights.importlib.util, "find_spec", lambda name: None)

  with pytest.raises(FileNotFoundError, match="pip install mtcnn"):
    weights.find_file("pnet")
