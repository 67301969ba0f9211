"""The same DCGAN in PyTorch: a peer for speed, a second opinion on numbers.

Layers, order of the step and initial weights are jaxfer's. `import torch` is
confined to this file and its users under `benchmarks/` and `tests/`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch  # pyright: ignore[reportMissingImports]
from torch import nn  # pyright: ignore[reportMissingImports]
from torch.nn import functional  # pyright: ignore[reportMissingImports]

from jaxfer.learn.gan import batch_norm, layers, networks, sizes
from jaxfer.learn.gan.dcgan import GANState

# By the axes of an image, and of a clip, which has its frames before them.
_CONVOLUTIONS = {2: nn.Conv2d, 3: nn.Conv3d}
_TRANSPOSES = {2: nn.ConvTranspose2d, 3: nn.ConvTranspose3d}
_NORMS = {2: nn.BatchNorm2d, 3: nn.BatchNorm3d}
_LAST = {2: torch.channels_last, 3: torch.channels_last_3d}


class Generator(nn.Module):
  """Latents (N, latent) to images (N, 3, H, W), or clips, in (-1, 1)."""

  def __init__(self, params: Any, dtype: torch.dtype):
    super().__init__()
    self.layers = sum(name.startswith("up") for name in params)
    self.seed = nn.Parameter(_tensor(params["seed_kernel"], dtype))
    self.convs, self.norms = nn.ModuleList(), nn.ModuleList()
    for i in range(self.layers):
      conv = _strided(_TRANSPOSES, params[f"up{i + 1}"], dtype)
      self.convs.append(conv)
      self.norms.append(_norm(params[f"norm{i}"], conv, dtype))

  def forward(self, z: torch.Tensor) -> torch.Tensor:
    """Draws one image per latent."""
    side, maps = sizes.SMALLEST_MAP, self.convs[0].in_channels
    # jaxfer's maps are channel-last, here and in the kernels below.
    x = (z @ self.seed).unflatten(1, (-1, side, side, maps))
    x = x.movedim(-1, 1)
    if self.convs[0].weight.ndim == 4:
      x = x.squeeze(2)
    for norm, conv in zip(self.norms, self.convs, strict=True):
      x = conv(functional.relu(norm(x)))
    return torch.tanh(x)


class Discriminator(nn.Module):
  """Images (N, 3, H, W), or clips, to logits (N,)."""

  def __init__(self, params: Any, dtype: torch.dtype):
    super().__init__()
    self.layers = sum(name.startswith("conv") for name in params)
    self.convs, self.norms = nn.ModuleList(), nn.ModuleList()
    for i in range(1, self.layers + 1):
      conv = _strided(_CONVOLUTIONS, params[f"conv{i}"], dtype)
      normed = _norm(params[f"norm{i}"], conv, dtype) if i > 1 else None
      self.convs.append(conv)
      self.norms.append(normed or nn.Identity())
    self.head = nn.Parameter(_tensor(params["head_kernel"], dtype))
    self.bias = nn.Parameter(_tensor(params["head_bias"], dtype))

  def features(self, images: torch.Tensor) -> torch.Tensor:
    """The last convolution after its activation, (N, maps, …, 4, 4)."""
    x = images
    for conv, norm in zip(self.convs, self.norms, strict=True):
      x = functional.leaky_relu(norm(conv(x)), networks.LEAK)
    return x

  def forward(self, images: torch.Tensor) -> torch.Tensor:
    """Scores images as real (positive) or generated (negative)."""
    x = self.features(images).movedim(1, -1).flatten(1)
    return (x @ self.head + self.bias).squeeze(1)


class Trainer:
  """The DCGAN of a jaxfer state, trained by PyTorch.

  Args:
    state: the state before the first step.
    learning_rate: of Adam.
    beta1: of Adam.
    dtype: of weights and images.
    device: where it runs.
    channels_last: memory format of images and kernels.
    autocast: the type that convolutions and products run in, or None.
    capturable: whether a CUDA graph may record the optimizers.
  """

  def __init__(
    self,
    state: GANState,
    *,
    learning_rate: float,
    beta1: float,
    dtype: torch.dtype = torch.float32,
    device: str = "cpu",
    channels_last: bool = False,
    autocast: torch.dtype | None = None,
    capturable: bool = False,
  ):
    rank = state.disc.params["conv1"]["kernel"].ndim - 2
    self.layout = _LAST[rank] if channels_last else torch.contiguous_format
    place = {"device": device, "memory_format": self.layout}
    self.gen = Generator(state.gen.params, dtype).to(**place)
    self.disc = Discriminator(state.disc.params, dtype).to(**place)
    self.autocast, self.device = autocast, device

    def adam(net: nn.Module) -> torch.optim.Optimizer:
      return torch.optim.Adam(
        net.parameters(),
        lr=learning_rate,
        betas=(beta1, 0.999),
        fused=True,
        capturable=capturable,
      )

    self.adam_gen, self.adam_disc = adam(self.gen), adam(self.disc)

  def images(self, images: np.ndarray) -> torch.Tensor:
    """(N, H, W, 3), or clips, to this trainer's layout and device."""
    tensor = torch.from_numpy(np.array(images)).movedim(-1, 1)
    return tensor.contiguous(memory_format=self.layout).to(self.device)

  def step(
    self, images: torch.Tensor, z: torch.Tensor
  ) -> tuple[torch.Tensor, torch.Tensor]:
    """One step, in jaxfer's order; returns the losses of D and of G."""
    with torch.autocast(
      self.device, self.autocast, enabled=self.autocast is not None
    ):
      fakes = self.gen(z)
      real = self.disc(images)
      # Only real images enter the running statistics.
      with _statistics_kept(self.disc):
        fake = self.disc(fakes.detach())
      loss_d = (
        functional.softplus(-real).mean() + functional.softplus(fake).mean()
      )
    self.adam_disc.zero_grad()
    loss_d.backward()
    self.adam_disc.step()

    # The discriminator's own gradients are not wanted here.
    self.disc.requires_grad_(False)
    with (
      torch.autocast(
        self.device, self.autocast, enabled=self.autocast is not None
      ),
      _statistics_kept(self.disc),
    ):
      loss_g = functional.softplus(-self.disc(fakes)).mean()
    self.adam_gen.zero_grad()
    loss_g.backward()
    self.adam_gen.step()
    self.disc.requires_grad_(True)
    return loss_d.detach(), loss_g.detach()

  def recorded(
    self, images: torch.Tensor, z: torch.Tensor
  ) -> Callable[[], tuple[torch.Tensor, torch.Tensor]]:
    """The step on these very tensors as one CUDA graph to play again."""
    # What is recorded must have allocated and chosen its kernels before.
    beside = torch.cuda.Stream()
    beside.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(beside):
      for _ in range(3):
        self.step(images, z)
    torch.cuda.current_stream().wait_stream(beside)
    # Weights and optimizers lie outside the graph, which does not keep them.
    self.graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(self.graph):
      losses = self.step(images, z)

    def play() -> tuple[torch.Tensor, torch.Tensor]:
      self.graph.replay()
      return losses

    return play


