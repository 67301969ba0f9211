"""Pictures to compare."""

import numpy as np
import pytest


@pytest.fixture
def blobs():
  """Draws smooth images; with `modes`, noisy copies of so many."""

  def draw(rng, count, side=64, channels=3, modes=None):
    x = np.linspace(0, 1, side)
    distinct = count if modes is None else modes
    centres, widths, levels = (
      rng.random((distinct, channels, 4, 1, 1)) for _ in range(3)
    )
    across = np.exp(-((x[None] - centres) ** 2) / (0.02 + 0.1 * widths))
    down = np.exp(-((x[:, None] - levels) ** 2) / 0.05)
    images = (across * down).sum(2).transpose(0, 2, 3, 1) / 2
    if modes is not None:
      images = images[rng.integers(0, modes, count)]
    noise = rng.normal(size=images.shape) * 0.01
    return (np.clip(images + noise, 0, 1) * 255).astype(np.uint8)

  return draw
