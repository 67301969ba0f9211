"""A renderer that costs nothing, where a test is not about pixels."""

import zlib

import jax
import numpy as np
import pytest

from jaxfer import standin
from jaxfer.standin.face import render, scene


@pytest.fixture
def sketch(monkeypatch):
  """Replaces the renderer by noise that everything drawn depends on."""

  def draw(who, shown, activations, gazes, size):
    width, height = size
    leaves = jax.tree.leaves((who, shown, activations))
    seed = zlib.crc32(b"".join(np.asarray(leaf).tobytes() for leaf in leaves))
    photos = []
    for gaze in gazes:
      rng = np.random.default_rng([seed, int(1000 * (gaze + 1))])
      photos.append(rng.integers(60, 200, (height, width, 3), np.uint8))
    return np.stack(photos)

  monkeypatch.setattr(render, "render", draw)


@pytest.fixture(scope="session")
def still():
  """A scene without chance: even light, centred, turned by a yaw."""
  light = np.array([-0.3, 0.45, 0.95])

  def make(*, yaw=0.0, **values):
    usual = {
      "yaw": yaw,
      "pitch": 0.0,
      "roll": 0.0,
      "scale": 1.0,
      "shift": np.zeros(2),
      "light": light / np.linalg.norm(light),
      "ambient": 0.52,
      "exposure": 1.0,
      "warmth": 0.0,
      "backdrop": np.array([[0.80, 0.81, 0.83], [0.66, 0.67, 0.70]]),
    }
    return scene.make(**usual | values)

  return make


@pytest.fixture
def writer():
  """Writes a small set by name, as `standin.write` does."""

  def of(name, size, width):
    def write(out, **arguments):
      usual = {"size": size, "seed": 0, "width": width}
      standin.write(name, out, **usual | arguments)

    return write

  return of


@pytest.fixture
def contents():
  """Reads a folder: bytes by relative path."""

  def read(folder):
    return {
      path.relative_to(folder).as_posix(): path.read_bytes()
      for path in sorted(folder.rglob("*"))
      if path.is_file()
    }

  return read


@pytest.fixture
def check_resuming(contents):
  """Writes, deletes, writes again, and compares; then another seed."""

  def check(write, tmp_path):
    write(tmp_path / "first", seed=0)
    before = contents(tmp_path / "first")
    images = [n for n in before if n.lower().endswith((".jpg", ".png"))]
    labels = sorted(set(before) - set(images) - {"STANDIN.txt"})
    lost = images[::3] + labels[:1]
    for name in lost:
      (tmp_path / "first" / name).unlink()
    broken = tmp_path / "first" / images[1]
    broken.write_bytes(before[images[1]][:40])
    seen = []
    write(
      tmp_path / "first",
      seed=0,
      progress=lambda done, total: seen.append((done, total)),
    )
    assert contents(tmp_path / "first") == before
    assert seen[-1] == (len(images), len(images))
    write(tmp_path / "other", seed=1)
    other = contents(tmp_path / "other")
    shared = set(images) & set(other)
    assert not [name for name in shared if other[name] == before[name]]
    return before

  return check
