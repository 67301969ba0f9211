"""The strided convolution and its transpose, as one differentiable pair.

A DCGAN needs two linear maps: `down`, a 4×4 convolution of stride 2 that
halves the image, and `up`, its transpose, which doubles it. Each is the
other's derivative with respect to the image, and both share one weight
gradient. Written so, XLA only ever meets the three forms it runs well; left to
automatic differentiation it meets a base-dilated convolution for the weight
gradient of `up`, which XLA:CPU runs 25 to 40 times slower.

On CPUs all three take the way of `winograd`, 9 matrix products for 16, wherever
channels are many enough for products to be what takes the time. Accelerators
have libraries for that; the images, of few channels, they take as `blocks`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import jax
import jax.numpy as jnp
from jax import lax

from jaxfer.gan import blocks, winograd

Form = Callable[[jax.Array, jax.Array], jax.Array]

KERNEL = 4
STRIDE = 2
_PADDING = ((1, 1), (1, 1))
_FEW_CHANNELS = 4
_DIMENSIONS = ("NHWC", "HWIO", "NHWC")


def _down(images: jax.Array, kernel: jax.Array) -> jax.Array:
  return lax.conv_general_dilated(
    images,
    kernel,
    (STRIDE, STRIDE),
    _PADDING,
    dimension_numbers=_DIMENSIONS,
  )


def _up(maps: jax.Array, kernel: jax.Array) -> jax.Array:
  """The transpose of `_down` in its first argument."""
  flipped = kernel[::-1, ::-1].swapaxes(2, 3)
  return lax.conv_general_dilated(
    maps,
    flipped,
    (1, 1),
    ((2, 2), (2, 2)),  # KERNEL - 1 - padding
    lhs_dilation=(STRIDE, STRIDE),
    dimension_numbers=_DIMENSIONS,
  )


def _kernel_gradient(images: jax.Array, maps: jax.Array) -> jax.Array:
  """d<_down(images, kernel), maps>/d kernel, shape (4, 4, C, F)."""
  if images.shape[-1] <= _FEW_CHANNELS:
    return _kernel_gradient_of_windows(images, maps)
  # Batch and channels trade places: the images are convolved with the maps,
  # dilated by the stride, and the batch is what is summed over.
  return lax.conv_general_dilated(
    images,
    maps,
    (1, 1),
    _PADDING,
    rhs_dilation=(STRIDE, STRIDE),
    dimension_numbers=("CHWN", "IHWO", "HWNC"),
  )


def _kernel_gradient_of_windows(
  images: jax.Array, maps: jax.Array
) -> jax.Array:
  """The same as one matrix product over all windows.

  At three channels XLA:CPU runs the convolution form eight times slower.
  """
  height, width, channels = images.shape[1:]
  padded = jnp.pad(images, ((0, 0), *_PADDING, (0, 0)))
  windows = jnp.stack(
    [
      padded[:, i : i + height : STRIDE, j : j + width : STRIDE]
      for i in range(KERNEL)
      for j in range(KERNEL)
    ],
    axis=3,
  )
  flat = windows.reshape(-1, KERNEL * KERNEL * channels)
  products = flat.T @ maps.reshape(-1, maps.shape[-1])
  return products.reshape(KERNEL, KERNEL, channels, -1)


def _fastest(
  plain: Form,
  tiled: Form,
  blocked: Form,
  first: jax.Array,
  second: jax.Array,
  channels: int,
  sides: Sequence[int],
) -> jax.Array:
  """The form that the device runs fastest; see `benchmarks/NOTES.md`."""
  if channels <= _FEW_CHANNELS:
    on_cpu, elsewhere = plain, blocked
  else:
    even = all(side % winograd.TILE == 0 for side in sides)
    on_cpu, elsewhere = tiled if even else plain, plain
  return lax.platform_dependent(first, second, cpu=on_cpu, default=elsewhere)


def _fast_down(images: jax.Array, kernel: jax.Array) -> jax.Array:
  height, width, channels = images.shape[1:]
  maps = (height // STRIDE, width // STRIDE)
  forms = _down, winograd.down, blocks.down
  return _fastest(*forms, images, kernel, channels, maps)


def _fast_up(maps: jax.Array, kernel: jax.Array) -> jax.Array:
  forms = _up, winograd.up, blocks.up
  return _fastest(*forms, maps, kernel, kernel.shape[2], maps.shape[1:3])


def _fast_kernel_gradient(images: jax.Array, maps: jax.Array) -> jax.Array:
  forms = _kernel_gradient, winograd.kernel_gradient, blocks.kernel_gradient
  return _fastest(*forms, images, maps, images.shape[-1], maps.shape[1:3])


@jax.custom_vjp
def down(images: jax.Array, kernel: jax.Array) -> jax.Array:
  """Convolution of stride 2 that halves height and width.

  Args:
    images: (N, 2H, 2W, C).
    kernel: (4, 4, C, F).

  Returns:
    (N, H, W, F), no bias.
  """
  return _fast_down(images, kernel)


@jax.custom_vjp
def up(maps: jax.Array, kernel: jax.Array) -> jax.Array:
  """Transposed convolution of stride 2 that doubles height and width.

  Args:
    maps: (N, H, W, F).
    kernel: (4, 4, C, F), laid out as for `down`: C is the output.

  Returns:
    (N, 2H, 2W, C), no bias; <up(m, k), x> = <m, down(x, k)>.
  """
  return _fast_up(maps, kernel)


down.defvjp(
  lambda images, kernel: (_fast_down(images, kernel), (images, kernel)),
  lambda saved, g: (_fast_up(g, saved[1]), _fast_kernel_gradient(saved[0], g)),
)
up.defvjp(
  lambda maps, kernel: (_fast_up(maps, kernel), (maps, kernel)),
  lambda saved, g: (
    _fast_down(g, saved[1]),
    _fast_kernel_gradient(g, saved[0]),
  ),
)
