"""What a config asks for: the artifacts, what makes each, and the cost."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from jaxfer import config as configlib
from jaxfer import features, parallel
from jaxfer.artifacts import Spec
from jaxfer.config import Config
from jaxfer.data import files, preparation, readers
from jaxfer.data.table import FaceTable
from jaxfer.gan.schedule import total_steps
from jaxfer.svm import machines

STAGES = ("prepare", "pretrain", "extract", "probe", "generate", "report")
CONTROLS = ("pixels", "hog", "untrained")

# Raised when a stage's code changes what it makes from the same inputs.
VERSIONS = {
  "standin": 1,
  "prepare": 2,
  "folds": 2,
  "pretrain": 1,
  "extract": 1,
  "probe": 1,
  "generate": 1,
}

# Settings that decide how training runs but not what it ends with.
_GAN_CONDUCT = frozenset(
  ["checkpoint_every", "grids", "grid_side", "resident_gib", "steps_per_call"]
)


# Smallest values with which every stage can work; found out before any does.
_LEAST = {
  "gan.width": 1,
  "gan.latent": 1,
  "gan.batch": 1,
  "gan.epochs": 1,
  "gan.checkpoint_every": 1,
  "gan.grids": 1,
  "gan.grid_side": 1,
  "gan.steps_per_call": 1,
  "features.batch": 1,
  "svm.folds": 2,
  "svm.inner_folds": 2,
  "svm.evaluations": 1,
  "svm.starts": 1,
  "svm.bootstrap": 1,
  "generate.count": 1,
  "data.standin.people": 0,
  "data.standin.images": 0,
  "data.standin.width": 0,
}


@dataclasses.dataclass(frozen=True)
class Plan:
  """The artifacts of an experiment.

  Attributes:
    standin: by dataset, the drawn faces, where they are used.
    tables: by dataset, what its reader found; drawn faces still to be drawn
      are not among them.
    prepare: by role (`pretrain`, `probe`), the cropped faces; the same spec
      where both use the same set.
    folds: test folds of the labelled faces.
    pretrain: the trained DCGAN.
    extract: by network (`trained`, `untrained`), the features.
    probe: by representation, the probe's results.
    generate: faces drawn from the generator.
    backend: the SVM backend and why.
  """

  standin: Mapping[str, Spec]
  tables: Mapping[str, FaceTable]
  prepare: Mapping[str, Spec]
  folds: Spec
  pretrain: Spec
  extract: Mapping[str, Spec]
  probe: Mapping[str, Spec]
  generate: Spec
  backend: tuple[str, str]

  def specs(self, stage: str) -> list[Spec]:
    """The artifacts of one stage, each once."""
    found = {
      "prepare": [*self.standin.values(), *self.prepare.values(), self.folds],
      "pretrain": [self.pretrain],
      "extract": list(self.extract.values()),
      "probe": list(self.probe.values()),
      "generate": [self.generate],
      "report": [],
    }
    return list({spec.name: spec for spec in found[stage]}.values())


def make(config: Config, devices: int) -> Plan:
  """Finds the data and derives every artifact's identity.

  Args:
    config: a valid experiment.
    devices: number of devices that will share a batch.

  Raises:
    DataError: if a dataset is missing or unusable.
    ValueError: if a setting cannot work.
  """
  parallel.check_divisible(config.gan.batch, devices)
  features.dimension(config.features.layer, config.crop.size, config.gan.width)
  for control in config.svm.controls:
    if control not in CONTROLS:
      raise ValueError(
        f"svm.controls has {control!r}; the controls are {', '.join(CONTROLS)}"
      )
  for name, least in _LEAST.items():
    value = configlib.flatten(config)[name]
    if value < least:
      raise ValueError(f"{name}={value} must be {least} or more")
  if not config.svm.log10_low < config.svm.log10_high:
    raise ValueError(
      f"svm.log10_low={config.svm.log10_low} must be below"
      f" svm.log10_high={config.svm.log10_high}"
    )
  backend = machines.choose(config.svm.backend)
  standin, tables, keys = {}, {}, {}
  for name in dict.fromkeys((config.data.pretrain, config.data.probe)):
    if config.data.standin.draw:
      drawn = preparation.describe_standin(name, config.data)
      standin[name] = _spec("standin", name, drawn)
      keys[name] = standin[name].key
    else:
      root = readers.locate(name, config.data)
      tables[name] = readers.read(name, root, config.data)
      keys[name] = files.fingerprint(tables[name])
  prepare = {}
  for role in preparation.ROLES:
    name = config.data[role]
    settings, inputs = preparation.describe(config, role)
    prepare[role] = _spec("prepare", name, settings, data=keys[name], **inputs)
  seed = config.run.seed
  folds = _spec(
    "folds",
    config.data.probe,
    {"folds": config.svm.folds, "seed": seed},
    faces=prepare["probe"].key,
  )
  gan = {k: v for k, v in config.gan.items() if k not in _GAN_CONDUCT}
  pretrain = _spec(
    "pretrain",
    config.data.pretrain,
    {**gan, "seed": seed},
    faces=prepare["pretrain"].key,
  )
  extract = _extract(config, prepare, pretrain)
  sources = {
    "trained": extract["trained"].key,
    "pixels": prepare["probe"].key,
    "hog": prepare["probe"].key,
    "untrained": extract["untrained"].key,
  }
  svm = {
    k: config.svm[k]
    for k in ["inner_folds", "evaluations", "starts", "log10_low", "log10_high"]
  }
  probe = {
    name: _spec(
      "probe",
      name,
      {**svm, "representation": name, "seed": seed, "backend": backend[0]},
      features=sources[name],
      folds=folds.key,
    )
    for name in ("trained", *config.svm.controls)
  }
  generate = _spec(
    "generate",
    "",
    {"count": config.generate.count, "seed": seed},
    gan=pretrain.key,
  )
  return Plan(
    standin, tables, prepare, folds, pretrain, extract, probe, generate, backend
  )


def face_count(plan: Plan, config: Config, role: str) -> int:
  """Images of a role's set; of a drawn one, all that are drawn."""
  name = config.data[role]
  if name in plan.tables:
    return len(plan.tables[name].faces)
  return preparation.standin_count(plan.standin[name].settings)


def steps(plan: Plan, config: Config) -> int:
  """Training steps, if no face is rejected."""
  return total_steps(config.gan, face_count(plan, config, "pretrain"))


def _spec(
  stage: str, label: str, settings: Mapping[str, Any], **inputs: str
) -> Spec:
  return Spec(stage, label, VERSIONS[stage], dict(settings), inputs)


def _extract(
  config: Config, prepare: Mapping[str, Spec], pretrain: Spec
) -> dict[str, Spec]:
  """The trained network's features, and those of its initial weights."""
  layer = config.features.layer
  common = {
    "faces": prepare["probe"].key,
    "statistics": prepare["pretrain"].key,
  }
  initial = {
    "width": config.gan.width,
    "latent": config.gan.latent,
    "seed": config.run.seed,
  }
  return {
    "trained": _spec(
      "extract", "trained", {"layer": layer}, gan=pretrain.key, **common
    ),
    "untrained": _spec(
      "extract", "untrained", {"layer": layer, **initial}, **common
    ),
  }
