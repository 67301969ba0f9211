"""What decision values of action units amount to."""

import json

import numpy as np
import pytest
from sklearn import metrics

from jaxfer.scores import action_units as scores
from jaxfer.scores import paired
from jaxfer.scores import rows as rowslib
from jaxfer.scores.rows import draw

NAMES = ("AU1", "AU4", "AU12")
MEANS = tuple(f"{metric}_mean" for metric in scores.METRICS)


def _rows(seed=0, skill=1.0, people=12, each=10, folds=4):
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
  drawn = draw(rows.pop("fold"), rows.pop("units"), draws, seed)
  return scores.score(rows=drawn, **rows)


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
  rows = _rows()
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


def test_the_block_is_json_and_intervals_hold_their_values():
  block = _score(_rows()).block
  assert json.loads(json.dumps(block, allow_nan=False)) == block
  means = {mean.removesuffix("_mean"): mean for mean in MEANS}
  for metric, mean in means.items():
    values = [entry[metric] for entry in block["aus"].values()]
    assert block[mean] == pytest.approx(np.mean(values))
    low, high = block[f"{mean}_ci95"]
    assert 0 < low < block[mean] < high < 1
    for entry in block["aus"].values():
      low, high = entry[f"{metric}_ci95"]
      assert low < entry[metric] < high


def test_perfect_scores():
  rows = _rows()
  rows["scores"] = 2.0 * rows["labels"] - 1
  scored = _score(rows)
  for mean in MEANS:
    assert scored.block[mean] == 1
    assert scored.block[f"{mean}_ci95"] == [1, 1]
  for name in NAMES:
    false, true = scored.roc[name]
    assert np.trapezoid(true, false) == pytest.approx(1)


def test_scores_without_skill_are_chance():
  rows = _rows(skill=0, people=100)
  block = _score(rows, draws=20).block
  for entry in block["aus"].values():
    assert entry["auc"] == pytest.approx(0.5, abs=0.06)
    assert entry["average_precision"] == pytest.approx(
      entry["base_rate"], abs=0.06
    )


def test_each_row_has_the_threshold_of_its_own_machine():
  rows = _rows()
  shift = 5.0 * rows["fold"][:, None]
  moved = rows | {
    "scores": rows["scores"] + shift,
    "thresholds": rows["thresholds"] + shift,
  }
  one, other = _score(rows).block, _score(moved).block
  for mean in ("auc_mean", "average_precision_mean", "f1_tuned_mean"):
    assert other[mean] == pytest.approx(one[mean])
  assert other["f1_mean"] < one["f1_mean"]


def test_draws_are_the_scores_of_the_drawn_people():
  rows = _rows()
  drawn = _score(rows, draws=5, seed=3).draws
  assert set(drawn) == set(MEANS)
  rng = np.random.default_rng(3)
  weights = rng.multinomial(12, np.full(12, 1 / 12), size=5)
  for b, weight in enumerate(weights):
    chosen = np.repeat(np.arange(120), weight[rows["units"]])
    again = {
      name: value[chosen] for name, value in rows.items() if name != "names"
    }
    block = _score(again | {"names": NAMES}, draws=1).block
    for mean in MEANS:
      assert drawn[mean][b] == pytest.approx(block[mean])


def test_chunks_of_draws_do_not_change_them(monkeypatch):
  whole = _score(_rows(), draws=50).draws
  monkeypatch.setattr(rowslib, "_CHUNK", 7)
  for mean, values in _score(_rows(), draws=50).draws.items():
    np.testing.assert_allclose(values, whole[mean], rtol=1e-12)


def test_differences_are_paired():
  rows = _rows()
  one = _score(rows)
  for entry in paired.difference(one, _score(rows)).values():
    assert entry == {"value": 0, "ci95": [0, 0]}
  better = rows | {"scores": rows["scores"] + 0.3 * (2 * rows["labels"] - 1)}
  found = paired.difference(_score(better), one)
  assert set(found) == set(MEANS)
  low, high = found["auc_mean"]["ci95"]
  assert 0 < low < found["auc_mean"]["value"] < high
  assert high - low < np.ptp(one.block["auc_mean_ci95"])


def test_a_fold_that_lacks_a_class_is_undefined_there_and_noted():
  """Its scores, however good or bad, change neither AUC nor precision."""
  rows = _rows()
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
  rows = _rows()
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
  rows = _rows()
  spoil(rows)
  scored = _score(rows)
  block = scored.block
  json.dumps(block, allow_nan=False)
  entry = block["aus"]["AU4"]
  for metric in scores.METRICS:
    assert entry[metric] is None
    assert entry[f"{metric}_ci95"] is None
    others = [block["aus"][name][metric] for name in ("AU1", "AU12")]
    assert block[f"{metric}_mean"] == pytest.approx(np.mean(others))
    assert np.isfinite(scored.draws[f"{metric}_mean"]).all()
  assert entry["reason"] == reason
  assert block["notes"] == [f"AU4 {note} test folds 1, 2, 3, 4"]
  assert scored.roc["AU4"][0].size == 0


def test_folds_of_one_class_each_leave_f1_alone():
  rows = _rows()
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
  rows = _rows()
  rows["labels"][:] = 0
  scored = _score(rows, draws=3)
  json.dumps(scored.block, allow_nan=False)
  for mean in MEANS:
    assert scored.block[mean] is None
    assert scored.block[f"{mean}_ci95"] is None
    assert scored.block[f"{mean}_reason"] == "no action unit has it"
  assert paired.difference(scored, scored) == {}


def test_one_person_has_an_interval_of_no_width():
  rows = _rows(people=1, each=40, folds=1)
  block = _score(rows, draws=10).block
  low, high = block["auc_mean_ci95"]
  assert low == high == pytest.approx(block["auc_mean"])
