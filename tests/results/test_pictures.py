"""The networks as they are drawn, and evidence laid over faces, at any size."""

import numpy as np
import pytest

from jaxfer.configs import base
from jaxfer.learn import encoding
from jaxfer.learn.gan import sizes
from jaxfer.report.figures import networks as networks_drawn
from jaxfer.results import pictures
from jaxfer.svm import weights
from jaxfer.svm.problem import Problem


def config(size, layer, condition=""):
  fields = base.get_config()
  fields.gan.width, fields.gan.latent = 2, 5
  fields.crop.size, fields.features.readout = size, layer
  fields.gan.condition = condition
  return fields


@pytest.mark.parametrize(
  ("size", "layer", "shape"),
  [
    (64, "conv4", (4, 4, 16)),
    (128, "conv4", (8, 8, 16)),
    (128, "conv5", (4, 4, 32)),
    (128, "pooled", (4, 4, 32)),
  ],
)
@pytest.mark.parametrize("condition", ["", "aus"])
def test_networks_are_drawn_up_to_the_layer_of_the_features(
  size, layer, shape, condition
):
  made = config(size, layer, condition)
  generator, discriminator = pictures.layers(made)
  assert generator[-1].shape == discriminator[0].shape == (size, size, 3)
  assert discriminator[-1].shape == shape
  dim = encoding.dimension(layer, size, made.gan)
  if layer != "pooled":
    assert np.prod(shape) == dim
  assert networks_drawn.architecture(generator, discriminator, dim).axes


def test_a_place_of_conv4_sees_46_pixels():
  # Kernel 4, stride 2, four times: 4, then 3 steps of 2, 4 and 8 pixels more.
  found = [sizes.receptive_field(i) for i in (1, 2, 3, 4)]
  assert found == [4, 4 + 6, 4 + 6 + 12, 4 + 6 + 12 + 24]
  _, discriminator = pictures.layers(config(64, "conv4"))
  assert (discriminator[-1].name, discriminator[-1].field) == ("conv4", 46)


@pytest.mark.parametrize("protocol", ["subject", "unsealed", "paper"])
def test_evidence_at_128_pixels_lies_on_maps_of_eight_by_eight(
  tmp_path, protocol
):
  made = config(128, "conv4")
  side = pictures.layers(made)[1][-1].shape[0]
  dim = encoding.dimension("conv4", 128, config(128, "conv4").gan)
  rng = np.random.default_rng(0)
  probe, faces = tmp_path / "probe", tmp_path / "faces"
  for folder in (probe, faces):
    folder.mkdir()
  table = rng.normal(size=(4, dim)).astype(np.float32)
  np.save(tmp_path / "features.npy", table)
  np.save(faces / "faces.npy", np.zeros((4, 128, 128, 3), np.uint8))
  machine = weights.Weights(
    rng.normal(size=(1, dim)).astype(np.float32),
    np.array([0.5]),
    np.zeros(1),
    np.ones(1),
  )
  weights.save(probe, machine, ("AU12",))
  scores = np.array([[0.1], [0.9], [0.2], [2.0]])
  np.savez(probe / f"{protocol}.npz", scores=scores)
  problem = Problem(
    task="au",
    names=("AU12",),
    labels=np.array([[1], [1], [1], [0]], np.int8),
    strata=np.arange(4),
    people=None,
    rows=np.arange(4),
    test_rows=np.arange(0),
    splits={},
    reasons={},
  )
  found = pictures.locate(probe, tmp_path, faces, problem, side)
  assert found.maps.shape == (1, 8, 8)
  # The face is the second: of those that show the unit, the surest.
  total = found.maps[0].sum() + machine.biases[0]
  assert total == pytest.approx(machine.scores(table[1:2])[0, 0])
