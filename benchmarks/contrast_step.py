"""Images a second of a contrastive step, beside PyTorch.

    python -m benchmarks.contrast_step

Both sides start from the same weights and see the same images and the same
numbers, from which they make their views.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks import harness
from jaxfer import cores
from jaxfer.configs import base
from jaxfer.learn import learners
from jaxfer.learn.contrastive import train_step
from jaxfer.learn.views import NUMBERS


def measure(
  *, width: int = 64, batch: int = 256, repeats: int
) -> list[harness.Row]:
  """Our step beside the fastest of PyTorch's two layouts."""
  problem = prepared(width, batch)
  peers = {
    f"PyTorch eager{' channels_last' * last}": _peer(*problem, last=last)
    for last in (False, True)
    if harness.TORCH
  }
  work = f"contrastive step, width {width}, batch {batch}"
  return [harness.beside(work, _ours(*problem), peers, repeats, goal=0.9)]


def prepared(width: int, batch: int) -> tuple[Any, Any, np.ndarray, np.ndarray]:
  """Learner, first state, images in [-1, 1], and the numbers of their views."""
  gan = base.get_config().gan
  gan.learner, gan.width, gan.batch = "contrastive", width, batch
  learner = learners.make(gan, image_size=64)
  state = learner.init(jax.random.key(0))
  rng = np.random.default_rng(0)
  images = rng.uniform(-1, 1, (batch, 64, 64, 3)).astype(np.float32)
  numbers = rng.random((batch, 2, NUMBERS), np.float32)
  return learner, state, images, numbers


def _ours(
  learner: Any, state: Any, images: np.ndarray, numbers: np.ndarray
) -> Callable[[], int]:
  state = jax.tree.map(jnp.copy, state)  # it is donated
  step = jax.jit(
    functools.partial(train_step, learner, pace=jnp.ones(())), donate_argnums=0
  )

  def work() -> int:
    nonlocal state
    state, scalars = step(state, images, numbers)
    jax.block_until_ready(scalars)
    return len(images)

  return work


def _peer(
  learner: Any,
  state: Any,
  images: np.ndarray,
  numbers: np.ndarray,
  *,
  last: bool,
) -> Callable[[], int]:
  import torch  # pyright: ignore[reportMissingImports]

  from benchmarks import torch_contrast

  torch.set_num_threads(cores.count())
  trainer = torch_contrast.Trainer(learner, state, channels_last=last)
  x = torch.from_numpy(images).permute(0, 3, 1, 2)
  x = x.contiguous(memory_format=trainer.layout)
  given = torch.from_numpy(numbers)

  def work() -> int:
    float(trainer.step(x, given))
    return len(images)

  return work


if __name__ == "__main__":
  harness.main("contrast_step", __doc__, measure, repeats=5)
