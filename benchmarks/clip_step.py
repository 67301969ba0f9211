"""Clips a second of the training step in three dimensions, beside PyTorch.

    python -m benchmarks.clip_step

As `benchmarks.train_step`, of clips of 16 frames; the peer has Conv3d.
"""

from __future__ import annotations

from collections.abc import Mapping

from benchmarks import harness, train_step

_SIZES = {16: 8, 64: 4}  # by width, clips in a step


def measure(
  *, sizes: Mapping[int, int] = _SIZES, repeats: int
) -> list[harness.Row]:
  """A row for each width, with its batch."""
  compute = train_step.computes()[0]
  asked = [
    train_step.Size(*size, compute, "clip_dcgan") for size in sizes.items()
  ]
  return train_step.beside_torch(asked, repeats)


if __name__ == "__main__":
  harness.main("clip_step", __doc__, measure, repeats=5)
