"""What a config asks for: the artifacts, what makes each, and the cost."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Mapping

from jaxfer import facs
from jaxfer import standin as standins
from jaxfer.artifacts import Spec
from jaxfer.config import Config
from jaxfer.data import conditions, files, preparation, readers, selection
from jaxfer.data.table import DataError, FaceTable
from jaxfer.learn.schedule import total_steps
from jaxfer.metrics import inception
from jaxfer.plan import arms, checks
from jaxfer.plan.arms import Arm
from jaxfer.plan.networks import Features, Network
from jaxfer.plan.versions import spec
from jaxfer.svm import machines

STAGES = ("prepare", "pretrain", "extract", "probe", "generate", "report")


@dataclasses.dataclass(frozen=True)
class Plan:
  """The artifacts of an experiment.

  Attributes:
    standin: by dataset, the drawn faces, where they are used.
    tables: by dataset, what its reader found; drawn faces still to be drawn
      are not among them.
    prepare: by role (`preparation.roles`), the cropped faces; the same spec
      where two use the same set.
    folds: by role, the test folds of labelled faces; `emotion` are those of
      the emotions behind action units.
    network: the DCGAN of the whole set learnt from.
    arms: the probes.
    generate: faces drawn from the generator.
    measure: what they are worth.
    backend: the SVM backend and why.
  """

  standin: Mapping[str, Spec]
  tables: Mapping[str, FaceTable]
  prepare: Mapping[str, Spec]
  folds: Mapping[str, Spec]
  network: Network
  arms: tuple[Arm, ...]
  generate: Spec
  measure: Spec
  backend: tuple[str, str]

  @property
  def networks(self) -> list[Network]:
    """Every trained network, each once, before those that start from it."""
    found: dict[str, Network] = {}

    def add(network: Network | None) -> None:
      if network is not None:
        add(network.start)
        if network.weights is not None:
          found.setdefault(network.weights.name, network)

    add(self.network)
    for one in self.features:
      add(one.network)
    return list(found.values())

  @property
  def features(self) -> list[Features]:
    """Every description of a set's faces, each once."""
    return list(
      {
        one.spec.name: one
        for arm in self.arms
        for one in (*arm.features, *arm.test_features)
      }.values()
    )

  def specs(self, stage: str) -> list[Spec]:
    """The artifacts of one stage, each once."""
    found = {
      "prepare": [
        *self.standin.values(),
        *self.prepare.values(),
        *self.folds.values(),
      ],
      "pretrain": [n.weights for n in self.networks if n.weights],
      "extract": [one.spec for one in self.features],
      "probe": [arm.spec for arm in self.arms],
      "generate": [self.generate, self.measure],
      "report": [],
    }
    return list({one.name: one for one in found[stage]}.values())


def make(config: Config, devices: int) -> Plan:
  """Finds the data and derives every artifact's identity.

  Args:
    config: a valid experiment; an empty `data.pretrain` is filled in.
    devices: number of devices that will share a batch.

  Raises:
    DataError: if a dataset is missing or unusable.
    ValueError: if a setting cannot work.
  """
  preparation.settle(config)
  checks.check(config, devices)
  backend = machines.choose(config.svm.backend)
  standin, tables, keys = {}, {}, {}
  roles = preparation.roles(config)
  for name in dict.fromkeys(config.data[role] for role in roles):
    if config.data.standin.draw:
      drawn = standins.describe(name, config.data)
      standin[name] = spec("standin", name, drawn)
      keys[name] = standin[name].key
    else:
      root = readers.locate(name, config.data)
      tables[name] = readers.read(name, root, config.data)
      keys[name] = files.fingerprint(tables[name])
  learnt = tables.get(config.data.pretrain)
  if learnt is not None:
    conditions.refuse_unknown(learnt.faces, config.gan.condition)
  prepare = {}
  for role in roles:
    name = config.data[role]
    settings, inputs = preparation.describe(config, role)
    prepare[role] = spec("prepare", name, settings, data=keys[name], **inputs)
  folds = _folds(config, prepare, tables)
  builder = arms.Arms(
    config, prepare, folds, backend[0], _splits(config, tables)
  )
  network = builder.network(config.run.seed)
  assert network.weights is not None
  generate = spec(
    "generate",
    "",
    {"count": config.generate.count, "seed": config.run.seed},
    gan=network.weights.key,
  )
  probes = tuple(builder.build())
  return Plan(
    standin,
    tables,
    prepare,
    folds,
    network,
    probes,
    generate,
    _measure(config, network, generate, probes[0]),
    backend,
  )


def face_count(plan: Plan, config: Config, role: str) -> int:
  """Images of a role's set; of a drawn one, all that are drawn."""
  name = config.data[role]
  if name in plan.tables:
    return len(plan.tables[name].faces)
  drawn = standins.count(**plan.standin[name].settings)
  return min(drawn, config.data[name].count or drawn)


def steps(plan: Plan, config: Config) -> int:
  """Training steps of the whole set, if no face is rejected."""
  return total_steps(config.gan, face_count(plan, config, "pretrain"))


def _measure(
  config: Config, network: Network, generate: Spec, first: Arm
) -> Spec:
  """What generated faces are worth, by the first arm's features and machine."""
  names = ("compare", "ssim", "bootstrap", "dialects")
  settings = {name: config.generate[name] for name in names}
  # The loader lets no other weights pass, wherever they lie.
  settings["inception"] = inception.SHA256 if config.generate.inception else ""
  return spec(
    "measure",
    config.data.pretrain,
    settings | {"seed": config.run.seed},
    faces=network.faces.key,
    generated=generate.key,
    features=first.features[0].spec.key,
    probe=first.spec.key,
  )


def _folds(
  config: Config, prepare: Mapping[str, Spec], tables: Mapping[str, FaceTable]
) -> dict[str, Spec]:
  """Fold assignments of the sets that are fitted on and tested."""
  svm, task, seed = config.svm, config.run.task, config.run.seed
  common = {"folds": svm.folds, "sealed_folds": svm.sealed_folds, "seed": seed}

  def assign(role: str, task: str) -> Spec:
    settings = {**common, "task": task}
    if task == "au":
      settings["aus"] = list(svm.aus)
    label = f"{config.data[role]}-{task}"
    return spec("folds", label, settings, faces=prepare[role].key)

  folds = {role: assign(role, task) for role in prepare if role != "pretrain"}
  name = config.data.probe
  if task == "au" and "test" not in prepare and _tells_emotions(name, tables):
    folds["emotion"] = assign("probe", "emotion")
  return folds


def _splits(config: Config, tables: Mapping[str, FaceTable]) -> bool | None:
  """Whether a user's own set has two parts; None of other sets."""
  tested = config.data.test or config.data.probe
  if tested != "labelled" or tested not in tables:
    return None
  parts = {face.split for face in tables[tested].faces} - {None}
  return "train" in parts and len(parts) > 1


def _tells_emotions(name: str, tables: Mapping[str, FaceTable]) -> bool:
  if name not in tables:
    return readers.get(name).emotions
  with contextlib.suppress(DataError):
    named = selection.select(list(tables[name].faces), "emotion").names
    # Table VI, the rule from emotions to action units, has no other classes.
    return {*named} <= {*facs.EMOTIONS}
  return False
