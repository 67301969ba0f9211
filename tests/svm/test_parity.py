"""Machines on our kernels beside scikit-learn's on the features themselves."""

import numpy as np
import pytest
from sklearn import svm

from jaxfer.svm import kernels, machines

CLASSES = 4


def vectors():
  rng = np.random.default_rng(0)
  labels = np.arange(90) % CLASSES
  centres = rng.normal(size=(CLASSES, 300))
  noise = rng.normal(size=(90, 300))
  return (noise + 0.3 * centres[labels]).astype(np.float32), labels


@pytest.mark.parametrize(("C", "g"), [(0.1, 1.0), (10.0, 0.3), (100.0, 3.0)])
def test_decision_values_are_scikit_learns(monkeypatch, C, g):
  monkeypatch.setattr(machines, "TOLERANCE", 1e-8)
  features, labels = vectors()
  train, test = np.arange(70), np.arange(70, 90)
  distances = kernels.squared_distances(features)
  gamma = g / kernels.median_distance(distances, train)
  peer = svm.SVC(C=C, gamma=gamma, tol=1e-8, decision_function_shape="ovo").fit(
    features[train].astype(np.float64), labels[train]
  )
  solve = machines.sklearn_svm
  kernel = kernels.rbf(kernels.block(distances, train, train), gamma)
  coefficients, biases = solve(kernel, labels[train], C)
  tested = kernels.rbf(kernels.block(distances, test, train), gamma)
  expected = peer.decision_function(features[test].astype(np.float64))
  np.testing.assert_allclose(
    tested @ coefficients + biases, expected, rtol=0, atol=1e-4
  )
