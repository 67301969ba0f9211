"""What an experiment asks for, and what experiments share."""

import sys
from pathlib import Path

import jax
import pytest

from jaxfer import experiment as experiments
from jaxfer import suite
from jaxfer.artifacts import Store
from jaxfer.configs import base, conditional, own_faces, paper, radboud
from jaxfer.data.pools import OFFICIAL
from jaxfer.experiment import overview

STORE = Store(Path("nowhere"))


def find(config, store=STORE):
  return experiments.make(config, store, jax.devices()[:1])


def make(name, **fields):
  config = paper.get_config(f"{name},standin")
  config.update_from_flattened_dict(fields)
  return find(config)


def names(artifacts):
  return {one.name for one in artifacts}


def probes(experiment, representation="trained"):
  return [a for a in experiment.probes if a.representation == representation]


def test_experiments_share_what_they_have_in_common():
  """Enhanced CK to Radboud: emotions of the first, units of the second."""
  emotions, units = make("emotion-1"), make("au-2")
  assert names(emotions.sets.values()) == names(units.sets.values())
  assert emotions.network.key == units.network.key
  assert names(emotions.of("extract")) == names(units.of("extract"))
  assert not names(emotions.of("probe")) & names(units.of("probe"))


def test_a_grey_set_makes_the_other_grey_and_nothing_else_changes():
  with_ck, alone = make("au-3"), make("au-6")  # CelebA with CK, and without
  grey, coloured = with_ck.sets["pretrain"], alone.sets["pretrain"]
  assert grey.spec.settings["colour"] == "grey"
  assert coloured.spec.settings["colour"] == "rgb"
  assert names(grey.needs) == names(coloured.needs)


@pytest.mark.parametrize(
  ("name", "sealed", "official"),
  [
    ("emotion-1", 0, 0),  # learnt from another set
    ("emotion-5", 2, 0),
    ("emotion-6", 0, 1),  # RAF-DB names nobody
    ("emotion-8", 2, 1),
    ("au-1", 2, 0),
    ("au-7", 0, 0),
    ("au-8", 2, 0),  # tested on the set that was learnt from
  ],
)
def test_networks_are_sealed_where_they_would_see_who_is_tested(
  name, sealed, official
):
  left_out = [n.left_out for n in make(name).networks]
  assert left_out.count(None) == 1
  assert left_out.count(OFFICIAL) == official
  assert [k for k in left_out if k not in (None, OFFICIAL)] == [*range(sealed)]


def test_sealed_folds_are_those_of_the_set_that_is_tested():
  experiment = make("au-8")  # fitted on Radboud, tested on CK
  hidden = [n for n in experiment.networks if n.left_out is not None]
  assert {n.folds.name for n in hidden} == {experiment.folds["test"].name}
  (probe,) = (a for a in probes(experiment) if a.sealed)
  assert len(probe.features) == len(probe.test_features) == 2
  # The same networks seal the experiment within CK.
  within = make("au-1")
  assert names(hidden) <= names(within.of("pretrain"))


def test_emotions_across_sets_have_no_random_folds():
  config = own_faces.get_config()
  config.data.standin.draw = True
  config.data.test = "rafd"
  experiment = find(config)
  assert set(experiment.sets) == {"pretrain", "probe", "test"}
  for probe in experiment.probes:
    assert "paper" not in probe.protocols
    assert probe.test_features


def test_seeds_train_more_networks_on_the_same_folds():
  one, three = make("emotion-5"), make("emotion-5", **{"run.seeds": 3})
  assert names(three.folds.values()) == names(one.folds.values())
  assert {n.seed for n in three.networks} == {0, 1, 2}
  assert len(three.networks) == 3 * len(one.networks)
  assert {a.seed for a in probes(three)} == {0, 1, 2}
  assert {a.seed for a in probes(three, "untrained")} == {0, 1, 2}
  assert len(probes(three, "pixels")) == 1
  # What one seed makes is not made anew for three.
  assert names(one.artifacts) <= names(three.artifacts)


def test_finetuning_continues_a_dcgan_on_the_set_that_is_probed():
  experiment = make("emotion-2")
  (probe,) = probes(experiment, "finetuned")
  assert probe.protocols == ("sealed",)
  for k, one in enumerate(probe.features):
    assert one.network.start.key == experiment.network.key
    assert one.network.faces is experiment.sets["probe"]
    assert one.network.left_out == k
  order = [n.title for n in experiment.networks]
  assert order.index("trained") < order.index("finetuned-sealed-0")


def test_a_set_that_was_learnt_from_needs_no_finetuning():
  experiment = make("emotion-5", **{"svm.controls": ("finetuned",)})
  assert not probes(experiment, "finetuned")


