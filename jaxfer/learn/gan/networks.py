"""The DCGAN's generator and discriminator.

Radford, Metz & Chintala, arXiv:1511.06434, in the layout that gives the
paper's 8,192 features: kernel 4, stride 2, and a width that doubles as the
image halves, down to 4×4. At 64×64 and width 64 the discriminator's last
convolution has 512 maps of 4×4.

Convolutions that feed a batch norm have no bias: the norm would remove it.

Either may be conditional on a vector of labels. The generator has it
concatenated to the latent (Mirza & Osindero, arXiv:1411.1784). The
discriminator adds its inner product with a linear map of the last activation
to the logit (the projection of Miyato & Koyama, arXiv:1802.05637, on the whole
maps rather than their sums, as the head of a DCGAN reads them): the
convolutions never see a label, and without one the logit is that of an
unconditional discriminator.

Clips are convolved along time too; of a pair of frames the two are channels of
one image, side by side. A generator of either may draw a still background and
how much the moving foreground covers of it, as Vondrick, Pirsiavash & Torralba
do (arXiv:1609.02612, section 3).

Real and generated images may go through the discriminator in one batch: each of
its `parts` is normalised by its own statistics, as if it had come alone.

`dtype` is what convolutions are computed in, and what the maps between them are
kept as. Weights, the statistics of batch norms, and what decides a loss (the
discriminator's head, the generator's first product and its tanh) stay in the
weights' type.
"""

from __future__ import annotations

import math
from typing import Any

import jax
import jax.numpy as jnp
from flax import nnx

from jaxfer.learn.gan import sizes
from jaxfer.learn.gan.layers import Dtype, Norm, Strided, add, cast, normal
from jaxfer.learn.networks import Network

LEAK = 0.2  # slope of the discriminator's activation below zero


class Generator(nnx.Module):
  """Latents to images.

  Args:
    image_size: height and width of the images, a power of two.
    width: maps of the last hidden layer; each layer before has twice as many.
    latent: dimension of the latent space.
    labels: length of the vector of labels; 0: unconditional.
    axis_name: device axis over which batch norm is synchronised, or None.
    dtype: of the convolutions; None is that of the weights.
    rngs: source of the initial weights.
    frames: as of `sizes.deepest`.
    background: whether clips have one that stands still.
  """

  def __init__(
    self,
    *,
    image_size: int,
    width: int,
    latent: int,
    labels: int,
    axis_name: str | None,
    dtype: Dtype,
    rngs: nnx.Rngs,
    frames: int = 0,
    background: bool = False,
  ):
    self.layers, self.dtype, self.frames = (
      sizes.depth(image_size),
      dtype,
      frames,
    )
    self.seed = sizes.deepest(image_size, frames)
    rank, places = len(self.seed), math.prod(self.seed)
    maps = [width * 2**i for i in reversed(range(self.layers))]
    self.seed_kernel = nnx.Param(normal(rngs, (latent, places * maps[0])))
    for i, fan_in in enumerate(maps):
      last = i == self.layers - 1
      setattr(self, f"norm{i}", Norm(fan_in, 0.0, axis_name, rngs))
      fan_out = maps[i + 1] if not last else sizes.channels(frames, background)
      up = Strided(fan_in, fan_out, last, dtype, rngs, rank, up=True)
      setattr(self, f"up{i + 1}", up)
    # Rows of one kernel with `seed_kernel`, drawn late: all other weights begin
    # as those of an unconditional network.
    shape = (labels, places * maps[0])
    self.label_kernel = nnx.Param(normal(rngs, shape)) if labels else None
    size: Any = {"image_size": image_size, "width": width, "latent": latent}
    size |= {"labels": 0, "axis_name": axis_name, "dtype": dtype}
    self.background = Generator(rngs=rngs, **size) if background else None

  def __call__(
    self,
    z: jax.Array,
    labels: jax.Array | None = None,
    *,
    train: bool,
    maps: bool = False,
  ) -> Any:
    """Draws one image per latent, (N, latent) standard normal.

    `labels` (N, K) are what each image should show, None if unconditional. In
    training it normalises by this batch's statistics, and updates the running
    ones; else it normalises by these.

    Returns:
      (N, image_size, image_size, 3) in (-1, 1); of clips with the frames
      before the height. If `maps` are asked for, also by name what each
      convolution, `up1` …, draws it from, (N, H, W, maps).

    Raises:
      ValueError: if labels are missing, or are given to an unconditional one.
    """
    if labels is None and self.label_kernel is not None:
      raise ValueError("a conditional generator needs labels for each latent")
    x = z @ self.seed_kernel[...]
    if labels is not None:
      x = x + labels @ _conditional(self.label_kernel)
    x = x.reshape(z.shape[0], *self.seed, -1)
    [x] = cast(self.dtype, x)
    out = {}
    for i in range(self.layers):
      norm, up = getattr(self, f"norm{i}"), getattr(self, f"up{i + 1}")
      out[f"up{i + 1}"] = normed = norm(x, train=train)
      x = up(normed)
    x = x.astype(self.seed_kernel.dtype)
    if self.frames == sizes.PAIR:
      x = jnp.stack(jnp.split(x, sizes.PAIR, axis=-1), axis=1)
    image = jnp.tanh(x[..., : sizes.COLOURS])
    if self.background is not None:
      covered = jax.nn.sigmoid(x[..., sizes.COLOURS :])
      still = self.background(z, train=train)[:, None]
      image = covered * image + (1 - covered) * still
    return (image, out) if maps else image


