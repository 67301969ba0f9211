"""What a kept machine sees in generated faces, against what it sees in real."""

import numpy as np
import pytest

from jaxfer.measure import labels
from jaxfer.svm import final, kernels, machines, multiclass, weights
from jaxfer.svm.weights import Weights


def units(folder):
  """AU1 where the first feature is positive, AU2 the second; none for AU4."""
  machines = Weights(
    np.array([[1.0, 0.0], [0.0, 1.0], [np.nan, np.nan]]),
    np.array([0.0, 0.0, np.nan]),
    np.array([0.0, 0.5, np.nan]),
    np.ones(3),
  )
  weights.save(folder, machines, ["AU1", "AU2", "AU4"])
  return folder


def emotions(folder, rng):
  """A machine of three emotions that lie apart; and where each lies."""
  centres = np.array([[0.0, 0.0], [4.0, 0.0], [0.0, 4.0]])
  classes = np.tile(np.arange(3), 20)
  rows = (centres[classes] + rng.normal(0, 0.2, (60, 2))).astype(np.float32)
  distances = kernels.squared_distances(rows)
  gamma = 1 / kernels.median_distance(distances, np.arange(60))
  found = machines.sklearn_svm(kernels.rbf(distances, gamma), classes, 10.0)
  machine = multiclass.of(found, np.arange(60), classes, 3)
  final.save(folder, machine, 10.0, gamma, rows, ("happy", "neutral", "sad"))
  return centres


def compare(folder, fake, real, other):
  return labels.compare(folder, fake, real, other, draws=200, seed=0)


def test_units_are_counted_at_their_thresholds(tmp_path):
  real = np.array([[1.0, 1.0], [1.0, 0.2]] * 40)
  fake = np.array([[1.0, 0.2]] * 80)
  found = compare(units(tmp_path), fake, real, real)
  assert found.names == ("AU1", "AU2")  # AU4 has no machine
  assert found.real == (1.0, 0.5) and found.fake == (1.0, 0.0)
  # Shares of all units seen: 2/3, 1/3 against 1, 0.
  number = found.total_variation
  assert number.value == pytest.approx(1 / 3)
  assert number.ci95[0] < 1 / 3 < number.ci95[1]
  assert number.floor == 0


def test_few_faces_for_each_label_are_warned_of(tmp_path):
  faces = np.ones((64, 2))
  units(tmp_path)
  for fake, real, count in (
    (faces[:63], faces, 63),
    (faces, faces[:62], 62),
  ):
    (warning,) = compare(tmp_path, fake, real, real).total_variation.warnings
    assert f"{count} are fewer than 64: " in warning
  assert compare(tmp_path, faces, faces, faces).total_variation.warnings == ()


def test_chance_alone_sets_so_many_faces_less_than_a_tenth_apart(tmp_path):
  # Of two labels as frequent, at the number from which nothing is said: the
  # mean of |p - q|, each of variance 1 / (4 N), is 1 / sqrt(pi N).
  rng = np.random.default_rng(0)
  units(tmp_path)
  faces = np.array([[1.0, 0.0], [-1.0, 1.0]])
  values = [
    labels.compare(
      tmp_path, *faces[rng.integers(0, 2, (3, 64))], 2, 0
    ).total_variation.value
    for _ in range(200)
  ]
  assert np.mean(values) == pytest.approx(1 / np.sqrt(64 * np.pi), abs=0.01)


def test_no_unit_seen_is_no_distance(tmp_path):
  real = np.array([[1.0, 1.0]] * 10)
  found = compare(units(tmp_path), -real, real, real)
  assert found.total_variation.value is None
  assert "no action unit" in found.total_variation.reason


def test_emotions_left_out_set_histograms_apart(tmp_path):
  rng = np.random.default_rng(0)
  folder, centres = tmp_path, emotions(tmp_path, rng)
  named = np.tile(np.arange(3), 60)

  def faces(which):
    return (centres[which] + rng.normal(0, 0.1, (len(which), 2))).astype(
      np.float32
    )

  real, other = faces(named), faces(rng.permutation(named))
  every = compare(folder, faces(named), real, other)
  assert every.names == ("happy", "neutral", "sad")
  assert every.real == pytest.approx([1 / 3] * 3)
  assert every.total_variation.value < 0.05
  one = compare(folder, faces(np.zeros(180, int)), real, other)
  assert one.fake == pytest.approx((1, 0, 0))
  assert one.total_variation.value == pytest.approx(2 / 3)
  assert one.total_variation.ci95[0] > 0.5 > one.total_variation.floor
