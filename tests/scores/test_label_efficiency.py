"""Curves over numbers of labels."""

import json

import numpy as np
import pytest

from jaxfer.scores import label_efficiency as scores
from jaxfer.scores.rows import draw

SIZES = (1, 5, None)
UNITS = np.repeat(np.arange(10), 6)


def _correct(seed=0, rates=(0.4, 0.6, 0.8)):
  rng = np.random.default_rng(seed)
  draws = rng.random((3, 5, len(UNITS)))
  # What differs between people widens intervals over them.
  ease = np.repeat(rng.normal(scale=0.1, size=10), 6)
  correct = draws < np.array(rates)[:, None, None] + ease
  correct[-1] = correct[-1, 0]
  return correct


def _drawn(units, draws, seed):
  return draw(np.zeros_like(units), units, draws, seed)


def _curve(correct, units=UNITS, draws=300, seed=0):
  return scores.curve(correct, SIZES, _drawn(units, draws, seed))


def _difference(a, b, units=UNITS, draws=300, seed=0):
  return scores.difference(a, b, SIZES, _drawn(units, draws, seed))


def test_entries_are_means_over_draws_and_rows():
  correct = _correct()
  entries = _curve(correct)
  assert [entry["labels"] for entry in entries] == [1, 5, None]
  assert [entry["draws"] for entry in entries] == [5, 5, 1]
  for entry, right in zip(entries, correct, strict=True):
    by_draw = [draw.sum() / 60 for draw in right]
    assert entry["accuracy"] == pytest.approx(np.mean(by_draw))
    assert entry["spread"] == pytest.approx([min(by_draw), max(by_draw)])
    low, high = entry["ci95"]
    assert low < entry["accuracy"] < high
  assert entries[-1]["spread"] == [entries[-1]["accuracy"]] * 2
  assert json.loads(json.dumps(entries, allow_nan=False)) == entries


def test_intervals_are_over_people_however_many_draws_of_labels():
  """Copies of one draw add nothing that is known about other people."""
  once = np.repeat(_correct()[:, :1], 5, axis=1)
  for one, five in zip(_curve(once[:, :1]), _curve(once), strict=True):
    assert five["ci95"] == pytest.approx(one["ci95"])


def test_intervals_hold_the_accuracies_of_drawn_people():
  correct = _correct()
  units = np.repeat(np.arange(10), np.arange(1, 11))[:60]
  units = np.append(units, np.full(60 - len(units), 9))
  rng = np.random.default_rng(4)
  weights = rng.multinomial(10, np.full(10, 0.1), size=50)
  values = [
    correct[1][:, np.repeat(np.arange(60), weight[units])].mean()
    for weight in weights
  ]
  entry = _curve(correct, units, draws=50, seed=4)[1]
  assert entry["ci95"] == pytest.approx(np.percentile(values, [2.5, 97.5]))


def test_names_of_people_do_not_matter_where_some_have_no_rows():
  correct = _correct()
  assert _curve(correct, UNITS * 7 + 3) == _curve(correct)


def test_perfect_machines_have_no_spread():
  for entry in _curve(np.ones((3, 5, 60), bool)):
    assert entry["accuracy"] == 1
    assert entry["ci95"] == entry["spread"] == [1, 1]


def test_equal_results_differ_by_exactly_nothing():
  for entry in _difference(_correct(), _correct()):
    assert entry["value"] == 0
    assert entry["ci95"] == [0, 0]


def test_differences_are_those_of_the_curves_and_change_sign():
  a, b = _correct(0), _correct(1)
  forth, back = _difference(a, b), _difference(b, a)
  for one, other, x, y in zip(forth, back, _curve(a), _curve(b), strict=True):
    assert one["labels"] == x["labels"]
    assert one["value"] == pytest.approx(x["accuracy"] - y["accuracy"])
    assert other["value"] == -one["value"]
    assert other["ci95"] == pytest.approx([-v for v in one["ci95"][::-1]])


def test_pairing_narrows_the_interval():
  """The second differs from the first in few rows of few people."""
  one = _correct()
  other = one.copy()
  other[:, :, ::20] = ~other[:, :, ::20]
  for entry, curve in zip(_difference(one, other), _curve(one), strict=True):
    assert np.diff(entry["ci95"]) < np.diff(curve["ci95"])


def test_results_of_other_sizes_or_rows_are_not_paired():
  with pytest.raises(ValueError, match=r"\(3, 5, 60\) and \(2, 5, 60\)"):
    _difference(_correct(), _correct()[:2])
