import numpy as np
import pytest

from jaxfer.measure.subject import draw


def smooth(rng, count, size=64):
  """Blobs of colour, each picture unlike the others."""
  coarse = rng.uniform(0, 255, (count, 4, 4, 3))
  side = np.linspace(0, 3, size)
  low = np.minimum(side.astype(int), 2)
  up = side - low
  rows = np.zeros((size, 4))
  rows[np.arange(size), low] = 1 - up
  rows[np.arange(size), low + 1] = up
  return np.einsum("ia,jb,nabc->nijc", rows, rows, coarse).astype(np.uint8)


def noisy(rng, faces, deviation=4):
  noise = rng.normal(0, deviation, faces.shape)
  return np.clip(faces + noise, 0, 255).astype(np.uint8)


@pytest.fixture(scope="session")
def reals():
  return smooth(np.random.default_rng(0), 128)


@pytest.fixture(scope="session")
def modes(reals):
  """Draws 64 faces from so many of the real ones, each with some noise.

  The first are among those compared, so that the faces are good ones.
  """
  drawn = draw(64, len(reals), 64, seed=0)
  order = np.concatenate([drawn.real, drawn.other])

  def resample(count):
    rng = np.random.default_rng(count)
    return noisy(rng, reals[rng.choice(order[:count], 64)])

  return resample
