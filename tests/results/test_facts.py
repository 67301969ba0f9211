"""What a run is compared with."""

import pytest

from configs import own_faces, paper, radboud
from jaxfer.report import reference
from jaxfer.report.published import AU_EXPERIMENTS, EXPERIMENTS
from jaxfer.results import facts


def _radboud(view="frontal", **changes):
  config = radboud.get_config("standin")
  config.data.rafd.view = view
  for name, value in changes.items():
    section, leaf = name.split("_")
    config[section][leaf] = value
  return config


@pytest.mark.parametrize(
  ("view", "name", "accuracy"),
  [("frontal", "Exp5", 0.9764), ("multi", "Exp4", None)],  # section 4-A
)
def test_radboud_views_find_their_experiments(view, name, accuracy):
  key = facts.reference(_radboud(view))
  found = reference.of({"paper_reference": key})
  assert found.name == name
  assert found.scores["accuracy"][0] == accuracy


@pytest.mark.parametrize(
  "config",
  [
    _radboud("all"),
    own_faces.get_config(),
    _radboud(run_task="au"),
    _radboud(data_test="kdef"),
    _radboud(data_pretrain="ck"),
  ],
  ids=["all views", "own faces", "action units", "another set", "learnt from"],
)
def test_nothing_is_printed_for_other_runs(config):
  assert facts.reference(config) is None


def test_each_of_the_papers_experiments_has_its_own_numbers():
  found = {
    name: facts.reference(paper.get_config(f"{name},standin"))
    for name in paper.EXPERIMENTS
  }
  assert found["emotion-3"] == "exp3"
  assert found["au-8"] == "au8"
  del found["as-printed"]  # the paper's beta1 is no experiment of its own
  assert sorted(found.values()) == sorted([*EXPERIMENTS, *AU_EXPERIMENTS])
