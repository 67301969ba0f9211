"""A generator measured from its faces to its files."""

import dataclasses
import json

import jax
import numpy as np
import pytest

from jaxfer.configs import base
from jaxfer.learn import encoding, learners, patches
from jaxfer.measure import verdict as verdicts
from jaxfer.measure import work
from jaxfer.measure.subject import Subject


@pytest.fixture(scope="module")
def config():
  config = base.get_config()
  config.crop.size = 64
  config.gan.width, config.gan.latent = 1, 4
  config.generate.compare, config.generate.ssim = 12, 4
  config.generate.bootstrap = 5
  return config


@pytest.fixture(scope="module")
def subject(config, reals):
  dcgan, state = learners.create(config.gan, image_size=64, seed=0)
  return Subject(
    network="rafd-0123456789ab",
    fakes=reals[:20],
    reals=reals[20:60],
    people=np.arange(40) // 2,
    learner=dcgan,
    state=state,
    encoder=state.disc,
    probe=None,
  )


@pytest.fixture(scope="module")
def written(config, subject, tmp_path_factory):
  out = tmp_path_factory.mktemp("measure")
  work.write(out, subject, config, jax.devices()[:1])
  return out


def test_every_number_is_whole_or_says_why_not(written):
  found = json.loads((written / work.METRICS).read_text())
  assert found["count"] == 12
  spaces = {name.rpartition("/")[0] for name in found["numbers"]}
  assert spaces == {"", "pixels", "disc:rafd-0123456789ab", "inception"}
  for name, number in found["numbers"].items():
    if number["value"] is None:
      assert number["reason"], name
    else:
      assert number["n_fake"] in (4, 12), name
      assert np.isfinite(number["value"]), name
  reason = found["labels"]["total_variation"]["reason"]
  assert "keeps no machine" in reason
  assert found["collapse"]["verdict"] == verdicts.CLEAR


@pytest.mark.parametrize(
  ("count", "verdict"), [(3, verdicts.COLLAPSED), (64, verdicts.CLEAR)]
)
def test_planted_modes_come_out_in_the_file(
  config, subject, reals, modes, tmp_path, count, verdict
):
  planted = config.copy_and_resolve_references()
  planted.generate.compare, planted.generate.ssim = 64, 16
  planted.generate.bootstrap = 50
  generator = dataclasses.replace(
    subject, fakes=modes(count), reals=reals, people=None
  )
  work.write(tmp_path, generator, planted, jax.devices()[:1])
  found = json.loads((tmp_path / work.METRICS).read_text())
  assert found["collapse"]["verdict"] == verdict
  raised = {s["name"]: s["raised"] for s in found["collapse"]["signs"]}
  assert raised["support"] is (count == 3)
  assert raised["coverage"] is (count == 3)
  assert raised["total_variation"] is None  # no machine
  # Faces of one mode stand beside each other; of noise they differ by 5 levels.
  with np.load(tmp_path / work.PANELS, allow_pickle=False) as saved:
    pairs = saved["first"].astype(int), saved["second"].astype(int)
  assert np.abs(pairs[0] - pairs[1]).mean() < 8


def test_panels_hold_faces_and_their_nearest(written, subject):
  with np.load(written / work.PANELS, allow_pickle=False) as saved:
    panels = dict(saved)
  assert {len(panels[k]) for k in ("sampled", "nearest")} == {9}
  everyone = {face.tobytes() for face in subject.reals}
  assert all(face.tobytes() in everyone for face in panels["nearest"])
  drawn = {face.tobytes() for face in subject.fakes}
  for kind in ("sampled", "first", "second"):
    assert all(face.tobytes() in drawn for face in panels[kind])
  assert panels["paths"].shape == (4, 8, 64, 64, 3)
  # The ends of a path are two faces of one generator, and differ.
  assert (panels["paths"][0, 0] != panels["paths"][0, -1]).any()


def test_too_few_faces_leave_nulls_and_no_verdict(config, subject, tmp_path):
  few = dataclasses.replace(subject, reals=subject.reals[:3])
  work.write(tmp_path, few, config, jax.devices()[:1])
  found = json.loads((tmp_path / work.METRICS).read_text())
  assert found["numbers"] == {}
  assert found["collapse"]["verdict"] == verdicts.UNKNOWN
  assert "20 generated and 3 real faces" in found["collapse"]["reasons"][0]
  with np.load(tmp_path / work.PANELS, allow_pickle=False) as saved:
    assert len(saved["nearest"]) == 0


def test_a_missing_file_of_weights_is_told_before_any_work(config, tmp_path):
  from jaxfer.experiment import checks

  named = config.copy_and_resolve_references()
  named.generate.inception = str(tmp_path / "none.pth")
  with pytest.raises(ValueError, match=r"none\.pth' is no file"):
    checks.check(named, 1)


def test_each_class_is_measured_against_its_own_real_faces(
  config, subject, reals, tmp_path
):
  # Of the first class the generator draws real faces of the class, of the
  # second those of the first again, and of the third nobody shows anything.
  told = np.zeros((40, 3), np.int8)
  told[:20, 0] = told[20:, 1] = 1
  labels = np.zeros((20, 3), np.int8)
  labels[:10, 0] = labels[10:, 1] = 1
  people = np.arange(40)
  fakes = np.concatenate([subject.reals[:10], subject.reals[10:20]])
  told_subject = dataclasses.replace(
    subject,
    fakes=fakes,
    people=people,
    names=("happy", "sad", "fearful"),
    labels=labels,
    told=told,
  )
  parts = dict(told_subject.classes())
  assert list(parts) == ["happy", "sad"]
  np.testing.assert_array_equal(parts["sad"].reals, subject.reals[20:])
  np.testing.assert_array_equal(parts["sad"].fakes, fakes[10:])
  assert parts["sad"].people.tolist() == list(range(20, 40))

  dcgan, state = learners.create(config.gan, image_size=64, seed=0, labels=3)
  told_subject = dataclasses.replace(
    told_subject, learner=dcgan, state=state, encoder=state.disc
  )
  work.write(tmp_path, told_subject, config, jax.devices()[:1])
  found = json.loads((tmp_path / work.METRICS).read_text())["classes"]
  assert {name: own["count"] for name, own in found.items()} == {
    "happy": 10,
    "sad": 10,
  }
  name = "pixels/copied"
  happy, sad = (found[c]["numbers"][name]["value"] for c in ("happy", "sad"))
  # Copies of the faces that are kept for the floor have no original left.
  assert happy > 0.5 > sad
  assert found["happy"]["numbers"].keys() == found["sad"]["numbers"].keys()


def test_an_unconditional_generator_has_no_classes(written):
  found = json.loads((written / work.METRICS).read_text())
  assert found["classes"] == {}


def test_what_stands_beside_the_network_is_not_in_its_space(
  config, subject, tmp_path, monkeypatch
):
  """Else a covariance of tens of thousands of numbers would be taken."""
  wide = config.copy_and_resolve_references()
  wide.features.readout = "local+patches+hog"
  dictionary = patches.learn(subject.reals, 0)
  beside = dataclasses.replace(
    subject, encoder=encoding.with_patches(subject.encoder, dictionary)
  )
  seen, measured = [], work.distances.measure

  def measure(space, **how):
    seen.append(space)
    return measured(space, **how)

  monkeypatch.setattr(work.distances, "measure", measure)
  work.write(tmp_path, beside, wide, jax.devices()[:1])
  (space,) = seen
  maps, *_ = encoding.shape("local", 64, config.gan)
  assert space.real.shape == (12, maps)
