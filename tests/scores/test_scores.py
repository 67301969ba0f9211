"""What scores amount to: the entries of results.json."""

import json

import numpy as np
import pytest
from sklearn import metrics

from jaxfer import terms
from jaxfer.scores import action_units, emotions, paired
from jaxfer.scores import rows as rowslib

EMOTIONS = ("angry", "happy", "sad")
NAMES = ("AU1", "AU4", "AU12")
MEANS = tuple(f"{metric}_mean" for metric in action_units.METRICS)


def _faces(seed=0, skill=1.0, people=12, each=9):
  rng = np.random.default_rng(seed)
  labels = np.tile(np.repeat(np.arange(3), each // 3), people)
  units = np.repeat(np.arange(people), each)
  noise = rng.normal(size=(len(labels), 3))
  return {
    "scores": noise + skill * np.eye(3)[labels],
    "labels": labels,
    "fold": units % 4,
    "units": units,
    "emotions": EMOTIONS,
  }


def _coded(seed=0, skill=1.0, people=12, each=10, folds=4):
  rng = np.random.default_rng(seed)
  count = people * each
  labels = (rng.random((count, 3)) < [0.5, 0.3, 0.2]).astype(np.int8)
  units = np.repeat(np.arange(people), each)
  return {
    "scores": rng.normal(size=(count, 3)) + skill * (2 * labels - 1),
    "thresholds": np.full((count, 3), 0.3),
    "labels": labels,
    "fold": units % folds,
    "units": units,
    "names": NAMES,
  }


def _score(rows, draws=200, seed=0):
  rows = dict(rows)
  drawn = rowslib.draw(rows.pop("fold"), rows.pop("units"), draws, seed)
  kind = emotions if "emotions" in rows else action_units
  return kind.score(rows=drawn, **rows)


def _truth(rows):
  """What perfect scores are."""
  if "emotions" in rows:
    return np.eye(3)[rows["labels"]]
  return 2.0 * rows["labels"] - 1


both = pytest.mark.parametrize(
  ("make", "task"), [(_faces, "emotion"), (_coded, "au")]
)


@both
def test_the_block_is_json_and_intervals_hold_their_values(make, task):
  scored = _score(make())
  block = scored.block
  assert json.loads(json.dumps(block, allow_nan=False)) == block
  assert set(scored.draws) == set(terms.metrics(task))
  for name in scored.draws:
    low, high = block[f"{name}_ci95"]
    assert 0 < low < block[name] < high < 1


@both
def test_perfect_scores(make, task):
  rows = make()
  scored = _score(rows | {"scores": _truth(rows)})
  for name in terms.metrics(task):
    assert scored.block[name] == 1
    assert scored.block[f"{name}_ci95"] == [1, 1]
  for false, true in scored.roc.values():
    assert np.trapezoid(true, false) == pytest.approx(1)


@both
def test_more_skill_scores_higher(make, task):
  blocks = [_score(make(skill=s), draws=20).block for s in (0, 1, 3)]
  for name in terms.metrics(task):
    values = [block[name] for block in blocks]
    assert values == sorted(values)
    assert values[0] < values[2] - 0.2


@both
def test_draws_are_the_scores_of_the_drawn_people(make, task):
  rows = make()
  drawn = _score(rows, draws=5, seed=3).draws
  rng = np.random.default_rng(3)
  weights = rng.multinomial(12, np.full(12, 1 / 12), size=5)
  for b, weight in enumerate(weights):
    every = np.arange(len(rows["units"]))
    chosen = np.repeat(every, weight[rows["units"]])
    again = {
      name: value[chosen] if isinstance(value, np.ndarray) else value
      for name, value in rows.items()
    }
    block = _score(again, draws=1).block
    for name in terms.metrics(task):
      assert drawn[name][b] == pytest.approx(block[name])


@both
def test_differences_are_paired(make, task):
  rows = make()
  one = _score(rows)
  for entry in paired.difference(one, _score(rows)).values():
    assert entry == {"value": 0, "ci95": [0, 0]}
  better = _score(rows | {"scores": rows["scores"] + 0.3 * _truth(rows)})
  found, name = paired.difference(better, one), terms.headline(task)
  assert set(found) == set(terms.metrics(task))
  low, high = found[name]["ci95"]
  assert found[name]["value"] == better.block[name] - one.block[name]
  assert 0 < low <= found[name]["value"] <= high
  for scored in (one, better):
    assert high - low < np.ptp(scored.block[f"{name}_ci95"])


@both
def test_one_person_has_an_interval_of_no_width(make, task):
  """Draws of one unit are all the same."""
  block = _score(make(people=1, each=60), draws=10).block
  for name in terms.metrics(task):
    assert block[f"{name}_ci95"] == pytest.approx([block[name]] * 2)


def test_the_block_agrees_with_scikit_learn():
  rows = _faces()
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


def test_a_gap_in_one_class_is_found_in_its_area_alone():
  one, other = _faces(skill=3.0), _faces(skill=3.0)
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
  one, other = _faces(), _faces()
  # One fold for each class: nothing to compare within.
  other["fold"] = other["labels"].copy()
  assert paired.area_differences(_score(one), _score(other)) == {}


def test_an_emotion_missing_from_a_fold_says_so():
  rows = _faces()
  rows["labels"][(rows["fold"] == 1) & (rows["labels"] == 2)] = 0
  rows["labels"][(rows["fold"] == 3) & (rows["labels"] == 2)] = 0
  block = _score(rows).block
  assert block["notes"] == ["sad is absent from test folds 2, 4"]
  assert block["auc"]["sad"]["folds_used"] == 2


def test_an_emotion_without_pairs_is_null_with_a_reason():
  """Folds that hold one emotion each: nothing can be compared in them."""
  rows = _faces()
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
  assert "auc_mean" not in paired.difference(scored, _score(_faces()))
  json.dumps(scored.block, allow_nan=False)


def test_a_class_that_no_row_tested_shows_has_no_share():
  rows = _faces()
  rows["labels"][rows["labels"] == 2] = 0
  block = _score(rows).block
  assert block["recall"]["sad"] is None
  assert block["f1"]["sad"] is None
  json.dumps(block, allow_nan=False)


def test_a_class_never_learnt_in_a_fold_counts_half_there():
  rows = _faces(skill=50.0)
  rows["scores"][rows["fold"] == 0, 2] = -np.inf
  block = _score(rows).block
  # One fold of four at 0.5, three at 1.
  assert block["auc"]["sad"]["value"] == pytest.approx(0.875)
  assert block["recall"]["sad"] == pytest.approx(0.75)


def _by_fold(rows, a, measure):
  """The measure in each fold, with its positives and pairs."""
  out = []
  for k in np.unique(rows["fold"]):
    own = rows["fold"] == k
    truth = rows["labels"][own, a]
    pairs = truth.sum() * (len(truth) - truth.sum())
    out.append((measure(truth, rows["scores"][own, a]), truth.sum(), pairs))
  return np.array(out).T


def test_an_entry_agrees_with_scikit_learn():
  rows = _coded()
  block = _score(rows).block
  for a, name in enumerate(NAMES):
    entry, truth = block["aus"][name], rows["labels"][:, a]
    values, _, pairs = _by_fold(rows, a, metrics.roc_auc_score)
    assert entry["auc"] == pytest.approx((values * pairs).sum() / pairs.sum())
    values, positives, _ = _by_fold(rows, a, metrics.average_precision_score)
    assert entry["average_precision"] == pytest.approx(
      (values * positives).sum() / positives.sum()
    )
    zero, tuned = rows["scores"][:, a] >= 0, rows["scores"][:, a] >= 0.3
    assert entry["f1"] == pytest.approx(metrics.f1_score(truth, zero))
    assert entry["f1_tuned"] == pytest.approx(metrics.f1_score(truth, tuned))
    share = truth.mean() / (1 - truth.mean())
    assert entry["f1_skew_normalised"] == pytest.approx(
      metrics.f1_score(truth, tuned, sample_weight=np.where(truth, 1, share))
    )
    assert entry["base_rate"] == pytest.approx(truth.mean())
    assert (entry["n_pos"], entry["n_neg"]) == (truth.sum(), (1 - truth).sum())
    assert entry["folds_used"] == 4
    assert "reason" not in entry
  assert block["folds"] == 4
  assert block["notes"] == []


def test_every_action_unit_has_its_values_and_means_are_over_them():
  block = _score(_coded()).block
  for metric in action_units.METRICS:
    values = [entry[metric] for entry in block["aus"].values()]
    assert block[f"{metric}_mean"] == pytest.approx(np.mean(values))
    for entry in block["aus"].values():
      low, high = entry[f"{metric}_ci95"]
      assert low < entry[metric] < high


def test_scores_without_skill_are_chance():
  rows = _coded(skill=0, people=100)
  block = _score(rows, draws=20).block
  for entry in block["aus"].values():
    assert entry["auc"] == pytest.approx(0.5, abs=0.06)
    assert entry["average_precision"] == pytest.approx(
      entry["base_rate"], abs=0.06
    )


def test_each_row_has_the_threshold_of_its_own_machine():
  rows = _coded()
  shift = 5.0 * rows["fold"][:, None]
  moved = rows | {
    "scores": rows["scores"] + shift,
    "thresholds": rows["thresholds"] + shift,
  }
  one, other = _score(rows).block, _score(moved).block
  for mean in ("auc_mean", "average_precision_mean", "f1_tuned_mean"):
    assert other[mean] == pytest.approx(one[mean])
  assert other["f1_mean"] < one["f1_mean"]


def test_chunks_of_draws_do_not_change_them(monkeypatch):
  whole = _score(_coded(), draws=50).draws
  monkeypatch.setattr(rowslib, "_CHUNK", 7)
  for mean, values in _score(_coded(), draws=50).draws.items():
    np.testing.assert_allclose(values, whole[mean], rtol=1e-12)


def test_a_fold_that_lacks_a_class_is_undefined_there_and_noted():
  """Its scores, however good or bad, change neither AUC nor precision."""
  rows = _coded()
  own = rows["fold"] == 2
  rows["labels"][own, 0] = 0
  rows["labels"][own, 1] = 1
  before = _score(rows).block
  assert before["notes"] == [
    "AU1 is absent from test folds 3",
    "AU4 is always present in test folds 3",
  ]
  assert before["aus"]["AU1"]["folds_used"] == 3
  rows["scores"][own] += 100
  after = _score(rows).block
  for name in ("AU1", "AU4"):
    for metric in ("auc", "average_precision"):
      for key in (metric, f"{metric}_ci95"):
        assert after["aus"][name][key] == before["aus"][name][key]
  # False alarms in a fold without positives do count in F1.
  assert after["aus"]["AU1"]["f1"] < before["aus"]["AU1"]["f1"]


def test_uncoded_untested_and_unscored_rows_are_ignored():
  rows = _coded()
  rows["labels"][::3, 0] = -1
  rows["scores"][rows["fold"] == 1, 1] = np.nan
  rows["thresholds"][rows["fold"] == 1, 1] = np.nan
  rows["fold"] = np.where(rows["units"] == 4, -1, rows["fold"])
  block = _score(rows).block
  assert block["notes"] == ["AU4 has no machine for test folds 2"]
  rows["scores"][::3, 0] = 1e3
  rows["scores"][rows["units"] == 4] = -1e3
  assert _score(rows).block == block
  coded = np.ones(120, bool)
  coded[::3] = False
  kept = coded & (rows["fold"] >= 0)
  entry = block["aus"]["AU1"]
  assert entry["n_pos"] == rows["labels"][kept, 0].sum()
  assert entry["n_pos"] + entry["n_neg"] == kept.sum()


def _never(rows):
  rows["labels"][:, 1] = 0


def _always(rows):
  rows["labels"][:, 1] = 1


def _uncoded(rows):
  rows["labels"][:, 1] = -1


def _unscored(rows):
  rows["scores"][:, 1] = rows["thresholds"][:, 1] = np.nan


@pytest.mark.parametrize(
  ("spoil", "reason", "note"),
  [
    (_never, "absent from all rows", "is absent from"),
    (_always, "present in all rows", "is always present in"),
    (_uncoded, "no row that is coded was scored", "is not coded in"),
    (_unscored, "no row that is coded was scored", "has no machine for"),
  ],
)
def test_an_undefined_action_unit_is_null_with_its_reason(spoil, reason, note):
  rows = _coded()
  spoil(rows)
  scored = _score(rows)
  block = scored.block
  json.dumps(block, allow_nan=False)
  entry = block["aus"]["AU4"]
  for metric in action_units.METRICS:
    assert entry[metric] is None
    assert entry[f"{metric}_ci95"] is None
    others = [block["aus"][name][metric] for name in ("AU1", "AU12")]
    assert block[f"{metric}_mean"] == pytest.approx(np.mean(others))
    assert np.isfinite(scored.draws[f"{metric}_mean"]).all()
  assert entry["reason"] == reason
  assert block["notes"] == [f"AU4 {note} test folds 1, 2, 3, 4"]
  assert scored.roc["AU4"][0].size == 0


def test_folds_of_one_class_each_leave_f1_alone():
  rows = _coded()
  rows["labels"][:, 1] = rows["fold"] % 2
  entry = _score(rows).block["aus"]["AU4"]
  assert entry["auc"] is entry["average_precision"] is None
  assert entry["folds_used"] == 0
  assert entry["reason"] == (
    "no test fold holds both rows with it and rows without"
  )
  assert entry["f1"] == pytest.approx(
    metrics.f1_score(rows["labels"][:, 1], rows["scores"][:, 1] >= 0)
  )


def test_nothing_defined_is_no_mean():
  rows = _coded()
  rows["labels"][:] = 0
  scored = _score(rows, draws=3)
  json.dumps(scored.block, allow_nan=False)
  for mean in MEANS:
    assert scored.block[mean] is None
    assert scored.block[f"{mean}_ci95"] is None
    assert scored.block[f"{mean}_reason"] == "no action unit has it"
  assert paired.difference(scored, scored) == {}