def test_the_head_is_everyone_s_but_of_controls_that_have_their_own():
  controls = ("untrained", "pixels", "knn", "logistic")
  fields = {"svm.controls": controls}
  plain = make("emotion-5", **fields)
  other = make("emotion-5", **fields, **{"svm.head": "logistic"})
  heads = {
    one.representation: {p.head for p in probes(other, one.representation)}
    for one in other.probes
  }
  assert heads == {
    "trained": {"logistic"},
    "untrained": {"logistic"},
    "pixels": {"logistic"},
    "knn": {"nearest"},
    "logistic": {"logistic"},
  }
  # A head that is not kept has no machine for new faces.
  assert [p.keeps_machine for p in probes(plain)] == [True, False]
  assert not any(p.keeps_machine for p in other.probes)
  # What the head does not touch has its old key, under its old word.
  (before,), (after,) = (probes(one, "knn") for one in (plain, other))
  assert before.key == after.key
  assert before.spec.settings["machine"] == "knn"


def test_units_made_from_emotions_are_put_beside_the_emotion():
  (rule,) = probes(make("au-2"), "emotion_rule")
  assert rule.protocols == ("paper", "subject")
  assert rule.folds.spec.label == "rafd-emotion"
  assert not probes(make("au-1"), "emotion_rule")  # CK names no emotions
  assert not probes(make("au-7"), "emotion_rule")


def test_what_is_learnt_from_can_be_only_faces_that_show_a_unit():
  experiment = make("au7-only")
  assert {n.only_au for n in experiment.networks} == {7}
  other = make("au-1")
  assert experiment.network.key != other.network.key
  assert names(experiment.sets.values()) == names(other.sets.values())


def test_what_training_does_about_a_collapse_is_no_other_training():
  plain = make("emotion-5").network.key
  for fields in (
    {"gan.on_collapse": "stop"},
    {"gan.collapse.every": 7},
    {"gan.condition": ""},
  ):
    assert make("emotion-5", **fields).network.key == plain
  conditional = make("emotion-5", **{"gan.condition": "emotion"}).network.key
  assert conditional != plain


def test_what_another_learner_reads_is_no_other_training():
  own = {"gan.contrastive.beta1": 0.8}
  shared = {"gan.views.blur": 2.0}
  keys = {
    learner: [
      make("emotion-5", **{"gan.learner": learner}, **more).network.key
      for more in ({}, own, shared)
    ]
    for learner in ("dcgan", "contrad", "contrastive")
  }
  plain, changed, seen = zip(*keys.values(), strict=True)
  assert [a == b for a, b in zip(plain, changed, strict=True)] == [
    True,
    True,
    False,
  ]
  assert [a == b for a, b in zip(plain, seen, strict=True)] == [
    True,
    False,
    False,
  ]
  assert len({*plain}) == 3


def test_a_learner_that_draws_none_has_no_faces_to_measure():
  found = make("emotion-5", **{"gan.learner": "contrastive"})
  assert found.measured is None
  assert found.of("generate") == []
  drawing = make("emotion-5", **{"gan.learner": "contrad"})
  assert {a.stage for a in drawing.of("generate")} == {"generate", "measure"}
  # Sealed forms, controls and folds are those of any learner.
  dcgan = make("emotion-5")
  assert len(found.networks) == len(drawing.networks) == len(dcgan.networks)
  untrained = [probes(e, "untrained")[0].key for e in (found, dcgan)]
  assert untrained[0] == untrained[1]


def test_the_ablation_differs_in_the_condition_alone():
  config = conditional.get_config("standin")
  members = suite.make(
    config, base.get_config(), STORE, jax.devices()[:1]
  ).members
  assert list(members) == ["unconditional", "conditional"]
  plain, told = (member.experiment for member in members.values())
  assert names(plain.of("prepare")) == names(told.of("prepare"))
  for experiment in (plain, told):
    # For each seed one of all faces, and one without each fold's people.
    assert len(experiment.networks) == 3 * (1 + 5)
    assert {p for probe in probes(experiment) for p in probe.protocols} == {
      "subject",
      "unsealed",
      "sealed",
    }
  assert not names(plain.of("pretrain")) & names(told.of("pretrain"))
  # Untrained, the two are the same network: its statistics, its features.
  shared = names(plain.of("extract")) & names(told.of("extract"))
  assert len(shared) == 2 * 3 * (1 + 5)


