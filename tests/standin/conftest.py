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


@pytest.fixture(scope="session")
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
def sketched(tmp_path, sketch, contents):
  """Writes a small set of noise: its bytes by path, but for the marker's."""

  def write(name, size, width=48, **options):
    standin.write(name, tmp_path, size=size, width=width, **options)
    written = contents(tmp_path)
    del written["STANDIN.txt"]
    return written

  return write
