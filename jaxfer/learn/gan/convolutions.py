"""The strided convolution, its transpose and their kernel's gradient.

A DCGAN needs two linear maps: `down`, a convolution of kernel 4 and stride 2
that halves the image, and `up`, its transpose, which doubles it. With
`kernel_gradient` they are the three derivatives of one trilinear form, and each
is written as the others' derivative, so that any derivative of any order meets
these three alone. Left to automatic differentiation XLA meets a base-dilated
convolution for the weight gradient of `up`, which XLA:CPU runs 25 to 40 times
slower.

Images may have any number of axes: shapes are written for two. On CPUs all
three take the way of `winograd`, 25 matrix products for 64, wherever channels
are many enough for products to be what takes the time. Accelerators have
libraries for that. Images, of few channels, are taken as blocks of 2×2 pixels
there, and by windows on CPUs, where clips are images too (`frames`), if they
are not small (`benchmarks/NOTES.md`).
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import lax

from jaxfer.learn.gan import frames, winograd
from jaxfer.learn.gan.frames import Form
from jaxfer.learn.gan.products import product

KERNEL = 4
STRIDE = 2
_FEW_CHANNELS = 4
_UNIT = 16  # channels that a matrix unit takes at once
_LARGE = 8  # side of the maps of clips that are taken as images


class Forms(NamedTuple):
  """One way to compute the three; arguments are those of `down` and so on."""

  down: Form
  up: Form
  kernel_gradient: Form


# XLA's own convolutions.


def _convolve(
  x: jax.Array,
  kernel: jax.Array,
  layout: tuple[str, str, str],
  *,
  stride: int = 1,
  padding: int = 0,
  dilation: tuple[int, int] = (1, 1),
) -> jax.Array:
  """The same along each axis; in `layout` S is for all of them.

  Dilations are of `x` and of the kernel.
  """
  rank = x.ndim - 2
  first, second, out = (one.replace("S", "DHW"[-rank:]) for one in layout)
  return lax.conv_general_dilated(
    x,
    kernel,
    (stride,) * rank,
    ((padding, padding),) * rank,
    lhs_dilation=(dilation[0],) * rank,
    rhs_dilation=(dilation[1],) * rank,
    dimension_numbers=(first, second, out),
  )


_FORWARD = ("NSC", "SIO", "NSC")
# Batch and channels trade places: the images are convolved with the maps,
# dilated by the stride, and the batch is what is summed over.
_OVER_BATCH = ("CSN", "ISO", "SNC")


def _xla_down(images: jax.Array, kernel: jax.Array) -> jax.Array:
  return _convolve(images, kernel, _FORWARD, stride=STRIDE, padding=1)


def _xla_up(maps: jax.Array, kernel: jax.Array) -> jax.Array:
  flipped = lax.rev(kernel, range(kernel.ndim - 2)).swapaxes(-1, -2)
  # KERNEL - 1 - padding
  return _convolve(maps, flipped, _FORWARD, padding=2, dilation=(STRIDE, 1))


def _xla_kernel_gradient(images: jax.Array, maps: jax.Array) -> jax.Array:
  return _convolve(images, maps, _OVER_BATCH, padding=1, dilation=(1, STRIDE))


XLA = Forms(_xla_down, _xla_up, _xla_kernel_gradient)


# Space to depth: 2×2 neighbouring pixels of C channels taken as one pixel of
# 4C. Over them the convolution is one of kernel 2 and stride 1.


def _to_depth(x: jax.Array, first: int) -> jax.Array:
  """(…, 2H, 2W, C, …) to (…, H, W, 4C, …), the axes from `first` on halved."""
  rank = x.ndim - 2
  end = first + rank
  sides = [side // 2 for side in x.shape[first:end]]
  halves = [n for side in sides for n in (side, 2)]
  split = x.reshape(*x.shape[:first], *halves, *x.shape[end:])
  order = [*range(first), *range(first, end + rank, 2)]
  order += [*range(first + 1, end + rank, 2), *range(end + rank, split.ndim)]
  whole = (*x.shape[:first], *sides, -1, *x.shape[end + 1 :])
  return split.transpose(order).reshape(whole)


def _to_space(x: jax.Array, first: int) -> jax.Array:
  """The inverse of `_to_depth`."""
  rank = x.ndim - 2
  end = first + rank
  sides = x.shape[first:end]
  blocks = x.reshape(*x.shape[:end], *(2,) * rank, -1, *x.shape[end + 1 :])
  pairs = [at for i in range(rank) for at in (first + i, end + i)]
  order = [*range(first), *pairs, *range(end + rank, blocks.ndim)]
  whole = (*x.shape[:first], *(2 * side for side in sides), -1)
  return blocks.transpose(order).reshape(*whole, *x.shape[end + 1 :])


def _blocks(images: jax.Array) -> jax.Array:
  """(N, 2H, 2W, C) to (N, H + 1, W + 1, 4C), a zero pixel put around."""
  around = ((0, 0), *((1, 1),) * (images.ndim - 2), (0, 0))
  return _to_depth(jnp.pad(images, around), 1)


def _whole_units(x: jax.Array, axis: int) -> jax.Array:
  """Zeros added until the axis is of whole units."""
  widths = [(0, 0)] * x.ndim
  widths[axis] = (0, -x.shape[axis] % _UNIT)
  return jnp.pad(x, widths)


def _blocks_down(images: jax.Array, kernel: jax.Array) -> jax.Array:
  taps = _whole_units(_to_depth(kernel, 0), -2)
  return _convolve(_whole_units(_blocks(images), -1), taps, _FORWARD)


def _blocks_kernel_gradient(images: jax.Array, maps: jax.Array) -> jax.Array:
  whole = _whole_units(_blocks(images), -1)
  taps = _convolve(whole, maps, _OVER_BATCH)
  channels = 2 ** (images.ndim - 2) * images.shape[-1]
  return _to_space(taps[..., :channels, :], 0)


# Windows, or im2col: one matrix product. A window of 4×4 pixels is four blocks,
# whose numbers lie side by side: twelve at a time of three channels.


def _taps(images: jax.Array) -> jax.Array:
  """(N, 2H, 2W, C) to (N, H, W, 16C), in the order of a kernel's blocks."""
  whole, ends = _blocks(images), (slice(None, -1), slice(1, None))
  parts = itertools.product(ends, repeat=images.ndim - 2)
  return jnp.concatenate([whole[:, *part] for part in parts], axis=-1)


