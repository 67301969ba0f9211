"""DCGANs found again: which one is meant, and what it learnt from."""

import dataclasses
import shutil

import jax
import numpy as np
import pytest
from ml_collections import ConfigDict

from jaxfer import workdirs
from jaxfer.learn import learners


def test_the_only_dcgan_is_found_and_opened(make_run, tmp_path):
  made = make_run(tmp_path)
  found = workdirs.find(tmp_path)
  assert found.folder == made["pretrain"]
  assert found.faces == made["prepare"]
  assert (found.dataset, found.size, found.standin) == ("rafd", 8, True)
  assert found.pool().rows() == list(range(24))
  dcgan, state = found.open()
  assert dcgan.latent == 5
  # The factory saves what these settings begin with.
  _, initial = learners.create(
    ConfigDict({"learner": "dcgan", **found.settings}),
    image_size=8,
    seed=0,
  )
  for own, expected in zip(
    jax.tree.leaves(state), jax.tree.leaves(initial), strict=True
  ):
    np.testing.assert_array_equal(own, expected)


def test_what_draws_no_faces_says_so(make_run, tmp_path):
  make_run(tmp_path)
  found = workdirs.find(tmp_path)
  found.refuse_drawing_none()
  settings = {**found.settings, "learner": "contrastive"}
  other = dataclasses.replace(found, settings=settings)
  with pytest.raises(ValueError, match=r"pretrain-.*draws no faces.*contrast"):
    other.refuse_drawing_none()


def test_a_sealed_one_learnt_from_the_other_people_only(make_run, tmp_path):
  made = make_run(tmp_path, left_out=1)
  found = workdirs.read(made["pretrain"])
  assert found is not None
  # Of six people, those with odd numbers are in fold 1; they come in turn.
  assert found.pool().rows() == list(range(0, 24, 2))


def test_sealed_ones_do_not_count_until_they_are_named(make_run, tmp_path):
  whole = make_run(tmp_path)["pretrain"].name
  sealed = make_run(tmp_path, left_out=0)["pretrain"].name
  assert whole != sealed
  assert workdirs.find(tmp_path).folder.name == whole
  assert workdirs.find(tmp_path, sealed).folder.name == sealed
  shutil.rmtree(tmp_path / whole)
  assert workdirs.find(tmp_path).folder.name == sealed


def test_several_are_listed_and_a_beginning_is_enough(make_run, tmp_path):
  names = [
    make_run(tmp_path, dataset=name)["pretrain"].name
    for name in ("rafd", "kdef")
  ]
  with pytest.raises(ValueError, match="holds 2 trained DCGANs; name") as said:
    workdirs.find(tmp_path)
  assert all(f"\n    {name}" in str(said.value) for name in names)
  with pytest.raises(ValueError, match="2 of which begin with 'pretrain-'"):
    workdirs.find(tmp_path, "pretrain-")
  with pytest.raises(ValueError, match="0 of which begin with 'sfew'"):
    workdirs.find(tmp_path, "sfew")
  assert workdirs.find(tmp_path, "pretrain-kdef").dataset == "kdef"


def test_a_name_that_begins_another_means_itself(make_run, tmp_path):
  name = make_run(tmp_path)["pretrain"].name
  shutil.copytree(tmp_path / name, tmp_path / f"{name}-copy")
  assert workdirs.find(tmp_path, name).folder.name == name


def test_what_is_not_there_is_said(make_run, tmp_path):
  with pytest.raises(ValueError, match="is no folder"):
    workdirs.find(tmp_path / "nowhere")
  with pytest.raises(ValueError, match="holds no trained DCGAN"):
    workdirs.find(tmp_path)
  made = make_run(tmp_path)
  shutil.rmtree(made["prepare"])
  assert workdirs.read(made["pretrain"]) is None
  with pytest.raises(ValueError, match=r"no longer in .*--stage=prepare"):
    workdirs.find(tmp_path)


def test_an_unfinished_training_does_not_count(make_run, tmp_path):
  made = make_run(tmp_path)
  (made["pretrain"] / "artifact.json").unlink()
  with pytest.raises(ValueError, match="holds no trained DCGAN"):
    workdirs.find(tmp_path)


def test_faces_are_restricted_as_their_owner_says(make_run, tmp_path):
  for name, dataset, standin, restricted in (
    ("a", "rafd", True, False),
    ("b", "rafd", False, True),
    ("c", "labelled", False, False),
  ):
    make_run(tmp_path / name, dataset=dataset, standin=standin)
    found = workdirs.find(tmp_path / name)
    assert found.restricted == restricted
    found.refuse_restricted(owner_permits=True)
    if restricted:
      with pytest.raises(ValueError, match="--owner_permits"):
        found.refuse_restricted(owner_permits=False)
    else:
      found.refuse_restricted(owner_permits=False)


def test_deleted_drawings_no_longer_vouch_for_their_faces(make_run, tmp_path):
  made = make_run(tmp_path)
  shutil.rmtree(made["standin"])
  assert workdirs.find(tmp_path).restricted
