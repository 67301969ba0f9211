"""What can learn from unlabelled faces: a contract, and a row for each.

A learner is made of settings, and is equal to another one of the same settings,
so that both share compiled programs. Its state is one pytree, all that is
checkpointed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple, Protocol, runtime_checkable

import jax
from ml_collections import ConfigDict

from jaxfer.data import conditions
from jaxfer.learn.contrad import ContraD
from jaxfer.learn.contrastive import Contrastive
from jaxfer.learn.gan.dcgan import DCGAN, ClipDCGAN
from jaxfer.learn.networks import Adam, NetState

State = Any
"""A dataclass with `step`, the () int32 steps taken, and `NetState`s."""


class Batch(NamedTuple):
  """What a training step sees, of each device its share."""

  images: jax.Array  # (N, H, W, 3) uint8; clips have frames before the height
  labels: jax.Array | None = None  # (N, K) int8 what each face shows, or None
  # () between 0 and 1, how much of the training is over.
  done: jax.Array | float = 0.0


class Learner(Protocol):
  """What `train` trains."""

  # Those of the config's `gan` section that only some learners read, this one
  # among them.
  sections: ClassVar[tuple[str, ...]]
  title: ClassVar[str]  # what a network that it trained is called
  conditional: ClassVar[bool]  # whether it can be told labels
  remedy: ClassVar[str]  # what may help where its losses are not finite

  @property
  def optimizer(self) -> Adam:
    """Of its networks."""
    ...

  def init(self, key: jax.Array) -> State:
    """The state before the first step."""
    ...

  def step(
    self, state: State, batch: Batch, key: jax.Array
  ) -> tuple[State, dict[str, jax.Array]]:
    """One step, written per device; see `parallel`.

    Of the replicated state, this device's share of the batch, and a key that is
    the same on all devices and another one in each step; gives the state after
    it, and () scalars by name, averaged over devices. Those whose name begins
    with `loss` must stay finite.
    """
    ...

  def encoder(self, state: State) -> NetState:
    """The network that `encode` needs."""
    ...

  def encode(self, net: NetState, images: jax.Array) -> dict[str, jax.Array]:
    """Describes (N, H, W, 3) uint8 faces by an encoder's running statistics.

    By name, activations (N, h, w, maps) of each layer, `conv1` …, of clips with
    time before the height; and as `pre2` … what `norm2` of the batch statistics
    normalises.
    """
    ...


@runtime_checkable
class Drawer(Protocol):
  """A learner that can also draw faces."""

  @property
  def latent(self) -> int:
    """Dimension of the latent space."""
    ...

  def draw(
    self, state: State, latents: jax.Array, labels: jax.Array | None = None
  ) -> jax.Array:
    """Faces (N, H, W, 3) in [-1, 1], each of its own latent and label alone.

    Latents are (N, latent) standard normal; labels (N, K) are what each face
    should show, of one that is told labels.
    """
    ...


LEARNERS: Mapping[str, Any] = {
  "dcgan": DCGAN,
  "contrastive": Contrastive,
  "contrad": ContraD,
  "clip_dcgan": ClipDCGAN,
}
"""By `gan.learner`: its class, whose `of` takes the config's `gan` section."""

DEFAULTS: Mapping[str, Any] = {
  "learner": "dcgan",
  "condition": "",
  "compute": "float32",
  "steps_at_least": 0,
  "background": False,
}
"""What the first trained networks lacked of a config's `gan` section.

Left so, a setting changes nothing that they are, and none of it is kept.
"""

DRAWS_NONE = "this learner draws no faces"
"""Why what comes of generated faces is absent."""


def section(kept: Mapping[str, Any]) -> Any:
  """A config's `gan` section, of what a trained network has kept of it."""
  return ConfigDict({**DEFAULTS, **kept})


def draws(learner: str) -> bool:
  """Whether the learner of this name can draw faces."""
  return hasattr(LEARNERS[learner], "draw")


def frames(gan: Any) -> int:
  """Frames of the clips that a config's `gan` section is of; 0: stills."""
  of_clips = "clip" in LEARNERS[gan.learner].sections
  return gan.clip.frames if of_clips else 0


def blank(gan: Any, image_size: int) -> tuple[int, ...]:
  """Shape of one image or clip of a config's `gan` section."""
  still = (image_size, image_size, 3)
  return (time, *still) if (time := frames(gan)) else still


def foreign(learner: str) -> set[str]:
  """The sections of a config's `gan` section that only other learners read."""
  every = {name for kind in LEARNERS.values() for name in kind.sections}
  return every - set(LEARNERS[learner].sections)


def make(gan: Any, *, image_size: int, **how: Any) -> Learner:
  """The learner of a config's `gan` section, of faces of so many pixels a side.

  `how` are those of `labels`, `axis_name` and `compute` that are not its
  defaults; see `DCGAN`.
  """
  return LEARNERS[gan.learner].of(gan, image_size=image_size, **how)


def asked(config: Any) -> Learner:
  """The learner of an experiment's whole config, on one device."""
  told = conditions.length(config.gan.condition)
  return make(config.gan, image_size=config.crop.size, labels=told)


def shapes(learner: Learner) -> State:
  """The state that `init` would make, of shapes and types alone."""
  return jax.eval_shape(lambda: learner.init(jax.random.key(0)))


def create(gan: Any, *, seed: int, **how: Any) -> tuple[Any, State]:
  """A learner, and its state before training; arguments as of `make`."""
  learner = make(gan, **how)
  return learner, learner.init(jax.random.key(seed))
