"""Fréchet distance: closed forms, rank, direction."""

import numpy as np
import pytest

from jaxfer.metrics.frechet import between


def _exact(rng, rows, mean, covariance):
  """Rows whose sample moments are exactly the given ones."""
  raw = rng.normal(size=(rows, len(mean)))
  raw -= raw.mean(0)
  raw = raw @ np.linalg.inv(np.linalg.cholesky(np.cov(raw.T))).T
  return raw @ np.linalg.cholesky(covariance).T + mean


def _covariance(rng, width):
  factor = rng.normal(size=(width, width))
  return factor @ factor.T + 0.1 * np.eye(width)


def _rotation(rng, width):
  return np.linalg.qr(rng.normal(size=(width, width)))[0]


def test_float32_far_from_zero_loses_nothing():
  """Sums of squares in float32 would leave no digit of this covariance."""
  rng = np.random.default_rng(2)
  sets = [(rng.normal(size=(2000, 4)) * s + 3e4) for s in (1, 2)]
  far = [rows.astype(np.float32) for rows in sets]
  near = [rows.astype(np.float64) - 3e4 for rows in far]
  assert between(*far).value == pytest.approx(between(*near).value, rel=1e-10)


def test_isotropic_gaussians_match_the_closed_form():
  """N(0, I) from N(m·1, s² I) in d dimensions: d m² + d (1 − s)²."""
  rng = np.random.default_rng(3)
  width, m, s = 6, 0.7, 1.9
  a = _exact(rng, 50, np.zeros(width), np.eye(width))
  b = _exact(rng, 80, np.full(width, m), s**2 * np.eye(width))
  expected = width * m**2 + width * (1 - s) ** 2
  found = between(a, b)
  assert found.value == pytest.approx(expected, rel=1e-12)
  assert found.reason == found.caution == ""


def test_two_dimensions_match_the_closed_form():
  """tr (S_a S_b)^½ = (tr S_a S_b + 2 (det S_a S_b)^½)^½ for 2 × 2 matrices."""
  rng = np.random.default_rng(4)
  a, b = _covariance(rng, 2), _covariance(rng, 2)
  cross = np.sqrt(np.trace(a @ b) + 2 * np.sqrt(np.linalg.det(a @ b)))
  apart = np.array([0.3, -1.2])
  expected = apart @ apart + np.trace(a + b) - 2 * cross
  found = between(
    _exact(rng, 30, np.zeros(2), a),
    _exact(rng, 30, apart, b),
  )
  assert found.value == pytest.approx(expected, rel=1e-12)


def test_torch_fidelity_gives_the_same():
  """torch-fidelity 0.4.0, fid_statistics_to_metric, on these rows."""
  draw = np.random.RandomState(0).normal
  real, fake = draw(size=(60, 8)), draw(size=(60, 8)) * 0.7 + 0.4
  found = between(real, fake).value
  assert found == pytest.approx(2.4044855023884644, rel=1e-9)


@pytest.mark.parametrize("rows", [5, 20, 200])
def test_a_set_is_at_no_distance_from_itself(rows):
  """Of any rank: the root of a rounded zero would show at 1e-8."""
  values = np.random.default_rng(5).normal(size=(rows, 60))
  assert between(values, values).value <= 1e-12 * np.trace(np.cov(values.T))


def test_of_low_rank_the_trace_is_a_nuclear_norm():
  """tr (S_a^½ S_b S_a^½)^½ = ‖X Yᵀ‖_* / (N − 1), with X, Y centred rows."""
  rng = np.random.default_rng(6)
  x, y = rng.normal(size=(12, 40)), 2 * rng.normal(size=(12, 40))
  a, b = x - x.mean(0), y - y.mean(0)
  cross = np.linalg.svd(a @ b.T / 11, compute_uv=False).sum()
  expected = np.sum((x.mean(0) - y.mean(0)) ** 2) - 2 * cross
  expected += (np.sum(a * a) + np.sum(b * b)) / 11
  found = between(x, y)
  assert found.value == pytest.approx(expected, rel=1e-12)
  assert "12 rows of 40 dimensions" in found.caution


