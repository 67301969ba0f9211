"""Kernel distance: by hand, by definition, unbiased, its standard error."""

import numpy as np
import pytest

from jaxfer.metrics.kernel_distance import kernel_distance


def error(found):
  """The standard error behind an interval."""
  low, high = found.ci95
  return (high - low) / (2 * 1.959964)


def _by_definition(x, y):
  def kernel(a, b):
    return (a @ b / len(a) + 1) ** 3

  n, m = len(x), len(y)
  within = sum(
    kernel(x[i], x[j]) for i in range(n) for j in range(n) if i != j
  ) / (n * (n - 1))
  among = sum(
    kernel(y[i], y[j]) for i in range(m) for j in range(m) if i != j
  ) / (m * (m - 1))
  return within + among - 2 * np.mean([[kernel(a, b) for b in y] for a in x])


def test_shifted_deltas_by_hand():
  """All mass at 0, and all at 1, in one dimension: 1 + 2³ − 2 · 1 = 7."""
  found = kernel_distance(np.zeros((5, 1)), np.ones((3, 1)))
  assert found.value == pytest.approx(7, abs=1e-13)
  assert error(found) == pytest.approx(0, abs=1e-13)
  # At 2·1 and −2·1 in four dimensions, where x·y / D is ±4: 5³ − (−3)³, twice.
  two = np.full((4, 4), 2.0)
  assert kernel_distance(two, -two).value == pytest.approx(304, rel=1e-13)


def test_by_definition():
  rng = np.random.default_rng(0)
  x, y = rng.normal(size=(9, 3)), rng.normal(size=(6, 3)) + 0.5
  found = kernel_distance(x, y).value
  assert found == pytest.approx(_by_definition(x, y), rel=1e-11)


def test_torch_fidelity_gives_the_same():
  """torch-fidelity 0.4.0, kid_features_to_metric, one subset of all rows."""
  draw = np.random.RandomState(0).normal
  real, fake = draw(size=(60, 8)), draw(size=(60, 8)) * 0.7 + 0.4
  expected = pytest.approx(0.5105762641945661, rel=1e-11)
  assert kernel_distance(real, fake).value == expected


@pytest.mark.parametrize("block", [1, 7, 64, 1000])
def test_the_block_changes_nothing(block, monkeypatch):
  rng = np.random.default_rng(1)
  x, y = rng.normal(size=(50, 4)), rng.normal(size=(64, 4)) + 1
  whole = kernel_distance(x, y)
  monkeypatch.setattr("jaxfer.metrics.kernel_distance._BLOCK", block)
  found = kernel_distance(x, y)
  assert found.value == pytest.approx(whole.value, rel=1e-11)
  assert error(found) == pytest.approx(error(whole), rel=1e-11)


def test_blind_to_order_and_rotation():
  rng = np.random.default_rng(2)
  x, y = rng.normal(size=(40, 5)), rng.normal(size=(30, 5)) * 2
  there = kernel_distance(x, y)
  turn = np.linalg.qr(rng.normal(size=(5, 5)))[0]
  for a, b in [(y, x), (rng.permutation(x), y[::-1]), (x @ turn, y @ turn)]:
    found = kernel_distance(a, b)
    assert found.value == pytest.approx(there.value, rel=1e-10)
    assert error(found) == pytest.approx(error(there), rel=1e-10)


def test_float32_is_summed_in_float64():
  rng = np.random.default_rng(3)
  x = (rng.normal(size=(80, 6)) + 9).astype(np.float32)
  y = (rng.normal(size=(80, 6)) + 9).astype(np.float32)
  exact = kernel_distance(x.astype(float), y.astype(float)).value
  assert kernel_distance(x, y).value == pytest.approx(exact, rel=1e-9)


def test_equal_distributions_give_zero_on_average_at_any_size():
  """Unbiased, so of both signs; with the diagonals it would average 1.8:

  2 (E k(x, x) − E k(x, x')) / n = 2 (1 + 3 + 5 + 35/9 − 2) / 12.
  """
  rng = np.random.default_rng(4)
  values = [
    kernel_distance(*rng.normal(size=(2, 12, 3))).value for _ in range(800)
  ]
  mean_error = np.std(values) / np.sqrt(800)
  assert abs(np.mean(values)) < 3 * mean_error < 0.2
  assert 0.3 < np.mean(np.array(values) < 0) < 0.8


def test_the_standard_error_is_the_spread_over_samples():
  rng = np.random.default_rng(5)
  found = [
    kernel_distance(rng.normal(size=(80, 3)), rng.normal(size=(120, 3)) + 0.8)
    for _ in range(300)
  ]
  spread = np.std([f.value for f in found])
  mean = np.sqrt(np.mean([error(f) ** 2 for f in found]))
  assert mean == pytest.approx(spread, rel=0.15)


def test_without_a_difference_the_standard_error_is_on_the_safe_side():
  """The statistic is then degenerate: its error is of the next order."""
  rng = np.random.default_rng(6)
  found = [kernel_distance(*rng.normal(size=(2, 80, 3))) for _ in range(300)]
  spread = np.std([f.value for f in found])
  mean = np.sqrt(np.mean([error(f) ** 2 for f in found]))
  assert spread < mean < 2 * spread


def test_worse_fakes_are_farther():
  rng = np.random.default_rng(7)
  real = rng.normal(size=(400, 6))
  good = kernel_distance(real, rng.normal(size=(400, 6)))
  shifted = kernel_distance(real, rng.normal(size=(400, 6)) + 0.5)
  few = rng.normal(size=(2, 6))[rng.integers(0, 2, 400)]
  collapsed = kernel_distance(real, few)
  assert abs(good.value) < 3 * error(good)
  assert shifted.value > 5 * error(shifted)
  assert collapsed.value > 5 * error(collapsed)
  assert collapsed.value > good.value


def test_too_few_rows_have_no_distance():
  found = kernel_distance(np.ones((1, 3)), np.ones((5, 3)))
  assert (found.value, found.ci95) == (None, None)
  assert found.reason == "a kernel distance needs 2 rows; there are 1 and 5"


def test_bad_arguments_are_refused():
  x = np.ones((5, 3))
  with pytest.raises(ValueError, match=r"shapes \(5, 3\) and \(5, 2\)"):
    kernel_distance(x, x[:, :2])
  with pytest.raises(ValueError, match="1 of 5 rows"):
    kernel_distance(x, np.where(np.eye(5, 3, -4), np.nan, x))
