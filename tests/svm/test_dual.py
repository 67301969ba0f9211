"""Problems solved side by side, against libsvm one by one."""

import logging

import numpy as np
import pytest
from sklearn import svm

from jaxfer.svm import dual, kernels, machines


def _kernel(rows=60, seed=0, gamma=0.1):
  rng = np.random.default_rng(seed)
  labels = rng.choice(4, rows)
  x = rng.normal(size=(rows, 5)) + labels[:, None] * 0.5
  squared = kernels.squared_distances(x.astype(np.float32))
  return kernels.rbf(squared, gamma), labels


def _solve(kernel, signs, C):
  """Of one kernel."""
  given = (np.asarray(x, np.float32)[None] for x in (kernel, signs, C))
  return dual.Solved(*(x[0] for x in dual.solve(*given, 1e-3)))


def _objective(kernel, coefficients):
  return np.abs(coefficients).sum() - coefficients @ kernel @ coefficients / 2


def _peer(kernel, signs, C):
  own = np.flatnonzero(signs)
  svc = svm.SVC(C=C, kernel="precomputed", tol=1e-6)
  svc.fit(kernel[np.ix_(own, own)], signs[own])
  coefficients = np.zeros(len(signs))
  coefficients[own[svc.support_]] = svc.dual_coef_[0]
  return coefficients, svc.decision_function(kernel[:, own])


def test_problems_of_all_kinds_in_one_call_are_those_of_libsvm():
  """Folds, pairs and C together: the dual objective and what is predicted."""
  kernel, labels = _kernel()
  rng = np.random.default_rng(1)
  signs, values = [], []
  for a, b in machines.pairs_of(labels):
    for C in (1e-3, 0.1, 1.0, 30.0, 1e3):
      sides = (labels == a).astype(int) - (labels == b)
      signs.append(np.where(rng.random(60) < 0.7, sides, 0))
      values.append(C)
  signs = np.array(signs, np.float32)
  found = _solve(kernel, signs, values)
  for own, C, coefficients, bias, gap in zip(
    signs, values, *map(np.asarray, found), strict=True
  ):
    assert gap <= 1.1e-3  # computed afresh, and so rounded otherwise
    assert (coefficients[own == 0] == 0).all()
    assert (np.abs(coefficients) <= np.float32(C)).all()
    assert abs(coefficients.sum()) < 1e-4 * max(C, 1)
    exact, decided = _peer(kernel, own, C)
    best = _objective(kernel, exact)
    assert _objective(kernel, coefficients) >= best - 2e-3 * abs(best) - 1e-4
    clear = np.abs(decided) > 0.01
    named = kernel @ coefficients + bias > 0
    assert (named == (decided > 0))[clear].all()


@pytest.mark.parametrize("C", [1e-3, 1.0, 1e3])
def test_duplicates_and_rows_that_are_all_alike(C):
  kernel, labels = _kernel(rows=20)
  twice = np.tile(kernel, (2, 2))
  signs = np.where(np.tile(labels, 2) > 1, 1.0, -1.0).astype(np.float32)
  found = _solve(twice, signs[None], [C])
  best = _objective(twice, _peer(twice, signs, C)[0])
  own = np.asarray(found.coefficients[0], np.float64)
  assert _objective(twice, own) >= best - 2e-3 * abs(best) - 1e-4
  alike = np.ones((40, 40), np.float32)
  found = _solve(alike, signs[None], [C])
  assert np.isfinite(found.coefficients).all()
  # Nothing tells rows apart: the smaller class is at its bound altogether.
  fewer = signs == (1 if (signs > 0).sum() < (signs < 0).sum() else -1)
  np.testing.assert_allclose(
    np.abs(np.asarray(found.coefficients[0])[fewer]), C, rtol=1e-5
  )


def test_a_problem_of_one_class_has_nothing_to_solve():
  kernel, _ = _kernel(rows=10)
  found = _solve(kernel, np.stack([np.ones(10), np.zeros(10)]), [1, 1])
  assert (np.asarray(found.coefficients) == 0).all()
  assert np.isfinite(found.biases).all()
  assert (np.asarray(found.gaps) == -np.inf).all()


def test_what_is_not_solved_is_said(monkeypatch, caplog):
  kernel, labels = _kernel()
  monkeypatch.setattr(dual, "_ROUNDS", 1)
  monkeypatch.setattr(dual, "_ROUND", 2)
  dual.solve.clear_cache()
  with caplog.at_level(logging.WARNING):
    machines.jax_svm(kernel, labels, 100.0)
  assert "of 6 problems are not solved to 0.001: a gap of" in caplog.text
  monkeypatch.undo()
  dual.solve.clear_cache()


def test_training_sets_of_all_sizes_are_solved_in_one_call(monkeypatch):
  """Their kernels, classes and C differ; one has a single class, one is alike.

  Training sets of about as many rows take the program that is there.
  """
  shapes = []
  solve = dual.solve
  monkeypatch.setattr(
    dual, "solve", lambda *x: shapes.append(x[0].shape) or solve(*x)
  )
  given = [(*_kernel(rows=60 + 7 * k, seed=k), 10.0**k) for k in range(3)]
  given += [(given[0][0], given[0][1] % 2, C) for C in (1e-3, 1e3)]
  given.append((given[1][0], np.full(67, 2), 1.0))
  given.append((np.ones((40, 40)), np.arange(40) % 3 // 2, 1.0))
  found = machines.solve_all(machines.jax_svm, given)
  assert shapes == [(4, 128, 128)]
  for (kernel, labels, C), (coefficients, biases) in zip(
    given, found, strict=True
  ):
    pairs = machines.pairs_of(labels)
    assert coefficients.shape == (len(labels), len(pairs))
    for p, (a, b) in enumerate(pairs):
      signs = (labels == a).astype(int) - (labels == b)
      exact, decided = _peer(kernel, signs, C)
      best = _objective(kernel, exact)
      own = _objective(kernel, coefficients[:, p])
      assert own >= best - 2e-3 * abs(best) - 1e-4
      clear = np.abs(decided) > 0.01
      named = kernel @ coefficients[:, p] + biases[p] > 0
      assert (named == (decided > 0))[clear].all()
  assert machines.solve_all(machines.jax_svm, []) == []
