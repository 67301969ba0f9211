"""Both backends against separate binary fits, and the choice between them."""

import importlib.util

import jax
import numpy as np
import pytest
from sklearn import svm

from jaxfer.svm import kernels, machines


@pytest.fixture(autouse=True)
def _exact(monkeypatch):
  """Solutions of one problem agree as closely as they are solved."""
  monkeypatch.setattr(machines, "TOLERANCE", 1e-9)


def _problem(classes, seed=0, rows=60):
  rng = np.random.default_rng(seed)
  labels = rng.choice(classes, rows)
  x = rng.normal(size=(rows, 5)) + labels[:, None] * 0.4
  kernel = kernels.rbf(kernels.squared_distances(x.astype(np.float32)), 0.1)
  return kernel, labels


def _pair_by_pair(kernel, labels, C):
  """Decision values on the training rows, one SVC for each pair."""
  values = []
  for a, b in machines.pairs_of(labels):
    both = np.flatnonzero(np.isin(labels, [a, b]))
    svc = svm.SVC(C=C, kernel="precomputed", tol=1e-9)
    svc.fit(kernel[np.ix_(both, both)], labels[both] == a)
    values.append(svc.decision_function(kernel[:, both]))
  return np.stack(values, axis=1)


@pytest.mark.parametrize("C", [0.01, 1.0, 30.0])
@pytest.mark.parametrize(
  "classes", [[0, 1], [1, 4], [0, 1, 2], [0, 2, 5, 7], list(range(8))]
)
@pytest.mark.parametrize("backend", ["sklearn", "cuml"])
def test_all_pairs_are_the_pairs_one_by_one(cuml, backend, classes, C):
  kernel, labels = _problem(classes)
  coefficients, biases = machines.BACKENDS[backend](kernel, labels, C)
  expected = _pair_by_pair(kernel, labels, C)
  assert coefficients.shape == (60, expected.shape[1])
  np.testing.assert_allclose(
    kernel @ coefficients + biases, expected, atol=2e-5
  )


@pytest.mark.parametrize("backend", ["sklearn", "cuml"])
def test_coefficients_obey_the_dual_problem(cuml, backend):
  kernel, labels = _problem([0, 1, 2])
  coefficients, _ = machines.BACKENDS[backend](kernel, labels, 0.7)
  np.testing.assert_allclose(coefficients.sum(0), 0, atol=1e-9)
  for p, (a, b) in enumerate(machines.pairs_of(labels)):
    column = coefficients[:, p]
    assert (column[labels == a] >= 0).all()
    assert (column[labels == b] <= 0).all()
    assert (column[~np.isin(labels, [a, b])] == 0).all()
    assert np.abs(column).max() <= 0.7 + 1e-9


def test_cuml_is_given_one_binary_problem_a_pair(cuml):
  kernel, labels = _problem(list(range(8)))
  machines.cuml_svm(kernel, labels, 1.0)
  assert cuml.fits == 28  # as the eight emotions of the paper need


def test_pairs_are_in_order_and_skip_absent_classes():
  labels = np.array([5, 0, 2, 2, 5])
  assert machines.pairs_of(labels) == [(0, 2), (0, 5), (2, 5)]
  assert machines.pairs_of(labels[2:4]) == []


def test_the_backend_that_was_asked_for():
  assert machines.choose("sklearn") == (
    "sklearn",
    "the configuration asks for it",
  )
  with pytest.raises(ValueError, match="'libsvm' is not one of auto, sklearn"):
    machines.choose("libsvm")


@pytest.mark.parametrize(
  ("device", "why"),
  [("cpu", "there is no GPU"), ("gpu", "no other has been timed on a GPU")],
)
def test_auto_takes_what_is_known_to_be_fastest(monkeypatch, cuml, device, why):
  """A GPU and cuML are no reason while it has not been timed there."""
  monkeypatch.setattr(jax, "default_backend", lambda: device)
  assert machines.choose("auto") == ("sklearn", why)


def test_cuml_runs_with_a_gpu_and_where_it_is_installed(monkeypatch, cuml):
  monkeypatch.setattr(jax, "default_backend", lambda: "cpu")
  with pytest.raises(ValueError, match="cuml cannot run: there is no GPU"):
    machines.choose("cuml")
  monkeypatch.setattr(jax, "default_backend", lambda: "gpu")
  assert machines.choose("cuml")[0] == "cuml"
  monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
  with pytest.raises(ValueError, match=r"cuML is not installed \(extra cuda12"):
    machines.choose("cuml")
