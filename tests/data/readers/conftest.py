"""Trees of files to be read, and what a reader says of them."""

import pytest


@pytest.fixture(scope="session")
def touch():
  """Makes empty files, and folders above them as needed."""

  def touch(root, *paths):
    for path in paths:
      (root / path).parent.mkdir(parents=True, exist_ok=True)
      (root / path).touch()

  return touch


@pytest.fixture(scope="session")
def put():
  """Writes a file of text or bytes, and folders above it as needed."""

  def put(root, path, content=""):
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    text = isinstance(content, str)
    (root / path).write_bytes(content.encode() if text else content)

  return put


@pytest.fixture(scope="session")
def put_sequence(put):
  """Writes a sequence of CK+ as its owners do, with labels of its peak."""

  def put_sequence(root, name="S005_001", frames=11, emotion=None, aus=None):
    below = name.replace("_", "/")
    for frame in range(1, frames + 1):
      put(root, f"cohn-kanade-images/{below}/{name}_{frame:08d}.png")
    peak = f"{below}/{name}_{frames:08d}"
    if emotion is not None:
      put(root, f"Emotion/{peak}_emotion.txt", emotion)
    if aus is not None:
      put(root, f"FACS/{peak}_facs.txt", aus)

  return put_sequence


@pytest.fixture(scope="session")
def refused():
  """By path, why a table refuses what the rows of a label file name."""

  def refused(table):
    return {
      one.path: one.reason
      for one in table.rejected
      if not one.reason.startswith("no row")
    }

  return refused


@pytest.fixture(scope="session")
def reasons():
  """By path, why a table refuses it; it may do so once."""

  def reasons(table):
    found = {refused.path: refused.reason for refused in table.rejected}
    assert len(found) == len(table.rejected)
    return found

  return reasons
