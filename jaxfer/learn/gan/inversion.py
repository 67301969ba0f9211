"""A generator inverted: the latent that draws a face, found from the face.

An encoder points at it. It is linear on the layers of the discriminator, and is
learnt in closed form, by ridge regression, from generated pairs of a latent and
its face. From there a few steps on the latent of each face bring what the
generator draws nearer to the face.

Reference: Zhu, Krähenbühl, Shechtman & Efros, "Generative Visual Manipulation
on the Natural Image Manifold", ECCV 2016, section 3.1.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax
from scipy import linalg

from jaxfer import parallel
from jaxfer.learn import encoding, pixels, sample
from jaxfer.learn.gan.dcgan import DCGAN, GANState
from jaxfer.learn.keys import Purpose
from jaxfer.learn.networks import NetState

LATENT, LAYERS = READOUTS = ("latent", "generator")
"""How a face is described: by its latent, or by `maps` while it is drawn."""

_PAIRS = 4096  # of a latent and its face, to learn from;
_ASIDE = 256  # and further ones, which only tell how well that went
_RIDGE = 0.03  # of the mean square of what the encoder sees
_STEPS, _RATE = 30, 0.1  # of Adam, on each face's latent
# Squared length of a latent against the mean squared error of a pixel: the
# prior, with what the generator leaves unexplained as noise.
_PRIOR = 2.5e-6
_BATCH = 128  # faces at once


class Encoder(NamedTuple):
  """Points at the latent that draws a face."""

  mean: np.ndarray  # (D,) float32, of what it sees of generated faces
  kernel: np.ndarray  # (D, latent) float32
  # The share of the variance of latents that it tells, of faces that it did
  # not learn from: 1 is all.
  told: float


class Found(NamedTuple):
  """The latents that draw faces."""

  pointed: np.ndarray  # (N, latent) float32, where the encoder points
  latents: np.ndarray  # (N, latent) float32, after the steps on each
  # (N, 2) float32 mean squared errors of pixels, of 0 to 1, of what is drawn
  # from either.
  errors: np.ndarray


def learn(learner: DCGAN, state: GANState, net: NetState, seed: int) -> Encoder:
  """Learns the encoder from faces that the generator draws.

  Args:
    learner: whose generator it is; one that is told no labels.
    state: with that generator.
    net: the discriminator with its statistics.
    seed: of the latents.
  """
  count = _PAIRS + _ASIDE
  z = sample.latents(seed, count, learner.latent, Purpose.INVERSION)
  z = np.asarray(z)
  seen = _seen(learner, net, sample.draw(learner, state, z))
  mean = seen[:_PAIRS].mean(0)
  seen -= mean
  # Fewer faces than numbers of each: solved in the space of faces.
  gram = seen[:_PAIRS] @ seen[:_PAIRS].T
  gram[np.diag_indices(_PAIRS)] += _RIDGE * np.trace(gram) / _PAIRS
  weights = linalg.solve(gram, z[:_PAIRS], assume_a="pos", overwrite_a=True)
  kernel = (seen[:_PAIRS].T @ weights).astype(np.float32)
  missed = ((seen[_PAIRS:] @ kernel - z[_PAIRS:]) ** 2).mean()
  return Encoder(mean, kernel, float(1 - missed / z[_PAIRS:].var()))


def find(
  learner: DCGAN,
  state: GANState,
  net: NetState,
  encoder: Encoder,
  faces: np.ndarray,
  report: Callable[[int], None] = lambda done: None,
) -> Found:
  """Finds the latents that draw faces.

  Args:
    learner: as of `learn`.
    state: as of `learn`.
    net: as of `learn`.
    encoder: as `learn` returns it.
    faces: (N, H, W, 3) uint8.
    report: called with how many faces are done.
  """
  parts, done = [], 0
  for some, count in parallel.padded(faces, _BATCH):
    start = (_seen(learner, net, some) - encoder.mean) @ encoder.kernel
    found = _nearer(learner, state, jnp.asarray(start), some)
    parts.append([np.asarray(x)[:count] for x in (start, *found)])
    done += count
    report(done)
  return Found(*map(np.concatenate, zip(*parts, strict=True)))


def maps(
  learner: DCGAN, state: GANState, latents: np.ndarray
) -> Iterator[np.ndarray]:
  """What the generator's layers hold while it draws, batch by batch.

  Returns:
    (n, D) float32, of the (N, latent) latents in order: the layers pooled to
    the smallest, at each place scaled to length 1, flattened channel first.
  """
  for some, count in parallel.padded(latents, _BATCH):
    yield np.asarray(_maps(learner, state, some))[:count]


def _seen(learner: DCGAN, net: NetState, faces: np.ndarray) -> np.ndarray:
  """What the encoder sees of (N, H, W, 3) uint8 faces, (N, D) float32."""
  every = []
  for some, count in parallel.padded(faces, _BATCH):
    [found] = encoding.activations(learner, net, some, encoding.POOLED)
    every.append(np.asarray(found)[:count])
  return np.concatenate(every)


@functools.partial(jax.jit, static_argnums=0)
def _nearer(
  learner: DCGAN, state: GANState, latents: jax.Array, faces: jax.Array
) -> tuple[jax.Array, jax.Array]:
  """Latents after the steps on each, and (N, 2) errors before and after."""
  goal = pixels.from_uint8(faces)
  optimizer = optax.adam(_RATE)

  def errors(z: jax.Array) -> jax.Array:
    # From -1 to 1, twice the range of 0 to 1.
    difference = (learner.draw(state, z) - goal) / 2
    return (difference**2).mean((1, 2, 3))

  def loss(z: jax.Array) -> jax.Array:
    return (errors(z) + _PRIOR * (z**2).sum(1)).sum()

  def step(_: int, now: tuple) -> tuple:
    z, moments = now
    updates, moments = optimizer.update(jax.grad(loss)(z), moments)
    return optax.apply_updates(z, updates), moments

  z, _ = jax.lax.fori_loop(0, _STEPS, step, (latents, optimizer.init(latents)))
  return z, jnp.stack([errors(latents), errors(z)], axis=1)


@functools.partial(jax.jit, static_argnums=0)
def _maps(learner: DCGAN, state: GANState, latents: jax.Array) -> jax.Array:
  gen = state.gen
  (_, out), _ = learner.gen(
    gen.params, gen.batch_stats, latents, train=False, maps=True
  )
  x = encoding.side_by_side(out.values())
  return jnp.moveaxis(x, -1, 1).reshape(len(x), -1)
