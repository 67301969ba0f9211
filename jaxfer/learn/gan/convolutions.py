"""The strided convolution and its transpose, as one differentiable pair.

A DCGAN needs two linear maps: `down`, a 4×4 convolution of stride 2 that
halves the image, and `up`, its transpose, which doubles it. Each is the
other's derivative with respect to the image, and both share one weight
gradient. Written so, XLA only ever meets the three forms it runs well; left to
automatic differentiation it meets a base-dilated convolution for the weight
gradient of `up`, which XLA:CPU runs 25 to 40 times slower.

On CPUs all three take the way of `winograd`, 25 matrix products for 64,
wherever channels are many enough for products to be what takes the time.
Accelerators have libraries for that. Images, of few channels, are taken as
`blocks` of pixels there, and by `windows` on CPUs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import jax
from jax import lax

from jaxfer.learn.gan import blocks, windows, winograd

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


def _fastest(
  few: tuple[Form, Form],
  many: tuple[Form, Form],
  first: jax.Array,
  second: jax.Array,
  channels: int,
  sides: Sequence[int],
) -> jax.Array:
  """The form that the device runs fastest; see `benchmarks/NOTES.md`.

  Args:
    few: the forms for few channels, on CPUs and elsewhere.
    many: those for many, the first of which takes whole tiles only.
    first: argument of the form.
    second: argument of the form.
    channels: of the images.
    sides: height and width of the maps.
  """
  on_cpu, elsewhere = few if channels <= _FEW_CHANNELS else many
  if on_cpu is many[0] and any(side % winograd.TILE for side in sides):
    on_cpu = elsewhere
  return lax.platform_dependent(first, second, cpu=on_cpu, default=elsewhere)


@jax.named_scope("down")
def _fast_down(images: jax.Array, kernel: jax.Array) -> jax.Array:
  height, width, channels = images.shape[1:]
  few, many = (windows.down, blocks.down), (winograd.down, _down)
  maps = (height // STRIDE, width // STRIDE)
  return _fastest(few, many, images, kernel, channels, maps)


@jax.named_scope("up")
def _fast_up(maps: jax.Array, kernel: jax.Array) -> jax.Array:
  few, many = (windows.up, windows.up), (winograd.up, _up)
  sides = maps.shape[1:3]
  return _fastest(few, many, maps, kernel, kernel.shape[2], sides)


@jax.named_scope("kernel_gradient")
def _fast_kernel_gradient(images: jax.Array, maps: jax.Array) -> jax.Array:
  few = windows.kernel_gradient, blocks.kernel_gradient
  many = winograd.kernel_gradient, _kernel_gradient
  sides = maps.shape[1:3]
  return _fastest(few, many, images, maps, images.shape[-1], sides)


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
