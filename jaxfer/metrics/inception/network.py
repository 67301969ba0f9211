"""The InceptionV3 of the Fréchet inception distance, as a pure function.

Szegedy et al., arXiv:1512.00567, table 1, in the form of TensorFlow's graph of
2015-12-05, which every FID goes by. Where that differs from torchvision's:

  - average pools leave the padding out of the mean;
  - the last block, `Mixed_7c`, has a maximum pool for its average pool;
  - 1,008 classes instead of 1,000, and no auxiliary classifier.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.typing import DTypeLike

SIDE = 299  # pixels of the images that FID shows the network
WIDTH = 2048  # length of pool3
CLASSES = 1008

_EPSILON = 1e-3  # of the batch norms
# GPUs otherwise multiply in TF32, whose three digits less would be visible.
_PRECISION = lax.Precision.HIGHEST
_LAYOUT = ("NHWC", "HWIO", "NHWC")

Size = tuple[int, int]

Parameters = Mapping[str, tuple[jax.Array, jax.Array]]
"""By layer its kernel, (height, width, in, out), and its bias, (out,)."""


class Outputs(NamedTuple):
  """What the network says of N images, on devices or on the host."""

  pool3: Any  # (N, 2048), the last block's maps averaged; FID's features
  # (N, 1008) without the classes' bias, as inception scores take them.
  logits: Any


def parameters(state: Mapping[str, np.ndarray], dtype: DTypeLike) -> Parameters:
  """The weights as `apply` takes them, batch norm folded into the kernels.

  Args:
    state: arrays of the names and shapes that `shapes` gives.
    dtype: float32, or float64 where JAX has it enabled.

  Returns:
    Kernels and biases, computed in float64 and then rounded to `dtype`.
  """
  folded = {}
  for name in _layers():
    conv, bn = f"{name}.conv.", f"{name}.bn."
    weight, gain, mean, variance = (
      state[key].astype(np.float64)
      for key in (
        conv + "weight",
        bn + "weight",
        bn + "running_mean",
        bn + "running_var",
      )
    )
    scale = gain / np.sqrt(variance + _EPSILON)
    kernel = weight.transpose(2, 3, 1, 0) * scale.reshape(1, 1, 1, -1)
    folded[name] = kernel, state[bn + "bias"] - mean * scale
  folded["fc"] = state["fc.weight"].T, state["fc.bias"]
  return {
    name: (jnp.asarray(kernel, dtype), jnp.asarray(bias, dtype))
    for name, (kernel, bias) in folded.items()
  }


def apply(params: Parameters, images: jax.Array) -> Outputs:
  """Features and logits of images.

  Args:
    params: see `parameters`.
    images: (N, H, W, 3) of the same type, scaled to about [-1, 1] as a dialect
      does; FID's are 299 pixels wide and high, and 75 are the fewest that
      leave a map to the last block.

  Returns:
    The outputs, of the same type.
  """

  def conv(name, x, maps, size, stride=1, padding="SAME"):
    kernel, bias = params[name]
    x = _convolve(x, kernel, stride, padding)
    return jax.nn.relu(x + bias.reshape(1, 1, 1, maps))

  pool3 = _blocks(conv, images).mean((1, 2))
  classes, _ = params["fc"]
  return Outputs(pool3, jnp.matmul(pool3, classes, precision=_PRECISION))


def shapes() -> dict[str, tuple[int, ...]]:
  """Names and shapes of the arrays in a file of weights.

  Returns:
    By name, in PyTorch's layout: kernels are (out, in, height, width).
  """
  found: dict[str, tuple[int, ...]] = {}
  for name, kernel in _layers().items():
    found[f"{name}.conv.weight"] = kernel
    for part in ("weight", "bias", "running_mean", "running_var"):
      found[f"{name}.bn.{part}"] = kernel[:1]
  return found | {"fc.weight": (CLASSES, WIDTH), "fc.bias": (CLASSES,)}


@functools.cache
def _layers() -> Mapping[str, tuple[int, ...]]:
  """Kernel shapes (out, in, height, width), found by walking the network."""
  found = {}

  def conv(name, x, maps, size, stride=1, padding="SAME"):
    found[name] = (maps, x.shape[-1], *size)
    kernel = jnp.zeros((*size, x.shape[-1], maps))
    return _convolve(x, kernel, stride, padding)

  image = jax.ShapeDtypeStruct((1, SIDE, SIDE, 3), jnp.float32)
  jax.eval_shape(functools.partial(_blocks, conv), image)
  return found


class _Conv(Protocol):
  """A convolution with its batch norm and ReLU."""

  def __call__(
    self,
    name: str,
    x: jax.Array,
    maps: int,
    size: Size,
    stride: int = 1,
    padding: str = "SAME",
  ) -> jax.Array: ...


def _convolve(
  x: jax.Array, kernel: jax.Array, stride: int, padding: str
) -> jax.Array:
  return lax.conv_general_dilated(
    x,
    kernel,
    (stride, stride),
    padding,
    dimension_numbers=_LAYOUT,
    precision=_PRECISION,
  )


def _blocks(conv: _Conv, x: jax.Array) -> jax.Array:
  """The network up to its last maps, (N, 8, 8, 2048) at 299 pixels."""
  x = conv("Conv2d_1a_3x3", x, 32, (3, 3), stride=2, padding="VALID")
  x = conv("Conv2d_2a_3x3", x, 32, (3, 3), padding="VALID")
  x = conv("Conv2d_2b_3x3", x, 64, (3, 3))
  x = _shrink(x)
  x = conv("Conv2d_3b_1x1", x, 80, (1, 1))
  x = conv("Conv2d_4a_3x3", x, 192, (3, 3), padding="VALID")
  x = _shrink(x)
  for letter, pooled in zip("bcd", (32, 64, 64), strict=True):
    x = _mixed_5(conv, f"Mixed_5{letter}", x, pooled)
  x = _mixed_6a(conv, "Mixed_6a", x)
  for letter, inner in zip("bcde", (128, 160, 160, 192), strict=True):
    x = _mixed_6(conv, f"Mixed_6{letter}", x, inner)
  x = _mixed_7a(conv, "Mixed_7a", x)
  x = _mixed_7(conv, "Mixed_7b", x, _average(x))
  return _mixed_7(conv, "Mixed_7c", x, _maximum(x))


def _mixed_5(conv: _Conv, name: str, x: jax.Array, pooled: int) -> jax.Array:
  return _join(
    conv(f"{name}.branch1x1", x, 64, (1, 1)),
    _chain(conv, f"{name}.branch5x5", x, (48, (1, 1)), (64, (5, 5))),
    _chain(
      *(conv, f"{name}.branch3x3dbl", x),
      *((64, (1, 1)), (96, (3, 3)), (96, (3, 3))),
    ),
    conv(f"{name}.branch_pool", _average(x), pooled, (1, 1)),
  )


def _mixed_6a(conv: _Conv, name: str, x: jax.Array) -> jax.Array:
  double = f"{name}.branch3x3dbl"
  y = _chain(conv, double, x, (64, (1, 1)), (96, (3, 3)))
  return _join(
    conv(f"{name}.branch3x3", x, 384, (3, 3), stride=2, padding="VALID"),
    conv(f"{double}_3", y, 96, (3, 3), stride=2, padding="VALID"),
    _shrink(x),
  )


def _mixed_6(conv: _Conv, name: str, x: jax.Array, inner: int) -> jax.Array:
  wide, high = (inner, (1, 7)), (inner, (7, 1))
  return _join(
    conv(f"{name}.branch1x1", x, 192, (1, 1)),
    _chain(
      *(conv, f"{name}.branch7x7", x),
      *((inner, (1, 1)), wide, (192, (7, 1))),
    ),
    _chain(
      *(conv, f"{name}.branch7x7dbl", x),
      *((inner, (1, 1)), high, wide, high, (192, (1, 7))),
    ),
    conv(f"{name}.branch_pool", _average(x), 192, (1, 1)),
  )


def _mixed_7a(conv: _Conv, name: str, x: jax.Array) -> jax.Array:
  three, seven = f"{name}.branch3x3", f"{name}.branch7x7x3"
  y = _chain(conv, three, x, (192, (1, 1)))
  z = _chain(conv, seven, x, (192, (1, 1)), (192, (1, 7)), (192, (7, 1)))
  return _join(
    conv(f"{three}_2", y, 320, (3, 3), stride=2, padding="VALID"),
    conv(f"{seven}_4", z, 192, (3, 3), stride=2, padding="VALID"),
    _shrink(x),
  )


def _mixed_7(
  conv: _Conv, name: str, x: jax.Array, pooled: jax.Array
) -> jax.Array:
  three, double = f"{name}.branch3x3", f"{name}.branch3x3dbl"
  y = _chain(conv, three, x, (384, (1, 1)))
  z = _chain(conv, double, x, (448, (1, 1)), (384, (3, 3)))
  return _join(
    conv(f"{name}.branch1x1", x, 320, (1, 1)),
    conv(f"{three}_2a", y, 384, (1, 3)),
    conv(f"{three}_2b", y, 384, (3, 1)),
    conv(f"{double}_3a", z, 384, (1, 3)),
    conv(f"{double}_3b", z, 384, (3, 1)),
    conv(f"{name}.branch_pool", pooled, 192, (1, 1)),
  )


def _chain(
  conv: _Conv, stem: str, x: jax.Array, *layers: tuple[int, Size]
) -> jax.Array:
  """Convolutions in a row, called stem_1, stem_2 and so on."""
  for i, (maps, size) in enumerate(layers, start=1):
    x = conv(f"{stem}_{i}", x, maps, size)
  return x


def _join(*branches: jax.Array) -> jax.Array:
  return jnp.concatenate(branches, axis=-1)


def _shrink(x: jax.Array) -> jax.Array:
  """3×3 maximum, stride 2."""
  window, strides = (1, 3, 3, 1), (1, 2, 2, 1)
  return lax.reduce_window(x, -jnp.inf, lax.max, window, strides, "VALID")


def _maximum(x: jax.Array) -> jax.Array:
  """3×3 maximum at every place."""
  return lax.reduce_window(
    x, -jnp.inf, lax.max, (1, 3, 3, 1), (1, 1, 1, 1), "SAME"
  )


def _average(x: jax.Array) -> jax.Array:
  """3×3 mean at every place, over the pixels that are there."""

  def add(y: jax.Array) -> jax.Array:
    window, strides = (1, 3, 3, 1), (1, 1, 1, 1)
    return lax.reduce_window(y, 0.0, lax.add, window, strides, "SAME")

  return add(x) / add(jnp.ones((1, *x.shape[1:3], 1), x.dtype))
