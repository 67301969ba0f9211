"""Precision, recall, density, coverage: by hand, by peers, by direction."""

import numpy as np
import prdc
import pytest

from jaxfer.metrics.manifold import (
  density_coverage,
  expected_coverage,
  precision_recall,
  squared_distances,
)


def _all(real, fake, k, **options):
  a = precision_recall(real, fake, k, 50, 0, **options)
  b = density_coverage(real, fake, k, 50, 0, **options)
  shares = (a.precision, a.recall, b.density, b.coverage)
  return [share.value for share in shares]


def _line(*places):
  return np.array(places, float)[:, None]


def test_by_hand_on_a_line():
  """Real balls, k = 1: 0 ± 1, 1 ± 1, 3 ± 2, 9 ± 6. Fakes at 0.5, 0.6, 4, 20.

  Fake balls: 0.5 ± 0.1, 0.6 ± 0.1, 4 ± 3.4, 20 ± 16.
  """
  real, fake = _line(0, 1, 3, 9), _line(0.5, 0.6, 4, 20)
  precision, recall, density, coverage = _all(real, fake, 1)
  assert precision == 3 / 4  # all but 20
  assert recall == 3 / 4  # 1 and 3 by 4 ± 3.4; 9 by 20 ± 16; 0 by none
  # 0.5 and 0.6 lie in two balls each, 4 in those of 3 and of 9.
  assert density == 6 / 4
  assert coverage == 1


def test_the_kth_neighbour_sets_the_radius():
  """Real balls at k = 2 on 0, 1, 3, 9: ± 3, 2, 3, 8."""
  real, fake = _line(0, 1, 3, 9), _line(-2.5, 5.5, 16, 18)
  precision, _, density, coverage = _all(real, fake, 2)
  assert precision == 3 / 4
  # −2.5 in the ball of 0; 5.5 in those of 3 and 9; 16 in that of 9.
  assert density == 4 / 4 / 2
  assert coverage == 3 / 4


def test_the_rim_is_inside_for_precision_and_outside_for_density():
  """Kynkäänniemi et al. write ≤, Naeem et al. <."""
  real, fake = _line(0, 1, 10, 11), _line(-1, 2, 9, 12)
  precision, recall, density, coverage = _all(real, fake, 1)
  assert (precision, density, coverage) == (1, 0, 0)
  assert recall == 1  # fake balls of 3 and 7 hold what is 1 away


def _drawn():
  draw = np.random.RandomState(0).normal
  return draw(size=(60, 8)), draw(size=(60, 8)) * 0.7 + 0.4


def test_prdc_gives_the_same():
  """prdc 0.2, compute_prdc(nearest_k=5); no ties, so rims do not matter."""
  expected = [
    0.9833333333333333,
    0.48333333333333334,
    1.5133333333333334,
    0.85,
  ]
  np.testing.assert_allclose(_all(*_drawn(), 5), expected, rtol=1e-12)


def test_prdc_gives_the_same_on_other_data():
  rng = np.random.default_rng(1)
  for width, k in ((2, 1), (5, 3), (30, 7)):
    real = rng.normal(size=(80, width))
    fake = rng.normal(size=(80, width)) * 0.8
    theirs = prdc.compute_prdc(real, fake, k)
    names = ("precision", "recall", "density", "coverage")
    expected = [theirs[name] for name in names]
    np.testing.assert_allclose(_all(real, fake, k), expected, rtol=1e-12)


def test_torch_fidelity_gives_the_same_precision_and_recall():
  """torch-fidelity 0.4.0, prc_features_to_metric(prc_neighborhood=3).

  Its first input is the generated set.
  """
  found = precision_recall(*_drawn(), 3, 50, 0)
  assert found.precision.value == pytest.approx(0.9666666388511658, abs=1e-7)
  assert found.recall.value == pytest.approx(0.28333333134651184, abs=1e-7)


@pytest.mark.parametrize("block", [1, 13, 60, 1000])
def test_the_block_changes_nothing(block, monkeypatch):
  whole = _all(*_drawn(), 3)
  monkeypatch.setattr("jaxfer.metrics.manifold._BLOCK", block)
  assert _all(*_drawn(), 3) == whole


def test_blind_to_order_rotation_shift_and_scale():
  real, fake = _drawn()
  rng = np.random.default_rng(2)
  turn = np.linalg.qr(rng.normal(size=(8, 8)))[0]
  there = _all(real, fake, 3)
  for a, b in [
    (rng.permutation(real), fake[::-1]),
    (real @ turn + 5, fake @ turn + 5),
    (real * 7, fake * 7),
  ]:
    np.testing.assert_allclose(_all(a, b, 3), there, rtol=1e-12)


def test_precision_of_one_is_recall_of_the_other():
  real, fake = _drawn()
  there = precision_recall(real, fake, 3, 50, 0)
  back = precision_recall(fake, real, 3, 50, 0)
  assert there.precision == back.recall
  assert there.recall == back.precision


def _modes(rng, rows, modes, width=6):
  """Eight tight clusters far apart, of which some are drawn."""
  centres = 20 * np.eye(8, width) + 20 * np.eye(8, width, -2)
  return centres[rng.integers(0, modes, rows)] + rng.normal(size=(rows, width))