def test_protocols_that_are_not_wanted_cost_nothing():
  config = radboud.get_config("standin")
  experiment = find(config)
  assert len(experiment.networks) == 1
  assert {p for a in experiment.probes for p in a.protocols} == {
    "paper",
    "subject",
  }
  sealed = find(radboud.get_config("standin,sealed"))
  assert len(sealed.networks) == 6


def test_protocols_of_which_none_is_possible_are_refused():
  with pytest.raises(ValueError, match="leaves nothing to run on raf_db"):
    make("emotion-6", **{"svm.protocols": ("sealed",)})


def test_a_missing_extra_is_refused_before_any_work(monkeypatch):
  # None in place of a module makes its import fail.
  monkeypatch.setitem(sys.modules, "tensorboard.compat.proto.event_pb2", None)
  with pytest.raises(ValueError, match=r"jaxfer\[tensorboard\]"):
    make("emotion-5", **{"run.tensorboard": True})


def test_a_folder_is_cropped_once_whatever_it_is_used_for():
  fields = {"data.rafd.detector": "precropped", "data.rafd.count": 40}
  experiment = make("emotion-5", **fields)
  assert len(names(experiment.sets.values())) == 1
  settings = experiment.sets["pretrain"].spec.settings
  assert (settings["detector"], settings["count"]) == ("precropped", 40)


def test_advice_never_names_what_is_given():
  config = radboud.get_config("standin,small=false,sealed")
  whole = overview.shorter(find(config))
  assert "small" in whole and "sealed" in whole
  base.shrink(config)
  small = overview.shorter(find(config))
  assert "small" not in small and "sealed" in small
  config.gan.width = 64  # of one's own beside small
  assert "small" not in overview.shorter(find(config))
  config.svm.protocols = ("paper", "subject")
  assert not overview.shorter(find(config))


def test_a_sample_is_proposed_of_many_faces_only():
  config = paper.get_config("emotion-2,standin")
  config.data.standin.sizes.celeba = 9000
  config.data.celeba.count = 0
  advice = overview.shorter(find(config))
  assert "--config.data.celeba.count=5000" in advice
  config.data.celeba.count = 6000
  assert "count" not in overview.shorter(find(config))


@pytest.mark.parametrize(
  ("field", "value", "message"),
  [
    (
      "svm.controls",
      ("pixel",),
      r"svm\.controls has 'pixel'; it may have untr",
    ),
    ("svm.head", "tree", r"svm\.head='tree' is not one of 'svm', 'nearest'"),
    ("svm.protocols", ("sealed", "x"), r"svm\.protocols has 'x'"),
    ("svm.protocols", (), r"svm\.protocols is empty"),
    ("svm.aus", (3,), r"svm\.aus has 3; it may have 1, 2, 4"),
    ("svm.labels_per_class", (5, 0), r"svm\.labels_per_class=\(5, 0\)"),
    ("svm.labels_per_class", (5, "a"), "'a'.* must be whole numbers of 1 or"),
    ("svm.sealed_folds", 1, r"svm\.sealed_folds=1 must be 2 or more"),
    ("run.task", "age", r"run\.task='age' is not one of emotion, au"),
    ("run.seeds", 0, r"run\.seeds=0 must be 1 or more"),
    ("gan.condition", "age", r"gan\.condition='age' is not one of '', 'emoti"),
    (
      "gan.on_collapse",
      "rollback",
      r"gan\.on_collapse='rollback' is not one of 'warn', 'stop'",
    ),
    ("crop.filter", "magic", r"crop\.filter='magic' is not one of 'bicubic'"),
    ("report.faces", "all", r"report\.faces='all' is not one of 'show'"),
    ("gan.beta1", 1.0, r"gan\.beta1=1\.0 must be at least 0 and below 1"),
    ("data.labelled.count", -1, r"data\.labelled\.count=-1 must be 0"),
    ("data.only_au", 3, r"data\.only_au=3 is not 0 or one of 1, 2"),
  ],
)
def test_settings_that_cannot_work_are_named(field, value, message):
  with pytest.raises(ValueError, match=message):
    make("emotion-5", **{field: value})


@pytest.mark.parametrize(
  "fields",
  [
    {"gan.learner": "contrastive"},
    {"gan.learner": "clip_dcgan"},
    {"gan.condition": "emotion"},
  ],
)
def test_latents_are_found_of_a_generator_of_faces_told_nothing(fields):
  asked = {"svm.controls": ("latent", "hog")}
  (inverted,) = {
    one.inverted
    for probe in probes(make("emotion-5", **asked), "latent")
    for one in probe.features
  }
  assert inverted.encoder.network.title == "trained"
  with pytest.raises(ValueError, match=r"has latent, which are of a generator"):
    make("emotion-5", **asked, **fields)
