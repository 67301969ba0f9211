"""Stratified AUC: its definition, its invariances, its bootstrap."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from jaxfer.metrics import auc

DRAWN = settings(deadline=None, derandomize=True, max_examples=40)


def _problem(seed, rows=60, folds=4, people=9, levels=7):
  """Scores with many ties, imbalanced classes, people across folds."""
  rng = np.random.default_rng(seed)
  scores = rng.integers(0, levels, rows).astype(float)
  positive = rng.random(rows) < rng.uniform(0.1, 0.9)
  return (
    scores,
    positive,
    rng.integers(0, folds, rows),
    rng.integers(0, people, rows),
  )


def _stratified(scores, positive, fold, units=None, weights=None):
  values, _ = auc.stratified_auc(scores, positive, fold, units, weights)
  return values if weights is not None else values[0]


def _by_definition(scores, positive, fold):
  won = pairs = 0.0
  for i in np.flatnonzero(positive):
    for j in np.flatnonzero(~positive):
      if fold[i] == fold[j]:
        pairs += 1
        won += (scores[i] > scores[j]) + 0.5 * (scores[i] == scores[j])
  return won / pairs if pairs else np.nan


@DRAWN
@given(st.integers(0, 10**6))
def test_auc_is_the_share_of_pairs_won(seed):
  scores, positive, fold, _ = _problem(seed)
  np.testing.assert_array_equal(
    _stratified(scores, positive, fold), _by_definition(scores, positive, fold)
  )


@DRAWN
@given(st.integers(0, 10**6))
def test_one_fold_agrees_with_scikit_learn(seed):
  scores, positive, fold, _ = _problem(seed)
  ours = _stratified(scores, positive, np.zeros_like(fold))
  np.testing.assert_allclose(ours, roc_auc_score(positive, scores), atol=1e-12)


@DRAWN
@given(st.integers(0, 10**6))
def test_each_fold_may_have_its_own_scale(seed):
  scores, positive, fold, _ = _problem(seed)
  rng = np.random.default_rng(seed)
  slope, shift = rng.uniform(0.1, 9, 4), rng.normal(size=4) * 100
  moved = np.exp(scores / 9) * slope[fold] + shift[fold]
  assert _stratified(moved, positive, fold) == _stratified(
    scores, positive, fold
  )
  np.testing.assert_array_equal(
    auc.stratified_roc(moved, positive, fold),
    auc.stratified_roc(scores, positive, fold),
  )


def test_turning_the_scores_turns_the_auc():
  scores, positive, fold, _ = _problem(3)
  there = _stratified(scores, positive, fold)
  back = _stratified(-scores, positive, fold)
  np.testing.assert_allclose(there + back, 1)


def test_anchors():
  positive = np.array([True, True, False, False])
  fold = np.zeros(4, int)
  for scores, expected in [
    ([4, 3, 2, 1], 1.0),
    ([1, 2, 3, 4], 0.0),
    ([1, 1, 1, 1], 0.5),
    ([4, 2, 3, 1], 0.75),
    ([4, 2, 2, 1], 0.875),
    ([-np.inf] * 4, 0.5),  # a class that no machine learnt
    ([0, -np.inf, -np.inf, -np.inf], 0.75),
  ]:
    scores = np.array(scores, float)
    assert _stratified(scores, positive, fold) == expected
    false, true = auc.stratified_roc(scores, positive, fold)
    np.testing.assert_allclose(np.trapezoid(true, false), expected, atol=1e-3)


@DRAWN
@given(st.integers(0, 10**6))
def test_the_area_of_the_curve_is_the_auc(seed):
  scores, positive, fold, _ = _problem(seed)
  false, true = auc.stratified_roc(scores, positive, fold)
  assert (np.diff(false) >= 0).all()
  assert (np.diff(true) >= -1e-12).all()
  assert (false[0], true[0], false[-1]) == (0, 0, 1)
  np.testing.assert_allclose(true[-1], 1)
  # The curve stands on a grid of 1,001 points.
  np.testing.assert_allclose(
    np.trapezoid(true, false),
    _stratified(scores, positive, fold),
    atol=2e-3,
  )


def test_a_fold_without_both_kinds_is_left_out():
  scores, positive, fold, _ = _problem(5)
  positive[fold == 1] = False
  positive[fold == 2] = True
  there = np.isin(fold, [0, 3])
  assert auc.stratified_auc(scores, positive, fold)[1] == 2
  assert _stratified(scores, positive, fold) == _stratified(
    scores[there], positive[there], fold[there] // 3
  )
  empty = auc.stratified_roc(scores, np.ones_like(positive), fold)
  assert [len(rates) for rates in empty] == [0, 0]


@DRAWN
@given(st.integers(0, 10**6), st.integers(1, 40))
def test_weights_are_the_auc_of_the_drawn_rows(seed, levels):
  """A bootstrap draw by weights is the AUC of the rows that it repeats.

  Counts of pairs are whole and half numbers, so that both are the same bits,
  with ties and with units that a draw leaves out.
  """
  scores, positive, fold, units = _problem(seed, levels=levels)
  rng = np.random.default_rng(seed)
  weights = rng.multinomial(9, np.full(9, 1 / 9), 6).astype(float)
  weights[0] = 0
  assert (weights[1:] == 0).any()
  ours = _stratified(scores, positive, fold, units, weights)
  for draw, value in zip(weights, ours, strict=True):
    rows = np.repeat(np.arange(len(scores)), draw[units].astype(int))
    theirs = _by_definition(scores[rows], positive[rows], fold[rows])
    np.testing.assert_array_equal(value, theirs)


def test_chunks_of_draws_do_not_change_them(monkeypatch):
  scores, positive, fold, units = _problem(2)
  weights = np.random.default_rng(0).multinomial(9, np.full(9, 1 / 9), 20)
  whole = _stratified(scores, positive, fold, units, weights)
  monkeypatch.setattr(auc, "_CHUNK", 7)
  parts = _stratified(scores, positive, fold, units, weights)
  np.testing.assert_array_equal(parts, whole)


def test_a_draw_without_pairs_has_no_auc():
  scores, positive = np.array([1.0, 0.0]), np.array([True, False])
  weights = np.array([[1.0, 1.0], [2.0, 0.0]])
  found = _stratified(scores, positive, np.zeros(2), np.arange(2), weights)
  np.testing.assert_array_equal(found, [1.0, np.nan])
