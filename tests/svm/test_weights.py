"""Weights of features: what they say, where, and from file."""

import numpy as np
import pytest

from jaxfer.svm import weights as weightlib


def _machines(aus=3, dim=24, seed=0):
  rng = np.random.default_rng(seed)
  return weightlib.Weights(
    weights=rng.normal(size=(aus, dim)).astype(np.float32),
    biases=rng.normal(size=aus),
    thresholds=rng.normal(size=aus),
    C=np.full(aus, 0.1),
  )


def test_maps_add_up_to_the_decision_value():
  machines = _machines()
  x = np.random.default_rng(1).normal(size=(5, 24)).astype(np.float32)
  maps = machines.maps(x, 2, 3)
  assert maps.shape == (5, 3, 2, 3)
  total = maps.sum((2, 3)) + machines.biases
  np.testing.assert_allclose(total, machines.scores(x), rtol=1e-13, atol=1e-13)


def test_a_map_shows_the_position_of_its_features():
  """Four feature maps of 2x3, channels first; only row 1, column 2 is on."""
  machines = _machines()
  pictures = np.zeros((1, 4, 2, 3), np.float32)
  pictures[0, :, 1, 2] = [1, 2, 3, 4]
  maps = machines.maps(pictures.reshape(1, -1), 2, 3)
  expected = machines.weights.reshape(3, 4, 2, 3)[:, :, 1, 2] @ [1, 2, 3, 4]
  np.testing.assert_allclose(maps[0, :, 1, 2], expected, rtol=1e-6)
  maps[0, :, 1, 2] = 0
  assert (maps == 0).all()


def test_features_of_another_layer_are_refused():
  machines = _machines()
  for ask in (machines.scores, lambda x: machines.maps(x, 2, 3)):
    with pytest.raises(ValueError, match="have 23 numbers, the machines' 24"):
      ask(np.zeros((2, 23), np.float32))
  with pytest.raises(
    ValueError, match="24 features are no whole number of 5x5"
  ):
    machines.maps(np.zeros((2, 24), np.float32), 5, 5)


def test_machines_come_back_from_file_as_they_were(tmp_path):
  machines = _machines()
  machines.biases[1] = np.nan  # an action unit without machine
  weightlib.save(tmp_path, machines, ("AU1", "AU2", "AU12"))
  assert [p.name for p in tmp_path.iterdir()] == ["action_units.npz"]
  loaded, names = weightlib.load(tmp_path)
  assert names == ("AU1", "AU2", "AU12")
  for name, array in vars(machines).items():
    stored = getattr(loaded, name)
    assert stored.dtype == array.dtype
    np.testing.assert_array_equal(stored, array)