def test_distance_is_symmetric_and_blind_to_order_rotation_and_shift():
  rng = np.random.default_rng(7)
  a = rng.normal(size=(90, 6))
  b = rng.normal(size=(70, 6)) @ _covariance(rng, 6)
  there = between(a, b).value
  turn, shift = _rotation(rng, 6), rng.normal(size=6)
  for x, y in [
    (b, a),
    (rng.permutation(a), rng.permutation(b)),
    (a @ turn + shift, b @ turn + shift),
  ]:
    found = between(x, y).value
    assert found == pytest.approx(there, rel=1e-10)


def test_scaling_features_scales_the_distance_by_its_square():
  rng = np.random.default_rng(8)
  a, b = rng.normal(size=(50, 4)), rng.normal(size=(50, 4)) + 1
  there = between(a, b).value
  found = between(3 * a, 3 * b).value
  assert found == pytest.approx(9 * there, rel=1e-10)


def test_worse_fakes_are_farther():
  rng = np.random.default_rng(9)
  real = rng.normal(size=(2000, 8))
  good = between(real, rng.normal(size=(2000, 8))).value
  shifted = between(real, rng.normal(size=(2000, 8)) + 0.3).value
  few = rng.normal(size=(3, 8))[rng.integers(0, 3, 2000)]
  collapsed = between(real, few).value
  assert good < 0.1 < shifted < collapsed


def test_fewer_rows_are_farther():
  """The bias of the distance: never to be compared across N."""
  rng = np.random.default_rng(10)
  values = [
    between(
      rng.normal(size=(n, 20)),
      rng.normal(size=(n, 20)),
    ).value
    for n in (50, 500, 5000)
  ]
  assert values[0] > 3 * values[1] > 9 * values[2]


def test_one_row_has_no_distance():
  found = between(np.ones((1, 3)), np.eye(3)[:2])
  assert found.value is None
  assert found.reason == "a covariance needs 2 rows; there are 1 and 2"


@pytest.mark.parametrize("shape", [(9, 7, 30), (40, 35, 6), (12, 30, 20)])
def test_rows_of_any_number_have_the_distance_of_their_moments(shape):
  """Fewer rows than dimensions, more, and one of each; by the definition."""
  rng = np.random.default_rng(4)
  n, m, width = shape
  a = rng.normal(size=(n, width))
  b = 0.5 + 2 * rng.normal(size=(m, width))
  first, second = np.cov(a.T), np.cov(b.T)
  values, vectors = np.linalg.eigh(first)
  root = (vectors * np.sqrt(np.clip(values, 0, None))) @ vectors.T
  cross = np.sqrt(np.clip(np.linalg.eigvalsh(root @ second @ root), 0, None))
  expected = np.sum((a.mean(0) - b.mean(0)) ** 2)
  expected += np.trace(first + second) - 2 * cross.sum()
  found = between(a, b)
  assert found.value == pytest.approx(expected, rel=1e-7)
  assert bool(found.caution) == (min(n, m) <= width)
  assert between(a, a).value == pytest.approx(0, abs=1e-9)


def test_rows_that_do_not_fit_are_refused():
  with pytest.raises(ValueError, match=r"\(3, 5\) and \(3, 6\)"):
    between(np.zeros((3, 5)), np.zeros((3, 6)))
  with pytest.raises(ValueError, match=r"\(2, 3, 4\).*flatten"):
    between(np.ones((2, 3, 4)), np.ones((2, 3)))
  rows = np.ones((5, 3))
  rows[2, 1] = np.nan
  with pytest.raises(ValueError, match=r"1 of 5 rows .* nan or infinity"):
    between(rows, rows)
  assert "2 rows" in between(np.zeros((0, 5)), np.zeros((3, 5))).reason
