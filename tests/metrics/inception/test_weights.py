"""The weights of FID's network: the file that is taken, and those that are not.

Files of all shapes but few bytes have their arrays from one storage.
"""

import hashlib
import math
import zipfile

import numpy as np
import pytest

from jaxfer.metrics.inception import network, torch_file, weights

COUNTER = np.array(0)


@pytest.fixture(scope="module")
def published(torch, state, tmp_path_factory):
  """A file like the published one, of seeded weights, with its SHA-256."""
  counted = {
    name.replace("running_var", "num_batches_tracked"): COUNTER
    for name in state
    if name.endswith(".running_var")
  }
  return write(tmp_path_factory.mktemp("weights"), torch.state(state | counted))


def write(folder, content, name=weights.FILE):
  path = folder / name
  path.write_bytes(content)
  return path, hashlib.sha256(content).hexdigest()


@pytest.fixture(scope="module")
def views(torch):
  """All arrays as views of one storage of noughts, and the storage."""
  shapes = network.shapes()
  zeros = np.zeros(max(map(math.prod, shapes.values())), np.float32)

  def view(shape):
    strides = [math.prod(shape[axis + 1 :]) for axis in range(len(shape))]
    return torch.tensor("0", zeros.size, shape, strides)

  return {name: view(shape) for name, shape in shapes.items()}, {"0": zeros}


def same(found, state):
  assert found.keys() == state.keys()
  return all(np.array_equal(found[name], state[name]) for name in state)


def test_every_array_of_the_file_is_read_and_counters_are_left(
  published, state
):
  assert same(weights.load(*published), state)


def test_another_file_is_told_by_its_sha(published):
  path, found = published
  with pytest.raises(ValueError, match=f"SHA-256 is {found}, not 6726825d"):
    weights.load(path)


def test_torchvisions_network_is_refused_by_name_and_by_content(tmp_path):
  said = "it is torchvision's InceptionV3, another network"
  with pytest.raises(ValueError, match=said):
    weights.load(*write(tmp_path, b"x", "inception_v3_google-0cc3c7bd.pth"))
  with pytest.raises(ValueError, match=said):
    weights.load(*write(tmp_path, b"xAuxLogits.conv0"))


def test_a_missing_file_says_which_to_take(tmp_path):
  for read in (weights.load, weights.load_converted):
    with pytest.raises(
      FileNotFoundError, match=rf"none\.pth: take {weights.FILE}"
    ):
      read(tmp_path / "none.pth")


def test_a_file_of_any_size_is_not_read(tmp_path):
  path = tmp_path / weights.FILE
  with path.open("wb") as file:
    file.truncate(2**40)
  with pytest.raises(ValueError, match="at most 134217728 are allowed"):
    weights.load(path)


def test_arrays_are_those_of_the_network_and_no_others(torch, views, tmp_path):
  tensors, zeros = views
  name = "Mixed_7c.branch1x1.bn.bias"

  def load(changes, storages=zeros):
    changed = {k: v for k, v in (tensors | changes).items() if v is not None}
    return weights.load(*write(tmp_path, torch.file(changed, storages)))

  assert load({}).keys() == network.shapes().keys()
  with pytest.raises(ValueError, match=f"it has no array {name}"):
    load({name: None})
  with pytest.raises(ValueError, match=r"an unknown array fc\.gain"):
    load({"fc.gain": tensors[name]})
  with pytest.raises(ValueError, match=rf"{name} is .* of \(1008,\), not"):
    load({name: tensors["fc.bias"]})
  for array, said in (
    (np.zeros(320, np.int64), f"{name} is int64 of .* not float32"),
    (np.full(320, np.nan, np.float32), f"{name} holds nan or infinity"),
    (np.full(320, -np.inf, np.float32), f"{name} holds nan or infinity"),
  ):
    with pytest.raises(ValueError, match=said):
      load({name: torch.whole("1", array)}, zeros | {"1": array})


@pytest.fixture
def parsed(monkeypatch):
  """Files parsed, by their sizes."""
  sizes, parse = [], torch_file.parse

  def counting(content):
    sizes.append(len(content))
    return parse(content)

  monkeypatch.setattr(torch_file, "parse", counting)
  return sizes


def test_the_file_is_parsed_once_and_converted(published, state, parsed):
  path, sha256 = published
  copy = path.with_suffix(".npz")
  for _ in range(2):
    assert same(weights.load_converted(path, sha256), state)
    assert same(weights.load(copy, sha256), state)
    assert same(weights.load_converted(copy, sha256), state)
  assert len(parsed) == 1
  assert set(path.parent.iterdir()) == {path, copy}


def test_a_damaged_copy_is_made_anew(torch, views, tmp_path, parsed):
  path, sha256 = write(tmp_path, torch.file(*views))
  copy = path.with_suffix(".npz")
  weights.load_converted(path, sha256)
  fine = copy.read_bytes()
  place = len(fine) // 2
  entry = fine.rindex(b"PK\1\2")  # of the archive's last member

  def flipped(place):
    return fine[:place] + bytes([fine[place] ^ 1]) + fine[place + 1 :]

  for damaged in (
    flipped(place),
    flipped(entry + 8),  # needs a password
    flipped(entry + 10),  # is compressed in an unknown way
    fine[:place],
    b"",
  ):
    copy.write_bytes(damaged)
    with pytest.raises(ValueError, match="holds no weights"):
      weights.load(copy, sha256)
    parsed.clear()
    weights.load_converted(path, sha256)
    weights.load_converted(path, sha256)
    assert len(parsed) == 1
  weights.load(copy, sha256)


def test_a_copy_of_another_file_is_not_taken(torch, views, tmp_path):
  path, sha256 = write(tmp_path, torch.file(*views))
  weights.load_converted(path, sha256)
  said = f"not made from the file of SHA-256 {weights.SHA256}"
  with pytest.raises(ValueError, match=said):
    weights.load(path.with_suffix(".npz"))


def test_a_copy_that_lacks_an_array_is_refused(torch, views, tmp_path):
  path, sha256 = write(tmp_path, torch.file(*views))
  weights.load_converted(path, sha256)
  less = tmp_path / "less.npz"
  with (
    zipfile.ZipFile(path.with_suffix(".npz")) as whole,
    zipfile.ZipFile(less, "w") as part,
  ):
    for name in whole.namelist():
      if name != "fc.bias.npy":
        part.writestr(name, whole.read(name))
  with pytest.raises(ValueError, match=r"it has no array fc\.bias"):
    weights.load(less, sha256)


def test_where_no_copy_can_be_written_the_file_is_read_all_the_same(
  torch, views, tmp_path, parsed
):
  path, sha256 = write(tmp_path, torch.file(*views))
  copy = path.with_suffix(".npz")
  copy.mkdir()  # in its way
  for _ in range(2):
    found = weights.load_converted(path, sha256)
    assert found.keys() == network.shapes().keys()
  assert len(parsed) == 2
  assert set(tmp_path.iterdir()) == {path, copy}
