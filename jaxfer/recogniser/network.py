"""Faces to vectors, in calls of one shape, so that nothing compiles twice."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from jaxfer.learn import encoding, learners
from jaxfer.learn.networks import NetState, Tree

BATCH = 16
"""Faces in one call, unless another number is asked for."""


class Describer:
  """A discriminator that describes faces.

  Args:
    settings: `size` of a face in pixels, `width` of the network, `layer`.
    params: its weights.
    stats: what batch norm uses.
  """

  def __init__(self, settings: Mapping[str, Any], params: Tree, stats: Tree):
    self.settings = dict(settings)
    self.params = jax.tree.map(jnp.asarray, params)
    self.stats = jax.tree.map(jnp.asarray, stats)
    self._learner = _learner(settings)

  def __call__(self, faces: np.ndarray, batch: int = BATCH) -> np.ndarray:
    """Feature vectors (N, D) float32 of faces (N, size, size, 3) uint8.

    Args:
      faces: any number of them.
      batch: faces in one call; rounding aside, the result is the same.
    """
    parts = []
    # Of no faces too, for the length of their vectors.
    for start in range(0, max(len(faces), 1), batch):
      part = faces[start : start + batch]
      padded = np.zeros((batch, *faces.shape[1:]), np.uint8)
      padded[: len(part)] = part
      net = NetState(self.params, self.stats, None)
      found = encoding.activations(
        self._learner, net, padded, self.settings["layer"]
      )
      parts.append(np.asarray(found)[: len(part)])
    return np.concatenate(parts)


def shapes(settings: Mapping[str, Any]) -> tuple[Tree, Tree]:
  """Weights and batch-norm statistics of a network, as shapes alone."""
  learner = _learner(settings)
  net = learner.encoder(learners.shapes(learner))
  return net.params, net.batch_stats


def own_weights(settings: Mapping[str, Any], params: Tree) -> Tree:
  """Those of a discriminator's weights that a description needs no label for.

  A conditional one has weights of labels besides; a trunk has no head, which a
  description does not read: it is 0.
  """

  def none(shape: jax.ShapeDtypeStruct) -> np.ndarray:
    return np.zeros(shape.shape, shape.dtype)

  own = shapes(settings)[0].items()
  return {n: params.get(n, jax.tree.map(none, below)) for n, below in own}


def dimension(settings: Mapping[str, Any]) -> int:
  """Length of a feature vector.

  Raises:
    UserError: if there is no such layer, or no network of that size.
  """
  size = settings["size"]
  return encoding.dimension(settings["layer"], size, _gan(settings))


def _learner(settings: Mapping[str, Any]) -> Any:
  """One that is told no labels, which a description needs none of."""
  return learners.make(_gan(settings), image_size=settings["size"])


def _gan(settings: Mapping[str, Any]) -> SimpleNamespace:
  """A config's `gan` section, as far as an encoder depends on it."""
  return SimpleNamespace(
    learner="dcgan",
    width=settings["width"],
    latent=1,
    learning_rate=0.0,
    beta1=0.0,
  )
