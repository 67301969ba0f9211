"""Distances and kernels against float64 definitions."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from sklearn.metrics.pairwise import rbf_kernel

from jaxfer.svm import kernels


def _features(rows=40, dim=30, seed=0, offset=0.0):
  rng = np.random.default_rng(seed)
  return (rng.normal(size=(rows, dim)) + offset).astype(np.float32)


@pytest.mark.parametrize("offset", [0.0, 300.0])
def test_distances_are_those_of_float64(offset):
  """Also far from the origin, where squares cancel."""
  x = _features(offset=offset)
  ours = kernels.squared_distances(x)
  assert ours.dtype == np.float32
  exact = cdist(x.astype(float), x.astype(float), "sqeuclidean")
  np.testing.assert_allclose(ours, exact, rtol=1e-5, atol=1e-5)
  between = kernels.squared_distances_between(x[:7], x)
  np.testing.assert_allclose(between, exact[:7], rtol=1e-5, atol=1e-4)


def test_distances_are_symmetric_with_a_zero_diagonal():
  ours = kernels.squared_distances(_features(65, 300))
  np.testing.assert_array_equal(ours, ours.T)
  assert (ours.diagonal() == 0).all()
  assert (ours >= 0).all()


@pytest.mark.parametrize("size", [7, 39, 40])
def test_blocks_do_not_change_the_distances(monkeypatch, size):
  whole = kernels.squared_distances(_features())
  monkeypatch.setattr(kernels, "_BLOCK", size)
  np.testing.assert_allclose(
    kernels.squared_distances(_features()), whole, rtol=1e-5
  )


@pytest.mark.parametrize("bad", [np.nan, np.inf, 1e30])
def test_numbers_that_solvers_would_choke_on_are_refused(bad):
  x = _features()
  x[11, 3] = bad
  with pytest.raises(ValueError, match=r"^1 of 40 .*not finite.* in row 11"):
    kernels.squared_distances(x)


def test_feature_vectors_of_another_network_are_refused():
  with pytest.raises(ValueError, match="have 30 numbers, the machine's 29"):
    kernels.squared_distances_between(_features(), _features()[:, :29])


def test_a_block_is_what_fancy_indexing_gives():
  d = kernels.squared_distances(_features())
  rows, columns = np.array([3, 1, 7]), np.array([0, 39, 39, 2])
  np.testing.assert_array_equal(
    kernels.block(d, rows, columns), d[np.ix_(rows, columns)]
  )
  assert kernels.block(d, rows, columns[:0]).shape == (3, 0)


def test_the_median_is_over_pairs_of_the_given_rows_only():
  d = kernels.squared_distances(_features())
  rows = np.array([30, 2, 11, 17, 5])
  pairs = [d[a, b] for i, a in enumerate(rows) for b in rows[:i]]
  assert kernels.median_distance(d, rows) == pytest.approx(np.median(pairs))
  others = np.setdiff1d(np.arange(40), rows)
  d[others] = d[:, others] = 1e6
  assert kernels.median_distance(d, rows) == pytest.approx(np.median(pairs))


@pytest.mark.parametrize("rows", [[], [3], [3, 4]])
def test_rows_without_distances_have_the_median_1(rows):
  d = np.zeros((9, 9), np.float32)
  assert kernels.median_distance(d, np.array(rows, int)) == 1


def test_rbf_is_that_of_scikit_learn():
  x = _features(dim=5)
  ours = kernels.rbf(kernels.squared_distances(x), 0.3)
  assert ours.dtype == np.float64
  np.testing.assert_allclose(ours, rbf_kernel(x, gamma=0.3), atol=1e-6)
  assert (ours.diagonal() == 1).all()


def _centred(x, rows):
  return x.astype(float) - x[rows].astype(float).mean(0)


def test_the_linear_kernel_is_that_of_features_centred_on_training_rows():
  x = _features(offset=3.0)
  train, rows = np.arange(5, 30), np.array([39, 0, 7])
  ours, scale = kernels.linear(kernels.squared_distances(x), train, rows)
  centred = _centred(x, train)
  assert ours.dtype == np.float64
  assert scale == pytest.approx((centred[train] ** 2).sum(1).mean(), rel=1e-5)
  exact = centred[rows] @ centred[train].T / scale
  np.testing.assert_allclose(ours, exact, atol=1e-5)


def test_the_linear_kernel_looks_at_the_given_rows_only():
  d = kernels.squared_distances(_features())
  train, rows = np.array([30, 2, 11, 17, 5]), np.array([8, 2])
  before, scale = kernels.linear(d, train, rows)
  others = np.setdiff1d(np.arange(40), [*train, *rows])
  d[others] = d[:, others] = 1e6
  after, same = kernels.linear(d, train, rows)
  np.testing.assert_array_equal(after, before)
  assert same == scale
  # Nor do rows matter to each other, or to the centre.
  np.testing.assert_array_equal(
    kernels.linear(d, train, rows[1:])[0], after[1:]
  )


def test_the_linear_kernel_has_no_size():
  x = _features()
  rows = np.arange(40)
  one, scale = kernels.linear(kernels.squared_distances(x), rows, rows)
  big, bigger = kernels.linear(kernels.squared_distances(x * 64), rows, rows)
  np.testing.assert_array_equal(big, one)
  assert bigger == scale * 64**2
  assert one.diagonal().mean() == pytest.approx(1)


@pytest.mark.parametrize("size", [7, 39])
def test_blocks_do_not_change_the_linear_kernel(monkeypatch, size):
  d, rows = kernels.squared_distances(_features()), np.arange(40)
  whole, scale = kernels.linear(d, rows, rows)
  monkeypatch.setattr(kernels, "_BLOCK", size)
  ours, same = kernels.linear(d, rows, rows)
  np.testing.assert_allclose(ours, whole, atol=1e-12)
  assert same == pytest.approx(scale)


def test_rows_that_are_all_alike_have_the_kernel_zero():
  d = np.zeros((4, 4), np.float32)
  d[3, :3] = d[:3, 3] = 5
  ours, scale = kernels.linear(d, np.arange(3), np.arange(4))
  assert scale == 1
  np.testing.assert_array_equal(ours, np.zeros((4, 3)))


def test_more_vectors_than_memory_can_compare_are_refused_with_the_bytes():
  # 10⁷ rows of one number: 4 · 10¹⁴ bytes, more than any machine's memory.
  with pytest.raises(ValueError, match=r"10000000 .* 400000000000000 bytes"):
    kernels.squared_distances(np.zeros((10**7, 1), np.float32))
