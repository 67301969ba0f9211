"""The convolution of clips as one of images.

Two frames side by side are the channels of one image, and the maps of two times
beside each other are those of one: a kernel of four frames is then a kernel of
images, each pair of which is convolved once for both times that see it. The
three are those of `convolutions`; the first argument is the form of images.
"""

from __future__ import annotations

from collections.abc import Callable

import jax
import jax.numpy as jnp

Form = Callable[[jax.Array, jax.Array], jax.Array]


def down(form: Form, clips: jax.Array, kernel: jax.Array) -> jax.Array:
  """(N, 2T, 2H, 2W, C) and (4, 4, 4, C, F) to (N, T, H, W, F)."""
  maps = form(_pairs(clips), _of_images(kernel))
  maps = maps.reshape(len(clips), -1, *maps.shape[1:])
  first, second = jnp.split(maps, 2, axis=-1)
  return first[:, :-1] + second[:, 1:]


def up(form: Form, maps: jax.Array, kernel: jax.Array) -> jax.Array:
  """The transpose: (N, T, H, W, F) to (N, 2T, 2H, 2W, C)."""
  pairs = form(_both_times(maps), _of_images(kernel))
  count, _, *sides, _ = maps.shape
  height, width = (2 * side for side in sides)
  pairs = pairs.reshape(count, -1, height, width, 2, kernel.shape[-2])
  clips = jnp.moveaxis(pairs, -2, 2)
  return clips.reshape(count, -1, height, width, kernel.shape[-2])[:, 1:-1]


def kernel_gradient(form: Form, clips: jax.Array, maps: jax.Array) -> jax.Array:
  """d<down(clips, kernel), maps>/d kernel, (4, 4, 4, C, F)."""
  kernel = form(_pairs(clips), _both_times(maps))
  channels, features = clips.shape[-1], maps.shape[-1]
  kernel = kernel.reshape(4, 4, 2, channels, 2, features)
  kernel = kernel.transpose(4, 2, 0, 1, 3, 5)
  return kernel.reshape(4, 4, 4, channels, features)


def _of_images(kernel: jax.Array) -> jax.Array:
  """(4, 4, 4, C, F) to (4, 4, 2C, 2F)."""
  channels, features = kernel.shape[-2:]
  kernel = kernel.reshape(2, 2, 4, 4, channels, features)
  kernel = kernel.transpose(2, 3, 1, 4, 0, 5)
  return kernel.reshape(4, 4, 2 * channels, 2 * features)


def _pairs(clips: jax.Array) -> jax.Array:
  """(N, 2T, H, W, C) to (N · (T + 1), H, W, 2C), black frames at both ends."""
  around = ((0, 0), (1, 1), (0, 0), (0, 0), (0, 0))
  count, frames, *sides, channels = clips.shape
  pairs = jnp.pad(clips, around).reshape(
    count, frames // 2 + 1, 2, *sides, channels
  )
  return jnp.moveaxis(pairs, 2, -2).reshape(-1, *sides, 2 * channels)


def _both_times(maps: jax.Array) -> jax.Array:
  """(N, T, H, W, F) to (N · (T + 1), H, W, 2F)."""
  rest = ((0, 0),) * 3
  ends = ((0, 1), (1, 0))
  times = [jnp.pad(maps, ((0, 0), end, *rest)) for end in ends]
  both = jnp.concatenate(times, axis=-1)
  return both.reshape(-1, *both.shape[2:])