def test_dropped_modes_cost_recall_and_coverage_alone():
  """The orientation: swapped roles would cost precision."""
  rng = np.random.default_rng(3)
  real = _modes(rng, 400, 8)
  kept = {m: _all(real, _modes(rng, 400, m), 5) for m in (8, 4, 1)}
  for modes, (precision, recall, density, coverage) in kept.items():
    assert precision > 0.9
    assert density == pytest.approx(1, abs=0.3)
    assert recall == pytest.approx(modes / 8, abs=0.08)
    assert coverage < modes / 8 + 0.08


def test_noise_costs_precision_and_density():
  rng = np.random.default_rng(4)
  real = rng.normal(size=(300, 6))
  clean, noisy = (
    _all(real, rng.normal(size=(300, 6)) * scale, 5) for scale in (1, 4)
  )
  assert noisy[0] < clean[0] / 3
  assert noisy[2] < clean[2] / 3


def test_an_outlier_among_real_faces_lifts_precision_not_density():
  """The failing that density is there to mend (Naeem et al.)."""
  rng = np.random.default_rng(5)
  real, fake = rng.normal(size=(2, 200, 4))
  fake = fake + 30
  real[0] = 25
  precision, _, density, _ = _all(real, fake, 3)
  assert precision > 0.9
  assert density < 0.4


def test_fakes_that_are_one_point_cover_almost_nothing():
  rng = np.random.default_rng(6)
  real = rng.normal(size=(200, 5))
  fake = np.repeat(real[:1], 200, axis=0)
  precision, recall, _, coverage = _all(real, fake, 3)
  assert precision == 1
  assert recall == 1 / 200  # the ball of a repeated point has no size
  assert coverage < 0.1


def test_copies_are_at_distance_zero():
  """Far from zero, |x|² + |y|² − 2 x·y would leave what rounding left."""
  rows = np.random.default_rng(7).normal(size=(40, 300)) + 50
  found = squared_distances(rows, rows)
  assert (np.diag(found) == 0).all()
  direct = ((rows[:, None] - rows[None]) ** 2).sum(2)
  np.testing.assert_allclose(found, direct, rtol=1e-7)


def test_the_ceiling_of_coverage():
  """Of N = M it tends to 1 − 2⁻ᵏ; fakes six times as many leave no room.

  2⁻⁵ = 0.03125; the others are products of five fractions.
  """
  assert expected_coverage(10**9, 10**9, 5) == pytest.approx(1 - 2**-5)
  assert expected_coverage(10_000, 10_000, 5) == pytest.approx(
    0.96877, abs=1e-5
  )
  assert expected_coverage(1_608, 10_000, 5) == pytest.approx(0.99995, abs=1e-5)
  assert expected_coverage(8_040, 10_000, 5) == pytest.approx(0.982, abs=1e-3)
  assert expected_coverage(2, 1, 1) == pytest.approx(0.5)


@pytest.mark.parametrize("k", [1, 4])
def test_the_ceiling_is_the_mean_coverage_of_equal_sets(k):
  """Whatever the distribution: here of two dimensions and heavy tails."""
  rng = np.random.default_rng(8)
  found = [
    density_coverage(*rng.standard_t(3, size=(2, 30, 2)), k, 2, 0)
    for _ in range(300)
  ]
  values = [f.coverage.value for f in found]
  error = np.std(values) / np.sqrt(300)
  assert abs(np.mean(values) - found[0].ceiling) < 3 * error < 0.03
  densities = [f.density.value for f in found]
  error = np.std(densities) / np.sqrt(300)
  assert abs(np.mean(densities) - 1) < 3 * error + 0.05


def test_intervals_are_those_of_shares():
  real, fake = _drawn()
  found = precision_recall(real, fake, 3, 2000, 0)
  for share in (found.precision, found.recall):
    low, high = share.ci95
    assert low <= share.value <= high
    error = np.sqrt(share.value * (1 - share.value) / 60)
    assert high - low == pytest.approx(2 * 1.96 * error, rel=0.25)
  sure = precision_recall(real, real, 3, 100, 0)
  assert sure.precision.ci95 == [1, 1]


def test_unequal_numbers_are_refused():
  x = np.random.default_rng(9).normal(size=(50, 3))
  for measure in (precision_recall, density_coverage):
    with pytest.raises(
      ValueError, match=r"50 real and 30 fake.*draw 30 of each"
    ):
      measure(x, x[:30], 3, 50, 0)
    with pytest.raises(ValueError, match="k=0"):
      measure(x, x, 0, 50, 0)
    with pytest.raises(ValueError, match=r"\(50, 3\) and \(50, 2\)"):
      measure(x, x[:, :2], 3, 50, 0)
    with pytest.raises(ValueError, match="50 of 50 rows"):
      measure(x, x * np.nan, 3, 50, 0)


def test_too_few_rows_are_said():
  x = np.random.default_rng(10).normal(size=(5, 3))
  a, b = (
    measure(x, x, 5, 50, 0) for measure in (precision_recall, density_coverage)
  )
  assert (
    a.recall.reason
    == b.coverage.reason
    == ("5 rows have no neighbour number 5: take more rows")
  )
  values = (a.precision, a.recall, b.density, b.coverage)
  assert all(share.value is share.ci95 is None for share in values)
  assert b.ceiling is None
  assert precision_recall(x, x, 4, 50, 0).recall.reason == ""
