"""Reading MTCNN's weights: the package's files, and no others."""

import hashlib

import lz4.frame
import numpy as np
import pytest

from jaxfer.data.mtcnn import networks, weights


@pytest.mark.parametrize("network", ["pnet", "rnet", "onet"])
def test_the_packages_own_files_are_read(network):
  path = weights.find_file(network)

  arrays = weights.read(path, networks.SHAPES[network], weights.SHA256[network])

  assert [a.shape for a in arrays] == list(networks.SHAPES[network])
  assert all(a.dtype == np.float32 and np.isfinite(a).all() for a in arrays)
  # What the layers of the paper's figure 2 sum to, with a slope per channel.
  assert (
    sum(a.size for a in arrays)
    == {
      "pnet": 6_632,
      "rnet": 100_178,
      "onet": 389_040,
    }[network]
  )
  # Behind the last array the list ends, and so does the pickle.
  assert lz4.frame.decompress(path.read_bytes()).endswith(
    arrays[-1].tobytes() + b"e."
  )


@pytest.mark.parametrize(
  "spoil",
  [
    lambda content: b"",
    lambda content: content[:-1],
    lambda content: content + b"\0",
    lambda content: content[:99] + b"\0" + content[100:],
    lambda content: lz4.frame.compress(bytes(1 << 23)),
  ],
)
def test_any_other_file_is_refused_by_its_sha_before_it_is_unpacked(
  spoil, tmp_path, monkeypatch
):
  path = tmp_path / "pnet.lz4"
  path.write_bytes(spoil(weights.find_file("pnet").read_bytes()))
  found = hashlib.sha256(path.read_bytes()).hexdigest()
  monkeypatch.setattr(weights, "lz4", None)

  said = rf"pnet\.lz4 .* SHA-256 is {found}, not .*; install the package again"
  with pytest.raises(ValueError, match=said):
    weights.read(path, networks.SHAPES["pnet"], weights.SHA256["pnet"])


def test_without_the_package_the_error_names_the_fix(monkeypatch):
  monkeypatch.setattr(weights.importlib.util, "find_spec", lambda name: None)

  with pytest.raises(FileNotFoundError, match="pip install mtcnn"):
    weights.find_file("pnet")
