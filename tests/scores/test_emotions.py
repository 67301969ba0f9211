"""What scores amount to: the entry of results.json."""

import json

import numpy as np
import pytest
from sklearn import metrics

from jaxfer.scores import emotions as scores
from jaxfer.scores import paired
from jaxfer.scores.rows import draw

EMOTIONS = ("angry", "happy", "sad")


def _rows(seed=0, skill=1.0, people=12, each=9):
  rng = np.random.default_rng(seed)
  labels = np.tile(np.repeat(np.arange(3), each // 3), people)
  units = np.repeat(np.arange(people), each)
  noise = rng.normal(size=(len(labels), 3))
  values = noise + skill * np.eye(3)[labels]
  return {
    "scores": values,
    "labels": labels,
    "fold": units % 4,
    "units": units,
    "emotions": EMOTIONS,
  }


def _score(rows, draws=200, seed=0):
  rows = dict(rows)
  drawn = draw(rows.pop("fold"), rows.pop("units"), draws, seed)
  return scores.score(rows=drawn, **rows)


def test_the_block_agrees_with_scikit_learn():
  rows = _rows()
  block = _score(rows).block
  labels, predicted = rows["labels"], rows["scores"].argmax(1)
  assert block["accuracy"] == metrics.accuracy_score(labels, predicted)
  assert block["macro_f1"] == pytest.approx(
    metrics.f1_score(labels, predicted, average="macro")
  )
  assert block["confusion"] == {
    "classes": list(EMOTIONS),
    "counts": metrics.confusion_matrix(labels, predicted).tolist(),
  }
  assert block["folds"] == 4
  assert block["notes"] == []
  # Folds of one size and class balance: the stratified AUC is their mean.
  for k, emotion in enumerate(EMOTIONS):
    entry = block["auc"][emotion]
    folds = [
      metrics.roc_auc_score(
        labels[rows["fold"] == f] == k, rows["scores"][rows["fold"] == f, k]
      )
      for f in range(4)
    ]
    assert entry["value"] == pytest.approx(np.mean(folds))
    assert (entry["n_pos"], entry["n_neg"]) == (36, 72)
    assert entry["folds_used"] == 4
  values = [entry["value"] for entry in block["auc"].values()]
  assert block["auc_mean"] == pytest.approx(np.mean(values))


def test_the_block_is_json_and_intervals_hold_their_values():
  block = _score(_rows()).block
  assert json.loads(json.dumps(block, allow_nan=False)) == block
  for name in ("accuracy", "balanced_accuracy", "macro_f1", "auc_mean"):
    low, high = block[f"{name}_ci95"]
    assert 0 <= low <= block[name] <= high <= 1
    assert low < high


def test_perfect_scores():
  rows = _rows()
  rows["scores"] = np.eye(3)[rows["labels"]]
  block = _score(rows).block
  for name in ("accuracy", "balanced_accuracy", "macro_f1", "auc_mean"):
    assert block[name] == 1
    assert block[f"{name}_ci95"] == [1, 1]


def test_more_skill_scores_higher():
  blocks = [_score(_rows(skill=s)).block for s in (0, 1, 3)]
  for name in ("accuracy", "macro_f1", "auc_mean"):
    values = [block[name] for block in blocks]
    assert values == sorted(values)
    assert values[0] < values[2] - 0.2


def test_draws_are_the_scores_of_the_drawn_people():
  rows = _rows()
  drawn = _score(rows, draws=5, seed=3).draws
  rng = np.random.default_rng(3)
  weights = rng.multinomial(12, np.full(12, 1 / 12), size=5)
  for b, weight in enumerate(weights):
    chosen = np.repeat(np.arange(108), weight[rows["units"]])
    again = _score(
      {
        **rows,
        "scores": rows["scores"][chosen],
        "labels": rows["labels"][chosen],
        "fold": rows["fold"][chosen],
        "units": rows["units"][chosen],
      }
    ).block
    for name in ("accuracy", "balanced_accuracy", "macro_f1", "auc_mean"):
      assert drawn[name][b] == pytest.approx(again[name])


def test_a_gap_in_one_class_is_found_in_its_area_alone():
  one, other = _rows(skill=3.0), _rows(skill=3.0)
  assert all(
    gap == {"value": 0.0, "ci95": [0.0, 0.0]}
    for gap in paired.area_differences(_score(one), _score(other)).values()
  )
  noise = np.random.default_rng(5).normal(size=len(one["labels"]))
  other["scores"] = other["scores"].copy()
  other["scores"][:, 1] = noise
  gaps = paired.area_differences(_score(one), _score(other))
  assert list(gaps) == list(EMOTIONS)
  assert gaps["angry"]["value"] == gaps["sad"]["value"] == 0
  low, high = gaps["happy"]["ci95"]
  assert 0.2 < low < gaps["happy"]["value"] < high


def test_a_class_without_an_area_has_no_difference():
  one, other = _rows(), _rows()
  # One fold for each class: nothing to compare within.
  other["fold"] = other["labels"].copy()
  assert paired.area_differences(_score(one), _score(other)) == {}


def test_equal_results_differ_by_exactly_nothing():
  one, other = _score(_rows()), _score(_rows())
  for entry in paired.difference(one, other).values():
    assert entry == {"value": 0, "ci95": [0, 0]}


def test_pairing_narrows_the_interval_of_a_difference():
  rows = _rows(skill=1.0)
  better = rows | {"scores": rows["scores"] + 0.3 * np.eye(3)[rows["labels"]]}
  one, other = _score(better), _score(rows)
  entry = paired.difference(one, other)["accuracy"]
  low, high = entry["ci95"]
  assert entry["value"] == one.block["accuracy"] - other.block["accuracy"]
  assert 0 < low <= entry["value"] <= high
  apart = np.diff(one.block["accuracy_ci95"] + other.block["accuracy_ci95"])
  assert high - low < apart[[0, 2]].min()


def test_an_emotion_missing_from_a_fold_says_so():
  rows = _rows()
  rows["labels"][(rows["fold"] == 1) & (rows["labels"] == 2)] = 0
  rows["labels"][(rows["fold"] == 3) & (rows["labels"] == 2)] = 0
  block = _score(rows).block
  assert block["notes"] == ["sad is absent from test folds 2, 4"]
  assert block["auc"]["sad"]["folds_used"] == 2


def test_an_emotion_without_pairs_is_null_with_a_reason():
  """Folds that hold one emotion each: nothing can be compared in them."""
  rows = _rows()
  rows["fold"] = rows["labels"]
  scored = _score(rows)
  assert scored.block["auc"]["sad"] == {
    "value": None,
    "n_pos": 36,
    "n_neg": 72,
    "folds_used": 0,
    "reason": "no test fold holds both this emotion and others",
  }
  assert scored.block["auc_mean"] is None
  assert scored.block["auc_mean_reason"] == "no emotion has an AUC"
  assert scored.block["auc_mean_ci95"] is None
  assert "auc_mean" not in paired.difference(scored, _score(_rows()))
  json.dumps(scored.block, allow_nan=False)


def test_a_class_never_learnt_in_a_fold_counts_half_there():
  rows = _rows(skill=50.0)
  rows["scores"][rows["fold"] == 0, 2] = -np.inf
  block = _score(rows).block
  # One fold of four at 0.5, three at 1.
  assert block["auc"]["sad"]["value"] == pytest.approx(0.875)
  assert block["recall"]["sad"] == pytest.approx(0.75)


def test_one_person_alone_still_scores():
  """Draws of one unit are all the same: the interval has no width."""
  rows = _rows(people=1)
  block = _score(rows).block
  assert block["accuracy_ci95"] == [block["accuracy"]] * 2
