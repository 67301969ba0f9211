"""Faces to vectors, in calls of one shape, so that nothing compiles twice."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from jaxfer import parallel
from jaxfer.learn import encoding, learners, patches
from jaxfer.learn.networks import NetState, Tree

BATCH = 16
"""Faces in one call, unless another number is asked for."""


class Describer:
  """A discriminator that describes faces.

  Args:
    settings: `size` of a face in pixels, `width` of the network, and
      `layer`: how it is read out, by the word that .jaxfer files have for it;
      of a network of clips also their `frames`, and the `stride` between them.
    net: its weights, of which those of labels are left out, for a description
      needs none; and what batch norm uses.
  """

  def __init__(self, settings: Mapping[str, Any], net: NetState):
    self.settings = dict(settings)
    own = {
      # A trunk has no head, which a description does not read.
      name: net.params[name] if name in net.params else _zeros(like)
      for name, like in shapes(settings).params.items()
    }
    self.net = jax.tree.map(jnp.asarray, NetState(own, net.batch_stats, None))
    self._learner = _learner(settings)

  @property
  def frames(self) -> int:
    """Frames of a clip; 0 where single faces are described."""
    return self.settings.get("frames", 0)

  @property
  def shape(self) -> tuple[int, ...]:
    """Of what is described: (size, size, 3), of clips (frames, …)."""
    return learners.blank(_gan(self.settings), self.settings["size"])

  def __call__(self, faces: np.ndarray, batch: int = BATCH) -> np.ndarray:
    """Feature vectors (N, D) float32 of faces (N, *shape) uint8.

    Args:
      faces: any number of them.
      batch: faces in one call; rounding aside, the result is the same.
    """
    readout = self.settings["layer"]

    def describe(part: np.ndarray) -> np.ndarray:
      found = encoding.activations(self._learner, self.net, part, readout)
      return encoding.join(found, part, readout)

    return in_batches(describe, faces, batch)


def in_batches(
  work: Callable[[Any], Any], rows: np.ndarray, batch: int
) -> np.ndarray:
  """What work makes of rows, (N, …); of none too, for its shape."""
  filled = parallel.padded(rows, batch)
  return np.concatenate([np.asarray(work(part))[:n] for part, n in filled])


def shapes(settings: Mapping[str, Any]) -> NetState:
  """A network that is told no labels, as shapes alone."""
  learner = _learner(settings)
  net = learner.encoder(learners.shapes(learner))
  if encoding.patched(settings["layer"]):
    return encoding.with_patches(net, patches.blank())
  return net


def _zeros(like: Tree) -> Tree:
  return jax.tree.map(lambda leaf: np.zeros(leaf.shape, leaf.dtype), like)


def dimension(settings: Mapping[str, Any]) -> int:
  """Length of a feature vector.

  Raises:
    UserError: if there is no such read-out, or no network of that size.
  """
  size = settings["size"]
  return encoding.dimension(settings["layer"], size, _gan(settings))


def _learner(settings: Mapping[str, Any]) -> Any:
  return learners.make(_gan(settings), image_size=settings["size"])


def _gan(settings: Mapping[str, Any]) -> Any:
  """A config's `gan` section, as far as an encoder depends on it."""
  frames = settings.get("frames", 0)
  return learners.section(
    {
      "learner": "clip_dcgan" if frames else "dcgan",
      "clip": {"frames": frames},
      "width": settings["width"],
      # What only a generator or training depends on.
      "latent": 1,
      "learning_rate": 0.0,
      "beta1": 0.0,
    }
  )
