"""A conditional experiment against the one that is told nothing."""

import dataclasses
import json

import numpy as np
import pytest

from jaxfer.report.suite import extensions
from jaxfer.report.suite import page as report
from jaxfer.report.suite.suite import Suite
from jaxfer.results import together
from jaxfer.scores import emotions
from jaxfer.scores.rows import draw

TOLD, PLAIN = "emotion-5", "emotion-4"


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
    return members

  return make


def test_the_table_and_the_file_give_what_is_compared(pair, tmp_path, specks):
  members = pair([1.5, 1.2], [1.0, 1.1])
  pairs, (entry,) = Suite(members), together.compare(members)
  (row,) = extensions.conditions(pairs, "emotion").rows
  gap = entry["differences"]["sealed"]["accuracy"]
  assert row["experiment"].startswith(TOLD)
  mean = row["mean"]
  assert (mean.value, mean.interval) == (gap["value"], gap["ci95"])
  assert [row["0"], row["1"]] == gap["by_seed"]
  assert row["told"] - row["other"] == pytest.approx(gap["value"])
  assert not extensions.conditions(pairs, "au").rows
  alone = Suite({PLAIN: members[PLAIN]})
  assert not extensions.conditions(alone, "emotion").rows
  report.write(tmp_path, members)
  stored = json.loads((tmp_path / "results.json").read_text())
  assert stored["conditions"] == [entry]
  table = (tmp_path / "tables" / "conditions_emotion.csv").read_text()
  assert "mean,mean_low,mean_high" in table
