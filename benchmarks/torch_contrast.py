"""SimCLR on the discriminator's trunk in PyTorch: a peer for speed.

Layers, views, loss and initial weights are jaxfer's; views are made by
PyTorch's own resampling.
"""

from __future__ import annotations

import numpy as np
import torch  # pyright: ignore[reportMissingImports]
from torch.nn import functional  # pyright: ignore[reportMissingImports]

from benchmarks import torch_dcgan
from jaxfer.learn.contrastive import Contrastive, ContrastiveState
from jaxfer.learn.views import Views

_LUMA = (0.299, 0.587, 0.114)  # ITU-R BT.601


class Trainer:
  """The contrastive network of a jaxfer state, trained by PyTorch.

  Args:
    learner: the networks and their settings.
    state: the state before the first step.
    channels_last: memory format of images and kernels.
  """

  def __init__(
    self,
    learner: Contrastive,
    state: ContrastiveState,
    *,
    channels_last: bool = False,
  ):
    self.learner = learner
    self.layout = (
      torch.channels_last if channels_last else torch.contiguous_format
    )
    # The trunk is a discriminator without its head.
    params = {
      **state.trunk.params,
      "head_kernel": np.zeros((1, 1), np.float32),
      "head_bias": np.zeros(1, np.float32),
    }
    trunk = torch_dcgan.Discriminator(params, torch.float32)
    self.trunk = trunk.to(memory_format=self.layout)
    self.head = [
      torch.nn.Parameter(torch.from_numpy(np.array(state.head.params[name])))
      for name in ("kernel1", "bias1", "kernel2", "bias2")
    ]
    weights = [
      p for name, p in trunk.named_parameters() if not name.startswith("head")
    ]
    adam = learner.optimizer
    self.adam = torch.optim.AdamW(
      [*weights, *self.head],
      lr=adam.learning_rate,
      betas=(adam.beta1, 0.999),
      weight_decay=adam.weight_decay,
      fused=True,
    )

  def step(self, images: torch.Tensor, numbers: torch.Tensor) -> torch.Tensor:
    """One step on (N, 3, S, S) and (N, 2, numbers of a view); the loss."""
    pairs = [view(self.learner.views, images, n) for n in numbers.unbind(1)]
    both = torch.cat(pairs).contiguous(memory_format=self.layout)
    x = self.trunk.features(both).permute(0, 2, 3, 1).flatten(1)
    kernel1, bias1, kernel2, bias2 = self.head
    x = functional.relu(x @ kernel1 + bias1) @ kernel2 + bias2
    x = functional.normalize(x, dim=1)
    near = x @ x.T / self.learner.temperature
    near.fill_diagonal_(-torch.inf)
    partner = torch.arange(len(x)).roll(len(images))
    loss = functional.cross_entropy(near, partner)
    self.adam.zero_grad()
    loss.backward()
    self.adam.step()
    return loss.detach()


def view(how: Views, x: torch.Tensor, numbers: torch.Tensor) -> torch.Tensor:
  """A view of each image (N, 3, S, S), as `views.Views` makes it.

  Args:
    how: how different views may be.
    x: in [-1, 1].
    numbers: (N, numbers of a view) in [0, 1), in the order of `Views`.
  """
  size = x.shape[-1]
  maps, rest = _windows(how, numbers)
  grid = functional.affine_grid(maps, list(x.shape), align_corners=False)
  x = functional.grid_sample(
    x, grid, padding_mode="border", align_corners=False
  )
  blur, *gains, contrast, brightness, grey, cut, top, left, _ = rest.unbind(1)
  x = _blurred(x, how.blur * blur)

  def each(of: torch.Tensor, most: float) -> torch.Tensor:
    return (most * (2 * of - 1)).reshape(-1, 1, 1, 1)

  x = (x + 1) * (1 + torch.cat([each(g, how.gain) for g in gains], 1)) - 1
  mean = x.mean((1, 2, 3), keepdim=True)
  x = mean + (x - mean) * (1 + each(contrast, how.contrast))
  x = x + each(brightness, how.brightness)
  luma = (x * torch.tensor(_LUMA).reshape(1, 3, 1, 1)).sum(1, keepdim=True)
  x = torch.where((grey < how.grey).reshape(-1, 1, 1, 1), luma, x).clamp(-1, 1)
  half = (how.cut * (2 * cut - 1).clamp(min=0))[:, None]
  at = (torch.arange(size) + 0.5) * 2 / size - 1
  along = [(at - (2 * p - 1)[:, None]).abs() < half for p in (left, top)]
  return x.masked_fill((along[1][:, :, None] & along[0][:, None])[:, None], 0)


def _windows(
  how: Views, numbers: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
  """Affine maps (N, 2, 3), and the numbers that they leave."""
  import jax.numpy as jnp

  taken = iter(jnp.asarray(numbers.numpy()).T)
  maps = torch.from_numpy(np.array(how.windows(taken)))
  return maps, numbers[:, numbers.shape[1] - len(list(taken)) :]


def _blurred(x: torch.Tensor, deviation: torch.Tensor) -> torch.Tensor:
  count, maps, size, _ = x.shape
  steps = torch.arange(-2, 3, dtype=x.dtype)
  weights = torch.exp(-0.5 * (steps / deviation.clamp(min=0.1)[:, None]) ** 2)
  weights = (weights / weights.sum(1, keepdim=True)).repeat_interleave(maps, 0)
  x = x.reshape(1, count * maps, size, size)
  for shape, pad in (((1, 5), (2, 2, 0, 0)), ((5, 1), (0, 0, 2, 2))):
    padded = functional.pad(x, pad, mode="replicate")
    kernel = weights.reshape(-1, 1, *shape)
    x = functional.conv2d(padded, kernel, groups=count * maps)
  return x.reshape(count, maps, size, size)
