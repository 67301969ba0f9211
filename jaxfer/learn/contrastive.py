"""Contrast between views alone: SimCLR on the discriminator's trunk.

Chen et al., arXiv:2002.05709. No adversary, and nothing is drawn: beside the
DCGAN it says what the adversary is worth to the same network.
"""

from __future__ import annotations

import dataclasses
import math
from typing import Any, ClassVar

import jax
import jax.numpy as jnp

from jaxfer import parallel
from jaxfer.learn import contrast, pixels
from jaxfer.learn.gan import networks
from jaxfer.learn.keys import Purpose
from jaxfer.learn.networks import Adam, NetState, Network, Tree, update
from jaxfer.learn.views import NUMBERS, Views


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class ContrastiveState:
  """Everything that training changes."""

  step: jax.Array  # () int32, the number of steps taken
  trunk: NetState  # the network that describes faces
  head: NetState  # what the views are compared behind


@dataclasses.dataclass(frozen=True)
class Contrastive:
  """A trunk, and the head that its vectors are compared behind."""

  sections: ClassVar = ("contrast", "contrastive", "views")
  title: ClassVar = "contrastive network"
  conditional: ClassVar = False
  remedy: ClassVar = "a smaller gan.contrastive.learning_rate"

  image_size: int  # height and width of the images in pixels
  width: int  # maps of the trunk's first layer
  optimizer: Adam  # AdamW of both networks
  warmup: float  # the share of the steps in which the learning rate rises
  temperature: float  # of the loss
  hidden: int  # length of the head's hidden layer
  out: int  # length of what it gives
  views: Views  # how different views may be
  # Device axis over which batches are one, or None.
  axis_name: str | None = None
  compute: str = "float32"  # what convolutions are computed in; see `DCGAN`

  @classmethod
  def of(cls, gan: Any, *, labels: int = 0, **common: Any) -> Contrastive:
    """That of the config's `gan` section; it is told no labels."""
    del labels
    own = dict(gan.contrastive)
    return cls(
      width=gan.width,
      warmup=own.pop("warmup"),
      optimizer=Adam(**own),
      views=Views(**dict(gan.views)),
      **dict(gan.contrast),
      **common,
    )

  @property
  def trunk(self) -> Network:
    """The trunk."""
    return networks.made(networks.Trunk, self)

  head = property(contrast.head)

  def init(self, key: jax.Array) -> ContrastiveState:
    """The state at step 0: the trunk begins as the DCGAN's discriminator."""
    trunk = self.trunk.init(key, Purpose.DISCRIMINATOR, self.optimizer)
    head = self.head.init(key, Purpose.HEAD, self.optimizer)
    return ContrastiveState(jnp.zeros((), jnp.int32), trunk, head)

  def step(
    self, state: ContrastiveState, batch: Any, key: jax.Array
  ) -> tuple[ContrastiveState, dict[str, jax.Array]]:
    """Two views of each face, told by each other.

    Returns:
      The state after it; `loss`, and `matched`, the share of views that are
      nearer to their other view than to those of other faces.
    """
    images = pixels.from_uint8(batch.images)
    count = parallel.size(self.axis_name) * len(images)
    numbers = jax.random.uniform(key, (count, 2, NUMBERS))
    numbers = parallel.share(numbers, self.axis_name)
    pace = one_cycle(batch.done, self.warmup)
    return train_step(self, state, images, numbers, pace)

  def encoder(self, state: ContrastiveState) -> NetState:
    """The trunk."""
    return state.trunk

  def encode(self, net: NetState, images: jax.Array) -> dict[str, jax.Array]:
    """The trunk's activations; see `learners.Learner`."""
    x = pixels.from_uint8(images)
    out, _ = self.trunk(net.params, net.batch_stats, x, train=False)
    return out


def train_step(
  learner: Contrastive,
  state: ContrastiveState,
  images: jax.Array,
  numbers: jax.Array,
  pace: jax.Array,
) -> tuple[ContrastiveState, dict[str, jax.Array]]:
  """Updates the trunk and the head; written per device.

  Of (N, H, W, 3) `images` in [-1, 1], this device's, `numbers` (N, 2,
  `NUMBERS`) in [0, 1) decide the views; `pace` is the share of the greatest
  learning rate.
  """
  axis_name = learner.axis_name
  # Both views in one pass, normalised together.
  both = jnp.concatenate([learner.views(images, numbers[:, i]) for i in (0, 1)])

  def loss_of(params: tuple[Tree, Tree]):
    out, stats = learner.trunk(
      params[0], state.trunk.batch_stats, both, train=True
    )
    placed, _ = learner.head(params[1], {}, networks.vectors(out), train=True)
    placed = placed.reshape(2, len(images), -1)
    loss, matched = contrast.nt_xent(placed, learner.temperature, axis_name)
    return loss, (stats, matched)

  (loss, (stats, matched)), grads = jax.value_and_grad(loss_of, has_aux=True)(
    (state.trunk.params, state.head.params)
  )
  trunk_grads, head_grads = parallel.mean(grads, axis_name)
  trunk = update(learner.optimizer, state.trunk, trunk_grads, stats, pace)
  head = update(learner.optimizer, state.head, head_grads, {}, pace)
  scalars = parallel.mean({"loss": loss, "matched": matched}, axis_name)
  return ContrastiveState(state.step + 1, trunk, head), scalars


def one_cycle(done: jax.Array, warmup: float) -> jax.Array:
  """The share of the greatest learning rate: a rise, then half a cosine.

  `done` is the share of all steps that were taken, `warmup` that in which the
  rate rises.
  """
  rise = done / max(warmup, 1e-9)
  fall = (1 + jnp.cos(math.pi * (done - warmup) / max(1 - warmup, 1e-9))) / 2
  return jnp.where(done < warmup, rise, fall)
