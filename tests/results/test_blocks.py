"""From what probes left on disk to blocks and differences."""

import json
import types

import numpy as np
import pytest

from jaxfer.configs import base
from jaxfer.data import assignment
from jaxfer.data.disjoint import Verdict
from jaxfer.data.table import Face
from jaxfer.results import blocks
from jaxfer.results.claims import Claims
from jaxfer.svm import problem as problems

EMOTIONS = ("angry", "happy", "sad")


@pytest.fixture
def problem(tmp_path):
  faces = [
    Face(f"{p}{e}{i}.png", "own", f"p{p}", e)
    for p in range(10)
    for e in EMOTIONS
    for i in range(2)
  ]
  folder = tmp_path / "folds"
  folder.mkdir()
  assignment.write(
    faces, folder, task="emotion", aus=(), folds=5, sealed_folds=2, seed=0
  )
  return problems.read(folder)


@pytest.fixture
def config():
  config = base.get_config()
  config.svm.bootstrap = 200
  return config


@pytest.fixture
def probe(problem, tmp_path):
  """Leaves a probe's files, whose scores tell emotions with some skill."""

  def make(representation, skills, seed=0):
    folder = tmp_path / f"{representation}-{seed}-{'-'.join(skills)}"
    folder.mkdir()
    rng = np.random.default_rng(seed)
    search = {}
    for protocol, skill in skills.items():
      kind = problems.PROTOCOLS[protocol]
      fold = np.empty(len(problem.labels), int)
      for split in problem.splits[kind]:
        fold[split.test] = split.fold
      scores = skill * np.eye(3)[problem.labels]
      scores = scores + rng.normal(size=scores.shape)
      np.savez(folder / f"{protocol}.npz", scores=scores, fold=fold)
      search[protocol] = [{"C": 1.0}] * (fold.max() + 1)
    (folder / "search.json").write_text(json.dumps(search))
    return types.SimpleNamespace(
      representation=representation,
      seed=seed,
      head="svm",
      protocols=tuple(skills),
      sealed="sealed" in skills,
      problem=problem,
      path=lambda: folder,
    )

  return make


def claims(learnt=None, identical=0, near=0):
  """One set; learnt from itself, or from another of which `learnt` is known."""
  counts = {"identical": identical, "near": near, "of": 60}
  none = {"identical": 0, "near": 0, "of": 60}
  return Claims(
    fitted=None,
    learnt=learnt,
    copies={p: {"fitted": none, "learnt": counts} for p in problems.PROTOCOLS},
    tested="rafd",
  )


APART = Verdict(True, 0, "their owners are different")
OPEN = {"paper": 9.0, "subject": 2.0, "unsealed": 2.0}


def test_every_representation_and_protocol_is_scored(probe, config):
  scores = blocks.score_probes(
    [
      probe("trained", OPEN),
      probe("trained", {"sealed": 0.5}),
      probe("hog", OPEN),
    ],
    config,
    claims(),
  )
  trained = scores.of("trained", 0)
  assert set(trained) == {"paper", "subject", "unsealed", "sealed"}
  accuracy = {p: s.block["accuracy"] for p, s in trained.items()}
  assert accuracy["paper"] == 1
  assert accuracy["sealed"] < accuracy["unsealed"] < 1
  search = trained["paper"].block["search"]
  assert search == {"evaluations": 30, "folds": [{"C": 1.0}] * 5}
  assert scores.of("layers", 0) == {}


def test_what_learnt_nothing_from_faces_is_sealed_as_it_is(probe, config):
  scores = blocks.score_probes(
    [
      probe("trained", OPEN),
      probe("trained", {"sealed": 1.0}),
      probe("untrained", OPEN),
      probe("pixels", OPEN),
    ],
    config,
    claims(),
  )
  pixels = scores.of("pixels", 0)
  assert pixels["sealed"].block["same_as"] == "unsealed"
  assert (
    pixels["sealed"].block["accuracy"] == (pixels["unsealed"].block["accuracy"])
  )
  # Its batch statistics are of faces: without a probe of its own it has none.
  assert "sealed" not in scores.of("untrained", 0)
  found = blocks.differences(scores, 0)
  assert set(found["trained - pixels"]) == {
    "paper",
    "subject",
    "unsealed",
    "sealed",
  }
  assert set(found["trained - untrained"]) == {"paper", "subject", "unsealed"}


