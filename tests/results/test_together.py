"""A conditional experiment against the one that is told nothing."""

from types import SimpleNamespace

import numpy as np
import pytest

from jaxfer.results import together
from jaxfer.scores import emotions
from jaxfer.scores.rows import draw

TOLD, PLAIN = "told", "plain"


def scored(skill, seed):
  """Out-of-fold scores of 3 emotions of 20 people, told with some skill."""
  rng = np.random.default_rng(seed)
  labels = np.tile(np.arange(3), 60)
  people = np.repeat(np.arange(20), 9)
  values = rng.normal(size=(180, 3)) + skill * np.eye(3)[labels]
  return emotions.score(
    values,
    labels,
    draw(people % 4, people, 200, 0),
    ("angry", "happy", "sad"),
  )


def pair(told, plain, protocol="sealed"):
  """Two experiments that differ in the condition, by their skills."""
  conditions = {TOLD: "emotion", PLAIN: ""}
  return {
    name: SimpleNamespace(
      results={
        "experiment": name,
        "config": {
          "gan.epochs": 3,
          "run.experiment": name,
          "gan.condition": conditions[name],
        },
      },
      trained={s: {protocol: scored(k, s)} for s, k in enumerate(skills)},
    )
    for name, skills in ((PLAIN, plain), (TOLD, told))
  }


def test_an_experiment_is_ahead_of_its_double_by_exactly_nothing():
  (entry,) = together.compare(pair([1, 1], [1, 1]))
  for gap in entry["differences"]["sealed"].values():
    assert gap == {"value": 0, "ci95": [0, 0], "by_seed": [0, 0]}


def test_telling_labels_is_compared_with_telling_none():
  """By seed, and over seeds with the interval that pairing gives."""
  told, plain = [2.0, 2.2, 1.0], [1.0, 1.2, 1.1]
  members = pair(told, plain)
  (entry,) = together.compare(members)
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
  means = [
    together.mean_score(members[n], [0, 1, 2], "sealed", "accuracy")
    for n in (TOLD, PLAIN)
  ]
  assert means[0] - means[1] == pytest.approx(gap["value"])


def test_the_other_way_round_it_is_behind_by_as_much():
  ahead, behind = (
    together.compare(pair(*skills))[0]["differences"]["sealed"]["auc_mean"]
    for skills in (([2, 1], [1, 1]), ([1, 1], [2, 1]))
  )
  assert ahead["value"] == -behind["value"] > 0
  low, high = ahead["ci95"]
  assert behind["ci95"] == pytest.approx([-high, -low])


def test_only_sealed_protocols_and_equal_experiments_are_compared():
  # What saw the people tested was told the answers.
  assert not together.compare(pair([1], [1], protocol="unsealed"))
  members = pair([1], [1])
  members[TOLD].results["config"]["gan.epochs"] = 7
  assert not together.compare(members)


def test_results_together_hold_those_of_each_and_why_others_are_absent():
  members = pair([1], [1])
  found = together.gather(members, {"another": "no such data"})
  assert [*found["experiments"]] == [PLAIN, TOLD]
  assert found["experiments"][TOLD] is members[TOLD].results
  assert found["conditions"] == together.compare(members)
  assert found["left_out"] == {"another": "no such data"}
