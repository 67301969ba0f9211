"""Published weights: what is read of them, and what is refused.

The good files were written by PyTorch itself; see `record_inception.py`.
"""

import hashlib
import pickle
from pathlib import Path

import numpy as np
import pytest

from jaxfer import weight_files


@pytest.fixture(scope="module")
def reference():
  path = Path(__file__).parent / "metrics" / "inception_reference.npz"
  with np.load(path, allow_pickle=False) as answers:
    return {k: v.tobytes() for k, v in answers.items() if k[:5] == "file/"}


def test_a_module_that_pytorch_wrote_is_read_as_it_is(reference):
  found = weight_files.torch_arrays(reference["file/module"])
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
  found = weight_files.torch_arrays(reference["file/views"])
  rows = np.arange(12, dtype=np.float32).reshape(3, 4)
  assert list(found) == ["rows", "turned", "part"]
  np.testing.assert_array_equal(found["rows"], rows)
  np.testing.assert_array_equal(found["turned"], rows.T)
  np.testing.assert_array_equal(found["part"], rows[1:, 2:])
  assert not any(array.flags.writeable for array in found.values())


class Trap:
  def __reduce__(self):
    return exec, ("raise SystemExit('a pickle was run')",)


@pytest.mark.parametrize("protocol", range(6))
def test_a_pickle_that_runs_code_is_refused_and_not_run(protocol):
  with pytest.raises(ValueError, match="exec is not allowed"):
    weight_files.torch_arrays(pickle.dumps([Trap()], protocol))


def test_another_file_is_refused_before_anything_of_it_is_read(tmp_path):
  path = tmp_path / "weights"
  content = pickle.dumps(Trap())
  path.write_bytes(content)
  known = hashlib.sha256(content).hexdigest()
  assert weight_files.read(path, known) == content
  for spoilt in (b"", content[:-1], content + b"\0", b"\0" + content[1:]):
    path.write_bytes(spoilt)
    found = hashlib.sha256(spoilt).hexdigest()
    with pytest.raises(ValueError, match=f"SHA-256 is {found}, not {known}"):
      weight_files.read(path, known)


def test_a_file_of_any_size_is_not_read(tmp_path):
  path = tmp_path / "weights"
  with path.open("wb") as file:
    file.truncate(2**40)
  with pytest.raises(ValueError, match="at most 134217728 are allowed"):
    weight_files.read(path, "")
