"""Extractor and head as ONNX, for other runtimes; an extra.

The network is written out in plain convolutions here, for the training's own
choose among forms that no other runtime knows.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from jaxfer import errors
from jaxfer.errors import UserError
from jaxfer.learn.gan.batch_norm import EPSILON
from jaxfer.learn.gan.networks import LEAK
from jaxfer.recogniser.heads import Linear, Units
from jaxfer.recogniser.model import Model
from jaxfer.svm.final import Recogniser


def write(path: Path, model: Model) -> None:
  """Writes faces (N, size, size, 3) of 0 … 255, float32, to what is said.

  The outputs are features (N, D), and class scores (N, K) or the decision
  values of action units (N, A).

  Raises:
    UserError: if jax2onnx is not installed, or the read-out is not a layer.
  """
  missing = '--onnx needs jax2onnx: pip install "jaxfer[onnx]"'
  jax2onnx = errors.optional("jax2onnx", missing)
  if model.describer.frames:
    raise UserError("--onnx describes faces, and this recogniser clips")
  readout = model.describer.settings["layer"]
  if not readout.removeprefix("conv").isdecimal():
    raise UserError(
      "--onnx describes faces by one layer, such as conv4; this recogniser does"
      f" by features.readout={readout}"
    )
  size = model.describer.settings["size"]
  made = jax2onnx.to_onnx(function(model), [("N", size, size, 3)])
  path.write_bytes(made.SerializeToString())


def function(
  model: Model,
) -> Callable[[jax.Array], tuple[jax.Array, jax.Array]]:
  """Faces of 0 … 255 to features and scores, in operations that all know."""
  net = jax.device_get(model.describer.net)
  params, stats = net.params, net.batch_stats
  last = int(model.describer.settings["layer"].removeprefix("conv"))
  head = _head(model)

  def describe(faces: jax.Array) -> tuple[jax.Array, jax.Array]:
    x = faces / np.float32(127.5) - np.float32(1)
    for i in range(1, last + 1):
      x = lax.conv_general_dilated(
        x,
        jnp.asarray(params[f"conv{i}"]["kernel"]),
        (2, 2),
        ((1, 1), (1, 1)),
        dimension_numbers=("NHWC", "HWIO", "NHWC"),
      )
      shape = (1, 1, 1, -1)
      if i == 1:
        x = x + params["conv1"]["bias"].reshape(shape)
      else:
        norm, found = params[f"norm{i}"], stats[f"norm{i}"]
        scale = norm["scale"] / np.sqrt(found["var"] + np.float32(EPSILON))
        offset = norm["bias"] - found["mean"] * scale
        x = x * scale.reshape(shape) + offset.reshape(shape)
      x = jnp.maximum(x, np.float32(LEAK) * x)
    maps = x.shape[1] * x.shape[2] * x.shape[3]
    features = jnp.reshape(jnp.transpose(x, (0, 3, 1, 2)), (-1, maps))
    return features, head(features)

  return describe


def _head(model: Model) -> Callable[[jax.Array], jax.Array]:
  """Features to scores."""
  if isinstance(model.head, Units):
    linear = model.head.machines.weights.T, model.head.machines.biases
  elif isinstance(model.head.classifier, Linear):
    linear = model.head.classifier.weights, model.head.classifier.biases
  else:
    return _svm(model.head.classifier)
  weights, biases = (each.astype(np.float32) for each in linear)
  return lambda x: x @ weights + biases[None]


def _svm(own: Recogniser) -> Callable[[jax.Array], jax.Array]:
  machine, rows = own.machine, own.support
  centre = rows.mean(0, dtype=np.float64).astype(np.float32)
  rows = rows - centre
  # Each class's learners, and on which side of each it stands.
  side = np.zeros((len(machine.pairs), machine.classes), np.float32)
  for p, (positive, negative) in enumerate(machine.pairs):
    side[p, positive], side[p, negative] = 1, -1
  count = np.maximum(np.abs(side).sum(0), 1)

  def scores(x: jax.Array) -> jax.Array:
    x = x - centre[None]
    squares = jnp.sum(x * x, axis=1, keepdims=True)
    apart = squares + (rows * rows).sum(1)[None] - 2 * (x @ rows.T)
    kernel = jnp.exp(np.float32(-own.gamma) * jnp.maximum(apart, 0))
    margins = kernel @ machine.coefficients.astype(np.float32)
    margins = margins + machine.biases.astype(np.float32)[None]
    for_first, for_second = np.maximum(side, 0), np.maximum(-side, 0)
    votes = (margins > 0) @ for_first + (margins < 0) @ for_second
    right = jnp.maximum(1 - margins, 0) @ for_first
    wrong = jnp.maximum(1 + margins, 0) @ for_second
    loss = (right + wrong) / (2 * count)[None]
    return votes - loss / (1 + loss)

  return scores