def test_a_dcgan_of_other_people_is_sealed(probe, config):
  scores = blocks.score_probes(
    [probe("trained", OPEN), probe("untrained", OPEN)], config, claims(APART)
  )
  for name in ("trained", "untrained"):
    block = scores.of(name, 0)["sealed"].block
    assert block["same_as"] == "unsealed"
    assert "their owners are different" in block["same_as_reason"]
  # A difference of something and itself would be a proof of nothing.
  assert "subject - sealed" not in blocks.differences(scores, 0)


def test_differences_have_their_sign_and_their_interval(probe, config):
  scores = blocks.score_probes(
    [probe("trained", OPEN), probe("trained", {"sealed": 0.0})],
    config,
    claims(),
  )
  found = blocks.differences(scores, 0)
  for name in ("paper - subject", "subject - sealed"):
    value, (low, high) = found[name]["accuracy"].values()
    assert 0 < low < value < high


@pytest.mark.parametrize(
  ("known", "said"),
  [
    (claims(APART, identical=7), "7 of the 60 faces tested have a copy among"),
    (claims(Verdict(False, 0, "nobody is named")), "nobody is named; if you"),
    (claims(Verdict(False, 3, "3 names are both")), "3 names are both"),
  ],
)
def test_a_dcgan_of_people_who_may_be_tested_is_not_sealed(
  probe, config, known, said
):
  scores = blocks.score_probes(
    [probe("trained", OPEN), probe("pixels", OPEN)], config, known
  )
  for name in ("trained", "pixels"):
    assert "sealed" not in scores.of(name, 0)
  assert said in scores.reasons["sealed"]
  assert "data.pretrain=rafd" in scores.reasons["sealed"]


def test_absent_protocols_have_reasons(probe, config):
  config.svm.protocols = ("paper", "subject", "official")
  kept = {"paper": 9.0, "subject": 2.0}
  scores = blocks.score_probes([probe("trained", kept)], config, claims())
  assert "owner" in scores.reasons["official"]
  assert scores.reasons["sealed"] == "this run leaves that protocol out"


def test_seeds_are_set_side_by_side(probe, config):
  config.run.seeds = 3
  probed = []
  for seed in range(3):
    probed += [probe("trained", OPEN, seed)]
    probed += [probe("untrained", {**OPEN, "subject": 0.5}, seed)]
  scores = blocks.score_probes(probed, config, claims())
  found = blocks.seeds(scores, config)
  assert found["seeds"] == [0, 1, 2]
  values = found["trained"]["subject"]["accuracy"]
  assert len(set(values)) > 1
  assert values == [
    scores.of("trained", s)["subject"].block["accuracy"] for s in range(3)
  ]
  difference = found["trained - untrained"]["subject"]["accuracy"]
  others = found["untrained"]["subject"]["accuracy"]
  assert difference["by_seed"] == [
    a - b for a, b in zip(values, others, strict=True)
  ]
  assert difference["value"] == pytest.approx(np.mean(difference["by_seed"]))
  assert difference["ci95"][0] > 0


def test_one_seed_proves_nothing(probe, config):
  scores = blocks.score_probes([probe("trained", OPEN)], config, claims())
  assert blocks.seeds(scores, config) is None


def test_only_rows_that_were_tested_count(probe, config, problem, tmp_path):
  one = probe("trained", {"paper": 9.0})
  path = one.path() / "paper.npz"
  with np.load(path) as saved:
    arrays = dict(saved)
  half = problem.people < 5
  arrays["fold"][half] = -1
  arrays["scores"][half] = np.nan
  np.savez(path, **arrays)
  block = blocks.score(path, problem, config).block
  counts = np.array(block["confusion"]["counts"])
  assert counts.sum() == 30
  assert block["accuracy"] == 1


def test_action_units_also_say_how_well_training_rows_are_told(
  tmp_path, config
):
  rng = np.random.default_rng(0)
  labels = rng.integers(0, 2, (40, 2)).astype(np.int8)
  problem = problems.Problem(
    task="au",
    names=("AU1", "AU4"),
    labels=labels,
    strata=labels[:, 0],
    people=np.repeat(np.arange(8), 5),
    rows=np.arange(40),
    test_rows=np.empty(0, int),
    splits={},
    reasons={},
  )
  path = tmp_path / "paper.npz"
  np.savez(
    path,
    scores=labels + rng.normal(size=labels.shape),
    thresholds=np.full(labels.shape, 0.5),
    fold=np.arange(40) % 4,
    train_auc=np.array([[0.8, np.nan], [0.9, np.nan]]),
  )
  aus = blocks.score(path, problem, config).block["aus"]
  assert aus["AU1"]["train_auc"] == pytest.approx(0.85)
  assert aus["AU4"]["train_auc"] is None
