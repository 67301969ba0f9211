"""Which faces a training step sees, and how they reach the devices."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence

import grain
import numpy as np


@functools.lru_cache(maxsize=4)
def _permutation(seed: int, epoch: int, count: int) -> np.ndarray:
  return np.random.default_rng([seed, epoch]).permutation(count)


def batch_indices(seed: int, step: int, batch: int, count: int) -> np.ndarray:
  """The faces of one step: a function of seed and step alone.

  Every epoch is a permutation of all faces, and the epochs are laid end to end,
  so no face is ever dropped and a set smaller than a batch is allowed.
  Positions are (batch,), in a set of `count` faces; steps count from 0.
  """
  places = np.arange(step * batch, (step + 1) * batch)
  epochs, within = np.divmod(places, count)
  return np.concatenate(
    [
      _permutation(seed, int(epoch), count)[within[epochs == epoch]]
      for epoch in np.unique(epochs)
    ]
  )


def stream(
  arrays: Sequence[np.ndarray],
  indices: Callable[[int], np.ndarray],
  first: int,
  last: int,
) -> Iterator[list[np.ndarray]]:
  """Batches of a set too large for the devices, read ahead in threads.

  The pipeline starts at the wanted step, so a resumed run needs no iterator
  state, and the faces do not depend on the number of threads.

  Args:
    arrays: (N, …) each, such as faces, usually memory-mapped, and labels.
    indices: the positions that a step sees, such as `batch_indices` gives.
    first: first step.
    last: step after the last.

  Yields:
    Of each array, its rows at the step's positions.
  """

  def load(step: int) -> list[np.ndarray]:
    chosen = indices(step)
    return [array[chosen] for array in arrays]

  steps = grain.MapDataset.range(first, last).map(load)
  options = grain.ReadOptions(num_threads=4, prefetch_buffer_size=16)
  yield from steps.to_iter_dataset(options)