def named(
  net: Generator | Discriminator,
) -> Iterator[tuple[str, nn.Parameter]]:
  """A network's parameters under the names that they have in jaxfer."""
  generator = isinstance(net, Generator)
  if generator:
    yield "seed_kernel", net.seed
  else:
    yield "head_kernel", net.head
    yield "head_bias", net.bias
  kind, first_norm = ("up", 0) if generator else ("conv", 1)
  for i, (conv, norm) in enumerate(zip(net.convs, net.norms, strict=True)):
    yield f"{kind}{i + 1}.kernel", conv.weight
    if conv.bias is not None:
      yield f"{kind}{i + 1}.bias", conv.bias
    if not isinstance(norm, nn.Identity):
      yield f"norm{i + first_norm}.scale", norm.weight
      yield f"norm{i + first_norm}.bias", norm.bias


class _statistics_kept:  # noqa: N801 - reads as a context
  """Batch norm normalises by the batch, and leaves its running statistics."""

  def __init__(self, net: nn.Module):
    kinds = tuple(_NORMS.values())
    self.norms = [m for m in net.modules() if isinstance(m, kinds)]

  def __enter__(self) -> None:
    for norm in self.norms:
      norm.momentum = 0.0

  def __exit__(self, *_: object) -> None:
    for norm in self.norms:
      norm.momentum = 1 - layers.MOMENTUM


def _tensor(array: Any, dtype: torch.dtype) -> torch.Tensor:
  return torch.from_numpy(np.array(array)).to(dtype)


def _strided(kinds: Any, layer: Any, dtype: torch.dtype) -> Any:
  """A convolution of kernel 4 and stride 2, or its transpose."""
  # (4, 4, in, out) to (out, in, 4, 4); a transpose has both swapped.
  kernel = np.moveaxis(np.asarray(layer["kernel"]), (-1, -2), (0, 1))
  maps, bias = kernel.shape[:2], layer.get("bias")
  if kinds is _CONVOLUTIONS:
    maps = maps[::-1]
  conv = kinds[kernel.ndim - 2](*maps, 4, 2, 1, bias=bias is not None)
  conv.weight = nn.Parameter(_tensor(kernel, dtype))
  if bias is not None:
    conv.bias = nn.Parameter(_tensor(bias, dtype))
  return conv


def _norm(params: Any, conv: Any, dtype: torch.dtype) -> Any:
  """The batch norm of a convolution's rank."""
  scale, bias = params["scale"], params["bias"]
  norm = _NORMS[conv.weight.ndim - 2](
    len(scale), batch_norm.EPSILON, 1 - layers.MOMENTUM, dtype=dtype
  )
  norm.weight = nn.Parameter(_tensor(scale, dtype))
  norm.bias = nn.Parameter(_tensor(bias, dtype))
  return norm