def _flat(x: jax.Array) -> jax.Array:
  """All axes but the last as one."""
  return x.reshape(-1, x.shape[-1])


def _windows_down(images: jax.Array, kernel: jax.Array) -> jax.Array:
  windows = _taps(images)
  maps = product(_flat(windows), _flat(_to_depth(kernel, 0)), 1, 0)
  return maps.reshape(*windows.shape[:-1], -1).astype(images.dtype)


def _windows_up(maps: jax.Array, kernel: jax.Array) -> jax.Array:
  """The blocks that the product gives are added up where they overlap."""
  rank = maps.ndim - 2
  windows = product(_flat(maps), _flat(_to_depth(kernel, 0)), 1, 1)
  windows = windows.reshape(*maps.shape[:-1], -1)
  parts = jnp.split(windows, 2**rank, axis=-1)
  whole = jnp.zeros((), windows.dtype)
  places = itertools.product(((0, 1), (1, 0)), repeat=rank)
  for part, place in zip(parts, places, strict=True):
    whole += jnp.pad(part, ((0, 0), *place, (0, 0)))
  inner = (slice(None), *(slice(1, -1),) * rank)
  return _to_space(whole, 1)[inner].astype(maps.dtype)


def _windows_kernel_gradient(images: jax.Array, maps: jax.Array) -> jax.Array:
  rank, features = images.ndim - 2, maps.shape[-1]
  taps = product(_flat(_taps(images)), _flat(maps), 0, 0)
  taps = taps.reshape(*(2,) * rank, -1, features)
  return _to_space(taps, 0).astype(images.dtype)


WINDOWS = Forms(_windows_down, _windows_up, _windows_kernel_gradient)
BLOCKS = Forms(_blocks_down, _windows_up, _blocks_kernel_gradient)
WINOGRAD = Forms(winograd.down, winograd.up, winograd.kernel_gradient)


def of_clips(forms: Forms) -> Forms:
  """Those of images, for clips."""
  return Forms(
    *(
      functools.partial(getattr(frames, name), form)
      for name, form in forms._asdict().items()
    )
  )


def _fastest(
  name: str,
  first: jax.Array,
  second: jax.Array,
  channels: int,
  sides: Sequence[int],
) -> jax.Array:
  """The form that the device runs fastest; `sides` are those of the maps."""
  few = channels <= _FEW_CHANNELS
  tiled = len(sides) > 1 and not any(n % winograd.TILE for n in sides[-2:])
  default = BLOCKS if few else XLA
  cpu = WINDOWS if few else WINOGRAD if tiled else XLA
  if len(sides) > 2:
    # XLA:CPU is at `up` in space and time for minutes.
    large = tiled and min(sides[-2:]) >= _LARGE
    cpu = of_clips(cpu) if large else WINDOWS
  with jax.named_scope(name):
    return lax.platform_dependent(
      first, second, cpu=getattr(cpu, name), default=getattr(default, name)
    )


@jax.custom_vjp
def down(images: jax.Array, kernel: jax.Array) -> jax.Array:
  """Convolution of stride 2 that halves height and width, without a bias.

  (N, 2H, 2W, C) and a kernel (4, 4, C, F) to (N, H, W, F).
  """
  *sides, channels = images.shape[1:]
  halves = [side // STRIDE for side in sides]
  return _fastest("down", images, kernel, channels, halves)


@jax.custom_vjp
def up(maps: jax.Array, kernel: jax.Array) -> jax.Array:
  """Transposed convolution of stride 2, which doubles height and width.

  (N, H, W, F) and a kernel (4, 4, C, F), laid out as for `down`, to (N, 2H, 2W,
  C); <up(m, k), x> = <m, down(x, k)>.
  """
  return _fastest("up", maps, kernel, kernel.shape[-2], maps.shape[1:-1])


@jax.custom_vjp
def kernel_gradient(images: jax.Array, maps: jax.Array) -> jax.Array:
  """d<down(images, kernel), maps>/d kernel, (4, 4, C, F)."""
  channels, sides = images.shape[-1], maps.shape[1:-1]
  return _fastest("kernel_gradient", images, maps, channels, sides)


down.defvjp(
  lambda images, kernel: (down(images, kernel), (images, kernel)),
  lambda saved, g: (up(g, saved[1]), kernel_gradient(saved[0], g)),
)
up.defvjp(
  lambda maps, kernel: (up(maps, kernel), (maps, kernel)),
  lambda saved, g: (down(g, saved[1]), kernel_gradient(g, saved[0])),
)
kernel_gradient.defvjp(
  lambda images, maps: (kernel_gradient(images, maps), (images, maps)),
  lambda saved, g: (up(saved[1], g), down(saved[0], g)),
)
