"""A conditional experiment against the one that is told nothing."""

import dataclasses
import json

import numpy as np
import pytest

from jaxfer.report import collection as report
from jaxfer.report.collection import conditions
from jaxfer.report.collection.members import Collection
from jaxfer.scores import emotions

TOLD, PLAIN = "emotion-5", "emotion-4"


def scored(skill, seed):
  """Out-of-fold scores of 3 emotions of 20 people, told with some skill."""
  rng = np.random.default_rng(seed)
  labels = np.tile(np.arange(3), 60)
  people = np.repeat(np.arange(20), 9)
  values = rng.normal(size=(180, 3)) + skill * np.eye(3)[labels]
  return emotions.score(
    *(values, labels, people % 4, people),
    ("angry", "happy", "sad"),
    draws=200,
    seed=0,
  )


@pytest.fixture
def pair(members):
  """Gives two experiments that differ in the condition, by their skills."""

  def make(told, plain, protocol="sealed"):
    configs = {TOLD: "emotion", PLAIN: ""}
    common = members[PLAIN].results["config"]
    for name, skills in ((TOLD, told), (PLAIN, plain)):
      members[name].results["config"] = {
        **common,
        "run.experiment": name,
        "gan.condition": configs[name],
      }
      members[name] = dataclasses.replace(
        members[name],
        trained={s: {protocol: scored(k, s)} for s, k in enumerate(skills)},
      )
    return Collection(members)

  return make


def test_an_experiment_is_ahead_of_its_double_by_exactly_nothing(pair):
  (entry,) = conditions.compare(pair([1, 1], [1, 1]))
  for gap in entry["differences"]["sealed"].values():
    assert gap == {"value": 0, "ci95": [0, 0], "by_seed": [0, 0]}


def test_telling_labels_is_compared_with_telling_none(pair):
  """By seed, and over seeds with the interval that pairing gives."""
  told, plain = [2.0, 2.2, 1.0], [1.0, 1.2, 1.1]
  (entry,) = conditions.compare(pair(told, plain))
  assert (entry["conditional"], entry["unconditional"]) == (TOLD, PLAIN)
  assert entry["seeds"] == [0, 1, 2]
  every = [
    (scored(a, s), scored(b, s))
    for s, (a, b) in enumerate(zip(told, plain, strict=True))
  ]
  gap = entry["differences"]["sealed"]["accuracy"]
  by_seed = [a.block["accuracy"] - b.block["accuracy"] for a, b in every]
  assert gap["by_seed"] == by_seed
  assert by_seed[0] > 0 > by_seed[2]
  assert gap["value"] == pytest.approx(np.mean(by_seed))
  draws = sum(a.draws["accuracy"] - b.draws["accuracy"] for a, b in every) / 3
  assert gap["ci95"] == pytest.approx(np.percentile(draws, [2.5, 97.5]))
  assert 0 < gap["ci95"][0] < gap["value"] < gap["ci95"][1]


def test_the_other_way_round_it_is_behind_by_as_much(pair):
  ahead, behind = (
    conditions.compare(pair(*skills))[0]["differences"]["sealed"]["auc_mean"]
    for skills in (([2, 1], [1, 1]), ([1, 1], [2, 1]))
  )
  assert ahead["value"] == -behind["value"] > 0
  low, high = ahead["ci95"]
  assert behind["ci95"] == pytest.approx([-high, -low])


def test_the_table_and_the_file_give_what_is_compared(pair, tmp_path, specks):
  pairs = pair([1.5, 1.2], [1.0, 1.1])
  (entry,) = conditions.compare(pairs)
  (row,) = conditions.table(pairs, [entry], "emotion").rows
  gap = entry["differences"]["sealed"]["accuracy"]
  assert row["experiment"].number.startswith(TOLD)
  assert (row["mean"].number, row["mean"].interval) == (
    gap["value"],
    gap["ci95"],
  )
  assert [row["0"].number, row["1"].number] == gap["by_seed"]
  assert row["told"].number - row["other"].number == pytest.approx(gap["value"])
  assert not conditions.table(pairs, [entry], "au").rows
  report.write(tmp_path, {m.name: m.evidence for m in pairs.members})
  stored = json.loads((tmp_path / "results.json").read_text())
  assert stored["conditions"] == [entry]
  table = (tmp_path / "tables" / "conditions_emotion.csv").read_text()
  assert "mean,mean_low,mean_high" in table


def test_only_sealed_protocols_and_equal_experiments_are_compared(pair):
  # What saw the people tested was told the answers.
  assert not conditions.compare(pair([1], [1], protocol="unsealed"))
  pairs = pair([1], [1])
  (told,) = (m for m in pairs.members if m.name == TOLD)
  told.results["config"]["gan.epochs"] = 7
  assert not (compared := conditions.compare(pairs))
  assert not conditions.table(pairs, compared, "emotion").rows
