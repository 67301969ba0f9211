"""The first stage at which two runs part, by provenance and by config."""

from pathlib import Path

import jax
import pytest
from ml_collections import ConfigDict

from jaxfer import artifacts, experiment
from jaxfer import config as configlib
from jaxfer.configs import radboud
from jaxfer.diff import lineage


def _make(workdir, stage, settings, version=1, **inputs):
  spec = artifacts.Spec(stage, "x", version, settings, inputs)
  path = artifacts.Store(workdir).make(spec, lambda folder: None)
  return path, spec.key


def _chain(workdir, *, data="00", size=64, epochs=24, version=1, layer=4):
  """Faces, a DCGAN from them, and features that need both."""
  _, faces = _make(workdir, "prepare", {"size": size}, data=data)
  _, gan = _make(workdir, "pretrain", {"epochs": epochs}, version, faces=faces)
  path, _ = _make(workdir, "extract", {"layer": layer}, gan=gan, faces=faces)
  return path


@pytest.mark.parametrize(
  ("changes", "stage", "because"),
  [
    ({"layer": 3}, "extract", {"its layer": (4, 3)}),
    ({"epochs": 30}, "pretrain", {"gan.epochs": (24, 30)}),
    ({"version": 2}, "pretrain", {"its version": (1, 2)}),
    ({"size": 32, "epochs": 30}, "prepare", {"its size": (64, 32)}),
    ({"data": "11", "layer": 3}, "prepare", {"its input data": ("00", "11")}),
  ],
)
def test_provenance_leads_to_the_first_stage(tmp_path, changes, stage, because):
  a, b = _chain(tmp_path / "a"), _chain(tmp_path / "b", **changes)
  fields = {"gan.epochs": (24, 30), "svm.folds": (10, 5), "gan.size": (1, 2)}
  parting = lineage.part("extract", a, b, fields)
  assert (parting.stage, parting.because) == (stage, because)
  assert parting.artifact.startswith(stage)


def test_artifacts_of_one_workdir_are_told_apart(tmp_path):
  a, b = _chain(tmp_path), _chain(tmp_path, epochs=30)
  assert lineage.part("extract", a, b, {}).stage == "pretrain"


def test_an_input_that_is_gone_is_named_by_its_checksum(tmp_path):
  a, b = _chain(tmp_path / "a"), _chain(tmp_path / "b", epochs=30)
  (gan,) = a.parent.glob("pretrain-*")
  for file in gan.iterdir():
    file.unlink()
  gan.rmdir()
  parting = lineage.part("extract", a, b, {})
  assert parting.stage == "extract"
  ((name, (mine, _)),) = parting.because.items()
  assert name == "its input gan"
  assert gan.name.endswith(mine)


def test_a_damaged_artifact_beside_the_intact_one_is_passed_over(tmp_path):
  a, b = _chain(tmp_path / "a"), _chain(tmp_path / "b", epochs=30)
  (gan,) = a.parent.glob("pretrain-*")
  gan.with_name(f"damaged-{gan.name}").mkdir()
  assert lineage.part("extract", a, b, {}).artifact == gan.name


@pytest.mark.parametrize("harm", ["gone", "tampered"])
def test_without_provenance_the_stages_own_fields_are_the_answer(
  tmp_path, harm
):
  a, b = _chain(tmp_path / "a"), _chain(tmp_path / "b", epochs=30)
  record = b / artifacts.PROVENANCE
  if harm == "gone":
    record.unlink()
  else:
    record.write_text(record.read_text().replace('"layer": 4', '"layer": 3'))
  fields = {
    "features.readout": ("conv4", "conv3"),
    "features.batch": (256, 128),
    "gan.epochs": (24, 30),
  }
  parting = lineage.part("extract", a, b, fields)
  assert parting.stage == "extract"
  assert parting.because == {"features.readout": ("conv4", "conv3")}


def _names(config):
  store = artifacts.Store(Path("nowhere"))
  found = experiment.make(config, store, jax.devices()[:1])
  return {
    stage: [one.name for one in found.of(stage)] for stage in experiment.STAGES
  }


def _others(value):
  """Values that may be valid in the place of one."""
  if isinstance(value, bool):
    return [not value]
  if isinstance(value, int | float):
    return [value + 1, value * 1.5 if isinstance(value, float) else value * 2]
  if isinstance(value, tuple):
    return [value[1:], value[:-1]]
  return ["kdef", "multi", "fixed", "box", "grey", "conv3"]


def _with(name, value):
  config = radboud.get_config("standin")
  section, _, leaf = name.rpartition(".")
  place: ConfigDict = config
  for part in section.split("."):
    place = place[part]
  with place.ignore_type():
    place[leaf] = value
  return config


def test_every_field_is_filed_under_the_first_stage_that_it_changes():
  """The graph is the judge: a field's other values change which artifacts?"""
  before, moved = _names(radboud.get_config("standin")), set()
  for name, value in configlib.flatten(radboud.get_config("standin")).items():
    for other in _others(value):
      try:
        after = _names(_with(name, other))
      except (ValueError, TypeError, artifacts.DamagedError):
        continue  # not valid for this field
      changed = [s for s in experiment.STAGES if after[s] != before[s]]
      if changed:
        assert lineage.concerned(name) == changed[0], name
        assert lineage.causes({name: (value, other)}, changed[0]), name
        moved.add(changed[0])
  assert moved == set(experiment.STAGES) - {"report"}
  assert experiment.STAGES == lineage.STAGES


def test_a_field_that_nobody_knows_has_no_stage():
  assert lineage.concerned("new.field") is None
  assert lineage.causes({"new.field": (1, 2)}, None) == {"new.field": (1, 2)}
