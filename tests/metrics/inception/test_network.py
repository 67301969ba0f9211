"""The network against pytorch-fid's and torchvision's, and its weights."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxfer.metrics.inception import network


def relative(found, expected):
  return np.linalg.norm(found - expected) / np.linalg.norm(expected)


@pytest.fixture(scope="module")
def exact(state, recorder):
  """Outputs in float64."""
  with jax.enable_x64(True):
    params = network.parameters(state, np.float64)
    outputs = jax.jit(network.apply)(
      params, jnp.asarray(recorder.draw_scaled())
    )
    return jax.tree.map(np.asarray, outputs)


def test_float64_outputs_are_those_of_pytorch_fid(exact, reference):
  # Recorded from pytorch-fid 0.3.0 with the same weights: 2e-15 apart.
  assert exact.pool3.dtype == exact.logits.dtype == np.float64
  assert relative(exact.pool3, reference["exact/pool3"]) < 1e-12
  assert relative(exact.logits, reference["exact/logits"]) < 1e-12


def test_torchvisions_network_would_be_noticed(exact, reference):
  assert relative(exact.pool3, reference["exact/torchvision"]) > 0.1


def test_float32_outputs_are_near(params, recorder, reference):
  images = jnp.asarray(recorder.draw_scaled(), jnp.float32)
  outputs = jax.jit(network.apply)(params, images)

  assert outputs.pool3.dtype == outputs.logits.dtype == np.float32
  assert relative(outputs.pool3, reference["exact/pool3"]) < 1e-5
  assert relative(outputs.logits, reference["exact/logits"]) < 1e-5


@pytest.mark.parametrize("part", ["pools", "last block", "epsilon"])
def test_each_departure_from_pytorch_fid_would_be_noticed(
  part, monkeypatch, params, state, recorder, reference
):
  def with_padding(x):
    window, strides = (1, 3, 3, 1), (1, 1, 1, 1)
    total = jax.lax.reduce_window(x, 0.0, jax.lax.add, window, strides, "SAME")
    return total / 9

  if part == "pools":
    monkeypatch.setattr(network, "_average", with_padding)
  elif part == "last block":
    monkeypatch.setattr(network, "_maximum", network._average)
  else:
    monkeypatch.setattr(network, "_EPSILON", 1e-5)
    params = network.parameters(state, np.float32)
  images = jnp.asarray(recorder.draw_scaled(), jnp.float32)
  pool3, _ = jax.jit(lambda p, x: network.apply(p, x))(params, images)

  assert relative(pool3, reference["exact/pool3"]) > 1e-4


def test_names_and_shapes_are_the_published_files():
  shapes = network.shapes()
  layers = [name for name in shapes if name.endswith("conv.weight")]

  # The file has 566 entries: of each layer five arrays and a counter, and the
  # classes' two. Its 95,628,359 bytes are these arrays and 0.1 % of pickle.
  assert 6 * len(layers) + 2 == 566
  assert len(shapes) == 5 * len(layers) + 2
  size = 4 * sum(np.prod(shape) for shape in shapes.values())
  assert 0.999 < size / 95_628_359 < 1
  assert shapes["Conv2d_1a_3x3.conv.weight"] == (32, 3, 3, 3)
  # (out, in, height, width): 7x7_2 is wide, 7x7_3 high.
  assert shapes["Mixed_6b.branch7x7_2.conv.weight"] == (128, 128, 1, 7)
  assert shapes["Mixed_6b.branch7x7_3.conv.weight"] == (192, 128, 7, 1)
  assert shapes["fc.weight"] == (1008, 2048)


def test_the_classes_bias_stays_out_of_the_logits(params, recorder):
  images = jnp.asarray(recorder.draw_scaled(), jnp.float32)
  kernel, bias = params["fc"]
  moved = dict(params) | {"fc": (kernel, bias + 9)}

  one, other = (jax.jit(network.apply)(p, images) for p in (params, moved))

  np.testing.assert_array_equal(one.logits, other.logits)