class Trunk(nnx.Module):
  """Images to the maps of every layer: a discriminator without its head.

  Arguments are those of `Generator`; `width` is the maps of the first layer,
  and each later layer has twice as many.
  """

  def __init__(
    self,
    *,
    image_size: int,
    width: int,
    axis_name: str | None,
    dtype: Dtype,
    rngs: nnx.Rngs,
    frames: int = 0,
  ):
    self.layers, self.frames = sizes.depth(image_size), frames
    rank = len(sizes.deepest(image_size, frames))
    maps = [width * 2**i for i in range(self.layers)]
    for i, fan_out in enumerate(maps):
      # As in the DCGAN paper, the first layer is not normalised.
      fan_in = maps[i - 1] if i else sizes.channels(frames)
      conv = Strided(fan_in, fan_out, not i, dtype, rngs, rank, up=False)
      setattr(self, f"conv{i + 1}", conv)
      if i:
        setattr(self, f"norm{i + 1}", Norm(fan_out, LEAK, axis_name, rngs))

  def __call__(
    self, images: jax.Array, *, train: bool, parts: int = 1
  ) -> dict[str, jax.Array]:
    """The activations of each layer, (N, H, W, maps).

    Of images (N, image_size, image_size, 3) in [-1, 1], of clips with the
    frames before the height, as the activations have but those of pairs.
    `parts` batches may lie one behind the other: in training each is normalised
    by itself, and the first moves the running statistics.

    Returns:
      By name: `pre2` … before the norm of a normalised layer, `conv1` … after
      the activation.
    """
    out = {}
    x = images
    if self.frames == sizes.PAIR:
      x = jnp.concatenate([x[:, 0], x[:, 1]], axis=-1)
    for i in range(1, self.layers + 1):
      x = getattr(self, f"conv{i}")(x)
      if i == 1:
        x = nnx.leaky_relu(x, LEAK)
      else:
        out[f"pre{i}"] = x
        x = getattr(self, f"norm{i}")(x, train=train, parts=parts)
      out[f"conv{i}"] = x
    return out


def made(kind: type[nnx.Module], learner: Any, **options: Any) -> Network:
  """A network of a learner's size, width, device axis and type."""
  compute = learner.compute
  return Network.of(
    kind,
    image_size=learner.image_size,
    width=learner.width,
    axis_name=learner.axis_name,
    dtype=None if compute == "float32" else jnp.dtype(compute),
    **options,
  )


def vectors(out: dict[str, jax.Array]) -> jax.Array:
  """The deepest maps of a `Trunk`, (N, places · maps), in at least float32."""
  x = out[max(name for name in out if name.startswith("conv"))]
  x = x.reshape(x.shape[0], -1)
  return x.astype(jnp.promote_types(x.dtype, jnp.float32))


class Discriminator(Trunk):
  """Images to logits, with every intermediate by name; arguments as before."""

  def __init__(self, *, labels: int, rngs: nnx.Rngs, **trunk: Any):
    super().__init__(rngs=rngs, **trunk)
    size = trunk["image_size"], trunk["width"], trunk.get("frames", 0)
    shape = (sizes.vector_length(*size), 1)
    self.head_kernel = nnx.Param(normal(rngs, shape))
    self.head_bias = nnx.Param(jnp.zeros((1,)))
    shape = (shape[0], labels)
    self.label_kernel = nnx.Param(normal(rngs, shape)) if labels else None

  def __call__(
    self,
    images: jax.Array,
    labels: jax.Array | None = None,
    *,
    train: bool,
    parts: int = 1,
    apart: bool = False,
  ) -> tuple[jax.Array, dict[str, jax.Array]]:
    """Scores images as real (positive) or generated (negative).

    Arguments are those of `Trunk`, and:

      labels: (N, K) what each image is said to show; None: only the image is
        judged.
      apart: whether the head learns apart from the trunk, which then has no
        gradient of the logits.

    Returns:
      Logits (N,), and the activations of each layer.
    """
    out = super().__call__(images, train=train, parts=parts)
    flat = vectors(out)
    if apart:
      flat = jax.lax.stop_gradient(flat)
    logits = flat @ self.head_kernel[...]
    logits = add(logits, self.head_bias).squeeze(-1)
    if labels is not None:
      projection = flat @ _conditional(self.label_kernel)
      logits = logits + (labels * projection).sum(-1)
    return logits, out


def _conditional(kernel: nnx.Param | None) -> jax.Array:
  if kernel is None:
    raise ValueError(
      "labels were given to an unconditional network: create it with labels=K"
    )
  return kernel[...]
